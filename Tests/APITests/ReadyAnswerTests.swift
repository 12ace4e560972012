import API
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOEmbedded
import Primitives
import Synchronization
import Testing

/// Final answers that a port keeps ready.
@Suite struct ReadyAnswerTests {
    private final class Asked: Sendable {
        private let number = Mutex(0)
        func add() { number.withLock { $0 += 1 } }
        var count: Int { number.withLock { $0 } }
    }

    private let asked = Asked()

    private func port(_ change: (inout ServerLimits) -> Void = { _ in }) -> PortResponder {
        var limits = ServerLimits()
        change(&limits)
        var gateway = SampleGateway()
        let asked = asked
        gateway.hashQuestion = { asked.add() }
        return PortResponder(
            makeRouter(for: .everyone, gateway: gateway, metrics: { "" }, report: { _ in }),
            limits: limits)
    }

    private func ask(
        _ port: PortResponder, _ path: String, _ method: HTTPRequest.Method = .get,
        _ headers: HTTPFields = [:]
    ) async throws -> Response {
        try await port.respond(
            to: Request(
                head: HTTPRequest(
                    method: method, scheme: "http", authority: "a", path: path,
                    headerFields: headers),
                body: .init(buffer: ByteBuffer())),
            context: PortResponder.Context(
                source: ApplicationRequestContextSource(
                    channel: EmbeddedChannel(), logger: Logger(label: "test"))))
    }

    private let final = "/v1/blocks/\(SampleRecords.digest(2))"

    @Test func `what is final is made once and answered the same`() async throws {
        let port = port()
        let first = try await ask(port, final)
        for _ in 0..<3 {
            let again = try await ask(port, final)
            #expect(again.status == .ok && again.headers == first.headers)
            #expect(again.body.contentLength == first.body.contentLength)
        }
        #expect(asked.count == 1)
        let tag = try #require(first.headers[.eTag])
        let known = try await ask(port, final, .get, [.ifNoneMatch: tag])
        #expect(known.status == .notModified && known.headers[.eTag] == tag)
        #expect(known.headers[.contentType] == nil && known.headers[.contentLength] == nil)
        #expect(known.headers[.cacheControl] == first.headers[.cacheControl])
        let other = try await ask(port, final, .get, [.ifNoneMatch: "\"0\""])
        #expect(other.status == .ok)
        #expect(asked.count == 1)
    }

    @Test func `nothing else is kept, and methods are told apart`() async throws {
        let port = port()
        _ = try await ask(port, final)
        #expect(try await ask(port, final, .post).status == .methodNotAllowed)
        #expect(try await ask(port, final, .head).headers[.contentLength] != nil)
        #expect(try await ask(port, final + "?x=1").status == .badRequest)
        #expect(try await ask(port, final + "?x=1").status == .badRequest)
        let unknown = "/v1/blocks/\(SampleRecords.digest(0xff))"
        for _ in 0..<2 { #expect(try await ask(port, unknown).status == .notFound) }
        // The first, the head, and the unknown one twice.
        #expect(asked.count == 4)
        for path in ["/v1/blocks/1", "/v1/status"] {
            let seen = try await ask(port, path)
            #expect(seen.headers[.cacheControl]?.contains("immutable") == false)
        }
    }

    @Test func `the addresses of what is kept count too, however long they are`() async throws {
        // The same block, at ever other addresses of 10 000 bytes.
        let blanks = String(repeating: "&", count: 10_000)
        let port = port { $0.readyBytes = 80_000 }
        for number in 0..<40 {
            let path = final + "?" + blanks + String(repeating: "&", count: number)
            #expect(try await ask(port, path).status == .ok)
        }
        // The latest are there; of the first nothing is.
        #expect(try await ask(port, final + "?" + blanks).status == .ok)
        #expect(asked.count == 41)
    }

    @Test func `what is kept has a limit`() async throws {
        let port = port { $0.readyBytes = 0 }
        for _ in 0..<3 { #expect(try await ask(port, final).status == .ok) }
        #expect(asked.count == 3)
    }
}
