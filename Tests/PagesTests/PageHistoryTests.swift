import Foundation
import Gateway
import HTTPTypes
import Ledger
import Primitives
import SwiftProtobuf
import Testing
import Wire

@Suite("Pages of a node that does not hold all of the history")
struct PageHistoryTests {
    /// The sample network as a node knows it whose history begins after block 1 000.
    private func later() throws -> MemoryGateway {
        var gateway = try MemoryGateway.sample()
        let header = ProtoHeader.with {
            $0.version = 1
            $0.height = 1_000
            $0.logSize = 4_000
            $0.timeMilliseconds = 1_600_000_000_000
        }
        let base: FinalHeader = try #require(
            FinalHeader(decoding: header.canonicalBytes, finalization: .init()))
        let heads = gateway.heads
        gateway.heads = NodeStatus(
            height: Height(2_000), headHash: heads.headHash,
            headTimeMilliseconds: heads.headTimeMilliseconds, logSize: 8_000,
            logRoot: heads.logRoot, stateRoot: heads.stateRoot, epoch: heads.epoch,
            view: heads.view, authorities: heads.authorities, pendingTransactions: 0,
            notReadyBecause: nil, version: heads.version, base: base)
        return gateway
    }

    private static let note = "History before block 1001"

    @Test("What lies before is not held, and what comes later is not yet there")
    func addresses() async throws {
        for path in ["/blocks/900", "/blocks/1000", "/entries/300", "/entries/3999"] {
            let page = try await fetch(path, from: later())
            #expect(page.status == .notFound)
            #expect(page.body.contains("This node does not hold it"), "\(path)")
            #expect(page.body.contains(Self.note), "\(path)")
        }
        for path in ["/blocks/2001", "/entries/8000"] {
            let page = try await fetch(path, from: later())
            #expect(page.status == .notFound && page.body.contains("Not yet"), "\(path)")
        }
        let hash = MemoryGateway.digest(0xDD)
        for path in ["/blocks/\(hash)", "/transactions/\(hash)"] {
            #expect(try await fetch(path, from: later()).body.contains(Self.note), "\(path)")
            let whole = try await fetch(path, from: MemoryGateway.sample())
            #expect(!whole.body.contains("is not held by this node"), "\(path)")
        }
    }

    @Test("Lists of history, devices and the overview say where it begins")
    func notes() async throws {
        for path in ["/blocks", "/transactions", "/devices/D1"] {
            #expect(try await fetch(path, from: later()).body.contains(Self.note), "\(path)")
            let whole = try await fetch(path, from: MemoryGateway.sample())
            #expect(!whole.body.contains("is not held by this node"), "\(path)")
        }
        let home = try await fetch("/", from: later()).body
        #expect(home.contains("Blocks after 1000 are held here"))
        #expect(home.contains("Meter reads held here"))
        #expect(try await !fetch("/", from: MemoryGateway.sample()).body.contains("held here"))
    }

    @Test("A lineage that begins earlier claims no whole")
    func lineage() async throws {
        var gateway = try later()
        let range = try #require(DRECRange("DREC101-2021-1..250"))
        let record = try #require(gateway.provenances[range])
        gateway.provenances[range] = ProvenanceRecord(
            range: range, sources: [], steps: [], lots: record.lots,
            redemptions: record.redemptions, truncation: .history)
        let page = try await fetch("/drecs/DREC101-2021-1..250", from: gateway)
        #expect(page.status == .ok)
        #expect(page.body.contains("lies before the"))
        #expect(!page.body.contains("Smaller ranges tell the rest"))
        #expect(!page.body.contains("from 3 devices"))
    }
}
