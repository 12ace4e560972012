import Foundation
import HTTPTypes
import Ledger
import Primitives
import Testing
import Verifier

@Suite struct ProofRouteTests {
    private static let file = ProofFile.sample

    private var gateway: SampleGateway {
        var gateway = SampleGateway()
        gateway.proofFile = Self.file
        return gateway
    }

    @Test(arguments: [
        ("/v1/drecs/DREC101-2021-4..9/proof", "drecs", "DREC101-2021-4..9"),
        ("/v1/drecs/DREC101-2021-4/proof", "drecs", "DREC101-2021-4"),
        ("/v1/redemptions/2/proof", "redemption", "#2"),
        ("/v1/redemptions/%232/proof", "redemption", "#2"),
        ("/v1/accounts/A1/proof", "account", "A1"),
    ])
    func `a proof is the file, byte for byte, of what was asked for`(
        path: String, kind: String, id: String
    ) async throws {
        let seen = try await ask(path, gateway: gateway)
        #expect(seen.status == 200)
        #expect(seen.headers[.contentType] == "application/vnd.drec.proof.v1+json")
        #expect(seen.headers[.cacheControl] == "public, max-age=2")
        let file = try ProofFile(parsing: seen.bytes)
        #expect(file.subject.kind == kind && file.subject.id == id && file.earlier == nil)
        #expect(try await ask(path, .head, gateway: gateway).status == 200)
    }

    @Test func `a log that the head's goes on from is named by its size`() async throws {
        let path = "/v1/drecs/DREC101-2021-4/proof?after="
        for size in ["0", "3"] {
            let seen = try await ask(path + size, gateway: gateway)
            #expect(try ProofFile(parsing: seen.bytes).earlier?.size == UInt64(size))
        }
        for size in ["4", "x", "", "-1", "18446744073709551616"] {
            let seen = try await ask(path + size, gateway: gateway)
            #expect(seen.status == 400)
            let errors = try #require(try seen.members()["errors"]?.array)
            #expect(errors.first?.object?["parameter"] == "after")
        }
    }

    @Test(arguments: [
        ("/v1/drecs/DREC101-2021/proof", 400), ("/v1/drecs/A1/proof", 400),
        ("/v1/redemptions/x/proof", 400), ("/v1/redemptions/2/proof?limit=1", 400),
        ("/v1/drecs/DREC101-2021-4/proofs", 404), ("/v1/projects/P101/proof", 404),
        ("/v1/accounts/D1/proof", 400), ("/v1/devices/D99/proof", 404),
    ])
    func `what cannot be proved is refused`(path: String, status: Int) async throws {
        #expect(try await ask(path, gateway: gateway).status == status)
    }

    @Test(arguments: [
        (ProofUnavailableError.headNotVoted, 503, "unavailable"),
        (.historyNotHeld, 404, "notHeld"), (.tooLarge, 400, "rangeTooWide"),
    ])
    func `a node says why it cannot make a proof`(
        error: ProofUnavailableError, status: Int, code: String
    ) async throws {
        var gateway = gateway
        gateway.proofFailure = error
        let seen = try await ask("/v1/drecs/DREC101-2021-4/proof", gateway: gateway)
        #expect(seen.status == status)
        #expect(try seen.members()["code"] == .string(code))
    }

    @Test func `a file that nobody would read is not handed out`() async throws {
        var gateway = gateway
        gateway.proofFile?.checkpoint = String(repeating: "x", count: ProofFile.byteLimit)
        let seen = try await ask("/v1/redemptions/2/proof", gateway: gateway)
        #expect(seen.status == 400)
        #expect(try seen.members()["code"] == "rangeTooWide")
        #expect(try seen.members()["detail"]?.string?.contains("smaller ranges") == true)
        gateway.proofFile?.checkpoint = String(repeating: "x", count: ProofFile.byteLimit - 1_000)
        #expect(try await ask("/v1/redemptions/2/proof", gateway: gateway).status == 200)
    }

    @Test func `a device is proved as the revision that is in force`() async throws {
        let gateway = gateway
        let device = try #require(gateway.records.devices.first)
        let seen = try await ask("/v1/devices/\(device.id)/proof", gateway: gateway)
        let file = try ProofFile(parsing: seen.bytes)
        #expect(file.subject == .device(device.id, effective: device.effective))
    }

    @Test func `where nothing was minted there is no proof`() async throws {
        #expect(try await ask("/v1/drecs/DREC101-2021-4/proof").status == 404)
        #expect(try await ask("/v1/redemptions/9/proof").status == 404)
    }
}

extension ProofFile {
    /// A file with nothing in it that proves anything.
    static let sample = ProofFile(
        network: SampleRecords.digest(0xee), subject: .redemption(LogIndex(0)), transitions: [],
        head: VotedHeader(header: Data([1]), certificate: Data([2])))
}
