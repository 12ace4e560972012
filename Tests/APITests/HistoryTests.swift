import API
import Foundation
import Ledger
import Primitives
import SwiftProtobuf
import Testing
import Wire

@Suite struct HistoryTests {
    /// A node whose history begins after block 9 and entry 39.
    private func later() throws -> SampleGateway {
        var gateway = SampleGateway()
        let header = ProtoHeader.with {
            $0.version = 1
            $0.height = 9
            $0.logSize = 40
            $0.timeMilliseconds = 1_600_000_000_000
        }
        let base: FinalHeader = try #require(
            FinalHeader(decoding: header.canonicalBytes, finalization: .init()))
        gateway.base = base
        return gateway
    }

    private static let history: CanonicalJSON = [
        "afterBlock": 9, "firstEntry": 40, "time": "2020-09-13T12:26:40.000Z",
    ]

    @Test(arguments: [
        "/v1/blocks/3", "/v1/blocks/9", "/v1/entries/5", "/v1/entries/39", "/v1/search?q=9",
        "/v1/search?q=%2317",
    ])
    func `what lies before the history is said to be not held`(path: String) async throws {
        let seen = try await ask(path, gateway: later())
        #expect(seen.status == 404)
        let members = try seen.members()
        #expect(members["code"] == "notHeld")
        #expect(members["type"] == "urn:drec:problem:notHeld")
        #expect(members["history"] == Self.history)
        #expect(
            members["detail"]?.string?.contains(
                "History up to block 9, which ends before entry #40, is not held by this node.")
                == true)
        // A node that holds all of it does not know them either, and says so.
        let whole = try await ask(path).members()
        #expect(whole["code"] == "unknown" && whole["history"] == nil)
    }

    @Test(arguments: [
        "/v1/blocks/10", "/v1/entries/40", "/v1/search?q=10", "/v1/accounts/A99",
        "/v1/devices/D99", "/v1/projects/P999", "/v1/search?q=A99", "/v1/redemptions/99",
    ])
    func `what does not exist is unknown as ever`(path: String) async throws {
        let members = try await ask(path, gateway: later()).members()
        #expect(members["code"] == "unknown")
        #expect(members["history"] == nil)
    }

    @Test(arguments: ["/v1/blocks/", "/v1/transactions/", "/v1/search?q="])
    func `an unknown hash may lie before the history`(path: String) async throws {
        let seen = try await ask(path + SampleRecords.digest(0xdd).hex, gateway: later())
        #expect(seen.status == 404)
        let members = try seen.members()
        #expect(members["code"] == "unknown" && members["history"] == Self.history)
    }

    @Test(arguments: [
        "/v1/blocks", "/v1/transactions", "/v1/devices/D1/reads", "/v1/accounts/A3/transactions",
    ])
    func `lists of history say at their end where they begin`(path: String) async throws {
        let members = try await ask(path, gateway: later()).members()
        #expect(members["next"] == .null && members["history"] == Self.history)
        let part = try await ask(path + "?limit=1", gateway: later()).members()
        #expect(part["next"] != .null && part["history"] == nil)
        #expect(try await ask(path).members()["history"] == nil)
    }

    @Test func `lists of the state are whole`() async throws {
        for path in ["/v1/accounts", "/v1/devices", "/v1/lots", "/v1/projects"] {
            #expect(try await ask(path, gateway: later()).members()["history"] == nil)
        }
    }

    @Test(arguments: ["/v1/status", "/v1/totals"])
    func `status and totals tell the history`(path: String) async throws {
        #expect(try await ask(path, gateway: later()).members()["history"] == Self.history)
        #expect(try await ask(path).members()["history"] == .null)
    }
}
