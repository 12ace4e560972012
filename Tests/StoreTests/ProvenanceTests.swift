import Foundation
import Ledger
import Merkle
import Primitives
import Replica
import SampleNetworks
import Store
import SwiftProtobuf
import Testing
import Wire

private let series = SeriesID(project: ProjectID(101), vintage: 2021)

private func range(_ first: UInt64, _ last: UInt64) throws -> DRECRange {
    try #require(
        DRECRange(series: series, first: DRECSerial(first), last: DRECSerial(last)))
}

@Suite("Where D-RECs came from")
struct ProvenanceTests {
    /// Eleven D-RECs of five reads in three entries: 3 to 5 (trade 6, 7), redeemed 8, retired 9.
    private func chain(_ directory: Directory) throws -> StoredChain {
        var network = SampleNetwork()
        var chain = try StoredChain(path: directory.file(), genesis: network.genesis)
        for batch in busyBatches(&network) {
            let block = try #require(try chain.make(batch))
            #expect(block.transactions.count == batch.count)
        }
        return chain
    }

    @Test("Every kWh has sources of exactly 1 000 Wh that touch without a gap")
    func shares() throws {
        let directory = try Directory()
        let chain = try chain(directory)
        try chain.store.readNow { access in
            for first in 1...11 as ClosedRange<UInt64> {
                for last in first...11 {
                    let record = try #require(try access.provenance(of: try range(first, last)))
                    #expect(
                        record.sources.reduce(0) { $0 + $1.share.rawValue }
                            == 1_000 * (last - first + 1))
                    #expect(record.sources.allSatisfy { $0.share.rawValue > 0 })
                    #expect(record.sources.allSatisfy { $0.share <= $0.read.energy })
                }
            }
        }
        try chain.store.close()
    }

    @Test("A kWh of several reads of several devices names each with its share, in axis order")
    func severalReads() throws {
        let directory = try Directory()
        let chain = try chain(directory)
        try chain.store.readNow { access in
            // The axis: D1 400, D2 1 350, D1 1 250, D2 7 700, D1 300.
            let first = try #require(try access.provenance(of: try range(1, 1)))
            #expect(first.sources.map(\.device.rawValue) == [1, 2])
            #expect(first.sources.map(\.share.rawValue) == [400, 600])
            #expect(first.sources.map(\.row) == [0, 1])
            #expect(first.sources.map(\.read.energy.rawValue) == [400, 1_350])
            let second = try #require(try access.provenance(of: try range(2, 2)))
            #expect(second.sources.map(\.share.rawValue) == [750, 250])
            // The eleventh begins in the remainder of an earlier entry.
            let last = try #require(try access.provenance(of: try range(11, 11)))
            #expect(last.sources.map(\.device.rawValue) == [2, 1])
            #expect(last.sources.map(\.share.rawValue) == [700, 300])
            #expect(last.sources.map(\.entry.rawValue) == [4, 5])
            #expect(last.sources.map(\.placedBy.rawValue) == [4, 5])
        }
        try chain.store.close()
    }

    @Test("Steps go from mint over trades to redemption and retirement, in order")
    func steps() throws {
        let directory = try Directory()
        let chain = try chain(directory)
        let developer = AccountID(SampleNetwork.developer)
        let buyer = AccountID(SampleNetwork.buyer)
        try chain.store.readNow { access in
            func record(_ first: UInt64, _ last: UInt64) throws -> ProvenanceRecord {
                try #require(try access.provenance(of: try range(first, last)))
            }
            let kept = try record(1, 1)
            #expect(kept.steps.map(\.kind) == [.mint] && kept.steps.map(\.to) == [developer])
            #expect(kept.redemptions.isEmpty)
            let retired = try record(4, 4)
            #expect(retired.steps.map(\.kind) == [.mint, .trade, .trade, .retire])
            #expect(retired.steps.map(\.entry.rawValue) == [4, 6, 7, 9])
            #expect(retired.steps.map(\.from) == [nil, developer, buyer, developer])
            #expect(retired.steps.map(\.to) == [developer, buyer, developer, developer])
            #expect(retired.lots.map(\.status) == [.retired])
            let redeemed = try record(6, 7)
            #expect(redeemed.steps.map(\.kind) == [.mint, .trade, .redeem])
            #expect(redeemed.steps.map(\.range) == Array(repeating: redeemed.range, count: 3))
            #expect(redeemed.redemptions.map(\.entry.rawValue) == [8])
            #expect(redeemed.redemptions.map(\.value.beneficiary) == ["A school"])
            for (first, last) in [(1, 11), (1, 3), (3, 6), (5, 8)] as [(UInt64, UInt64)] {
                let whole = try record(first, last)
                #expect(whole.steps.map(\.entry) == whole.steps.map(\.entry).sorted())
                #expect(
                    whole.steps.filter { $0.kind == .mint }
                        .reduce(0) { $0 + $1.range.count } == last - first + 1)
                #expect(whole.lots.reduce(0) { $0 + $1.range.count } >= last - first + 1)
                for step in whole.steps {
                    #expect(step.range.first >= whole.range.first)
                    #expect(step.range.last <= whole.range.last)
                    let transaction = try access.transaction(at: step.entry)
                    #expect(transaction?.id == step.transaction)
                    #expect(transaction?.height == step.height)
                }
            }
        }
        try chain.store.close()
    }

    @Test("What was never minted has no provenance")
    func unminted() throws {
        let directory = try Directory()
        let chain = try chain(directory)
        try chain.store.readNow { access in
            #expect(try access.provenance(of: try range(12, 12)) == nil)
            #expect(try access.provenance(of: try range(11, 12)) == nil)
            #expect(
                try access.provenance(of: try range(1, DRECRange.maximumSerial)) == nil)
            let none = try #require(
                DRECRange(
                    series: SeriesID(project: ProjectID(.max), vintage: .max),
                    first: DRECSerial(1), last: DRECSerial(1)))
            #expect(try access.provenance(of: none) == nil)
        }
        try chain.store.close()
    }

    @Test("What a limit cuts off is marked, and what there is stays right")
    func truncated() throws {
        let directory = try Directory()
        let chain = try chain(directory)
        try chain.store.readNow { access in
            let all = try #require(try access.provenance(of: try range(1, 11)))
            #expect(all.truncation == [])
            for limit in 0...all.sources.count {
                var limits = ProvenanceLimits()
                limits.sources = limit
                let some = try #require(
                    try access.provenance(of: try range(1, 11), limits: limits))
                #expect(some.sources.map(\.share) == all.sources.prefix(limit).map(\.share))
                #expect(some.truncation == (limit < all.sources.count ? [.sources] : []))
                // The first placement that is fetched may end before the range.
                let last = try #require(
                    try access.provenance(of: try range(11, 11), limits: limits))
                #expect(last.sources.count == min(limit, 2))
                #expect(last.truncation == (limit < 2 ? [.sources] : []))
            }
            for limit in 0...all.steps.count + 1 {
                var limits = ProvenanceLimits()
                limits.steps = limit
                let some = try #require(
                    try access.provenance(of: try range(1, 11), limits: limits))
                #expect(some.steps.count <= limit)
                #expect((some.truncation == []) == (some.steps.count == all.steps.count))
                // The walk goes back in time: what is missing is the beginning.
                #expect(Set(all.steps.map(\.entry)).isSuperset(of: some.steps.map(\.entry)))
                #expect(limit == 0 || some.steps.last?.entry == all.steps.last?.entry)
            }
        }
        try chain.store.close()
    }

    @Test("A range in too many lots is told so, one that was not minted is still unknown")
    func tooManyLots() throws {
        let directory = try Directory()
        let chain = try chain(directory)
        try chain.store.readNow { access in
            let lots = try #require(try access.lots(holding: try range(1, 11)))
            #expect(lots.count > 3)
            for limit in 0...lots.count + 1 {
                var limits = ProvenanceLimits()
                limits.lots = limit
                let whole = try range(1, 11)
                if limit < lots.count {
                    let error = RangeTooWideError(range: whole, lots: limit)
                    #expect(throws: error) { try access.lots(holding: whole, limit: limit) }
                    #expect(throws: error) {
                        try access.provenance(of: whole, limits: limits)
                    }
                } else {
                    #expect(try access.lots(holding: whole, limit: limit)?.count == lots.count)
                }
                #expect(try access.lots(holding: try range(1, 12), limit: limit)?.count == nil)
                #expect(
                    try access.provenance(of: try range(12, 12), limits: limits)?.lots.count == nil)
            }
        }
        try chain.store.close()
    }

    @Test("A window over New Year and a deferred mint lead back to the reads")
    func oddPlacements() throws {
        let directory = try Directory()
        var network = SampleNetwork()
        var chain = try StoredChain(path: directory.file(), genesis: network.genesis)
        try chain.make(network.settling())
        let newYear = ReadRow(
            device: DeviceID(1), start: time("2021-12-31T00:00:00Z"),
            end: time("2022-01-02T00:00:00Z"), energy: WattHours(40_001), kind: .history)
        let late = [
            SampleNetwork.history(1, "2021-05-01", 2_500),
            SampleNetwork.history(2, "2021-05-01", 2_500),
        ]
        try chain.make([network.reads([newYear])])
        let evidence = try #require(try chain.make([network.reads(late, deferred: true)]))
        try chain.make([network.account("between")])
        let mint = network.signed(
            .mint(.with { $0.evidence = evidence.transactions[0].index.rawValue }),
            as: SampleNetwork.developer, by: "developer", reads: late)
        let minted = try #require(try chain.make([mint]))
        try chain.store.readNow { access in
            for year in [2021, 2022] as [UInt32] {
                let part = try #require(
                    DRECRange(
                        series: SeriesID(project: ProjectID(101), vintage: year),
                        first: DRECSerial(1), last: DRECSerial(20)))
                let record = try #require(try access.provenance(of: part))
                #expect(record.sources.map(\.read.energy.rawValue) == [40_001])
                #expect(record.sources.map(\.share.rawValue) == [20_000])
            }
            let deferred = try #require(try access.provenance(of: try range(21, 25)))
            #expect(deferred.sources.map(\.device.rawValue) == [1, 2])
            #expect(deferred.sources.allSatisfy { $0.entry == evidence.transactions[0].index })
            #expect(deferred.sources.allSatisfy { $0.placedBy == minted.transactions[0].index })
            #expect(deferred.steps.map(\.entry) == [minted.transactions[0].index])
            let totals = try access.totals(height: chain.replica.head.height)
            #expect(totals.reads == 3 && totals.issuedWattHours == 45_001)
            #expect(totals.active == 45)
        }
        try chain.store.close()
    }
}
