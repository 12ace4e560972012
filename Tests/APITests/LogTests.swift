import API
import Foundation
import HTTPTypes
import Primitives
import Testing

@Suite struct LogTests {
    @Test func `the checkpoint is text that is kept for a moment`() async throws {
        let seen = try await ask("/log/checkpoint")
        #expect(seen.status == 200 && seen.text == SampleGateway().note)
        #expect(seen.headers[.contentType] == "text/plain; charset=utf-8")
        #expect(seen.headers[.cacheControl] == "public, max-age=2")
        #expect(seen.headers[.accessControlAllowOrigin] == "*")
    }

    @Test func `without a quorum's cosignatures there is none yet`() async throws {
        var gateway = SampleGateway()
        gateway.note = nil
        let seen = try await ask("/log/checkpoint", gateway: gateway)
        #expect(seen.status == 503)
        #expect(try seen.members()["code"] == "notCosigned")
        #expect(seen.headers[.retryAfter] == "2")
    }

    @Test(arguments: [
        ("/log/tile/0/000", 256 * 32), ("/log/tile/0/000.p/255", 255 * 32),
        ("/log/tile/0/001.p/44", 44 * 32), ("/log/tile/entries/000", 256 * 3),
        ("/log/tile/entries/001.p/1", 3),
    ])
    func `tiles and entries are bytes that never change`(path: String, length: Int) async throws {
        let seen = try await ask(path)
        #expect(seen.status == 200 && seen.bytes.count == length)
        #expect(seen.headers[.contentType] == "application/octet-stream")
        #expect(seen.headers[.cacheControl] == "public, max-age=31536000, immutable")
        let tag = try #require(seen.headers[.eTag])
        #expect(try await ask(path, headers: [.ifNoneMatch: tag]).status == 304)
    }

    @Test(arguments: [
        "/log", "/log/", "/log/tile", "/log/tile/", "/log/tile/0", "/log/tile/0/", "/log/tile/0/0",
        "/log/tile/0/000.p/0", "/log/tile/0/000.p/256", "/log/tile/0/000.p/01",
        "/log/tile/00/000", "/log/tile/8/000", "/log/tile/64/000", "/log/tile/-1/000",
        "/log/tile/0/x000/000", "/log/tile/0/x001", "/log/tile/0/001", "/log/tile/0/001.p/45",
        "/log/tile/1/000.p/1", "/log/tile/entries", "/log/tile/entries/001",
        "/log/tile/entries/000.p/1/2", "/log/tile/entries/x999/999", "/log/tile/data/000",
        "/log/tile/0/000%2Ep/1", "/log/tile/0/%30%30%30", "/log/tile/../checkpoint",
        "/log/tile/0/x999/x999/x999/x999/x999/x999/x999/999", "/log/checkpoint/",
    ])
    func `what is no tile of the log is not there`(path: String) async throws {
        let seen = try await ask(path)
        #expect(seen.status == 404 || path == "/log/checkpoint/", "\(path)")
        #expect(seen.headers[.cacheControl] == "no-store" || path == "/log/checkpoint/")
    }

    @Test(arguments: [
        ("/log/entry/000.transaction", [1, 2, 3]), ("/log/entry/002.transaction", [1, 2, 3]),
        ("/log/entry/001.receipt", [1]), ("/log/entry/002.receipt", [2]),
    ])
    func `what belongs to an entry is bytes that never change`(
        path: String, bytes: [UInt8]
    ) async throws {
        let seen = try await ask(path)
        #expect(seen.status == 200 && seen.bytes == bytes)
        #expect(seen.headers[.contentType] == "application/protobuf")
        #expect(seen.headers[.cacheControl] == "public, max-age=31536000, immutable")
    }

    @Test func `a tlog-proof is text with the newest checkpoint`() async throws {
        let seen = try await ask("/log/entry/001.tlog-proof")
        #expect(seen.headers[.contentType] == "text/plain; charset=utf-8")
        #expect(seen.headers[.cacheControl] == "public, max-age=2")
        let entry = Data(repeating: 7, count: 64).base64EncodedString()
        let sibling = Data(repeating: 5, count: 32).base64EncodedString()
        #expect(
            seen.text == "c2sp.org/tlog-proof@v1\nextra \(entry)\nindex 1\n\(sibling)\n\n"
                + (SampleGateway().note ?? ""))
    }

    @Test func `an entry that no quorum has cosigned yet has no tlog-proof yet`() async throws {
        let later = try await ask("/log/entry/002.tlog-proof")
        #expect(later.status == 503)
        #expect(try later.members()["code"] == "notCosigned")
        for note in [nil, "drec/sample/0\n3\nAAAA\n\n\u{2014} a b\n"] {
            var gateway = SampleGateway()
            gateway.note = note
            let seen = try await ask("/log/entry/001.tlog-proof", gateway: gateway)
            #expect(try seen.members()["code"] == "notCosigned")
        }
    }

    @Test(arguments: [
        "/log/entry", "/log/entry/", "/log/entry/1", "/log/entry/1.receipt", "/log/entry/001",
        "/log/entry/001.", "/log/entry/001.json", "/log/entry/001.Receipt",
        "/log/entry/001.receipt/", "/log/entry/001.receipt.p/1", "/log/entry/0001.receipt",
        "/log/entry/x000/001.receipt", "/log/entry/x001.receipt", "/log/entry/001/002.receipt",
        "/log/entry/-01.receipt", "/log/entry/+01.receipt", "/log/entry/%30%30%31.receipt",
        "/log/entry/003.receipt", "/log/entry/003.transaction", "/log/entry/003.tlog-proof",
        "/log/entry/x018/x446/x744/x073/x709/x551/615.receipt",
        "/log/entry/x018/x446/x744/x073/x709/x551/616.receipt",
        "/log/entry/x999/x999/x999/x999/x999/x999/x999/999.receipt",
        "/log/entry/entries/000.receipt", "/log/entry//001.receipt",
    ])
    func `what is no entry of the log is not there`(path: String) async throws {
        #expect(try await ask(path).status == 404)
    }

    @Test(arguments: [
        "/log/checkpoint?x=1", "/log/tile/0/000?width=1", "/log/entry/000.receipt?x=1",
    ])
    func `parameters are unknown here`(path: String) async throws {
        #expect(try await ask(path).status == 400)
    }
}
