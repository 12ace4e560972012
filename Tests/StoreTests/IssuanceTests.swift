import Foundation
import Ledger
import Primitives
import SampleNetworks
import Store
import Testing
import Wire

@Suite("How much of a device's energy was issued and spent")
struct IssuanceTests {
    private static let march = CivilMonth(Timestamp(1_614_556_800))  // 2021-03-01

    private func answers(
        _ batches: [[Data]], _ genesis: GenesisDocument, _ limits: IssuanceLimits,
        from first: CivilMonth = march
    ) throws -> [IssuanceRecord] {
        let directory = try Directory()
        var chain = try StoredChain(path: directory.file(), genesis: genesis)
        for batch in batches {
            #expect(try chain.make(batch)?.transactions.count == batch.count)
        }
        let records = try chain.store.readNow { access in
            try (1...3).map {
                try access.issuance(of: DeviceID($0), from: first, limits: limits)
            }
        }
        try chain.store.close()
        return records
    }

    @Test("Each watt-hour counts as issued once, and as spent where its D-REC is")
    func sums() throws {
        var network = SampleNetwork()
        let batches = busyBatches(&network)
        let records = try answers(batches, network.genesis, IssuanceLimits())
        // The axis: D1 400, D2 1 350, D1 1 250, D2 7 700, D1 300. D-RECs 6 and 7 are redeemed and
        // 4 is retired, all of them D2's.
        #expect(
            records == [
                IssuanceRecord(
                    months: [.init(month: IssuanceTests.march, issued: 1_950)], isComplete: true),
                IssuanceRecord(
                    months: [
                        .init(
                            month: IssuanceTests.march, issued: 9_050, redeemed: 2_000,
                            retired: 1_000)
                    ], isComplete: true),
                IssuanceRecord(months: [], isComplete: true),
            ])
    }

    @Test("A D-REC of two devices counts for each with its share")
    func shared() throws {
        var network = SampleNetwork()
        var batches = Array(busyBatches(&network).prefix(3))
        // D-REC 2 is 750 Wh of D2 and 250 Wh of D1.
        batches.append([
            network.signed(
                SampleNetwork.retire([SampleNetwork.range(2, 2)]), as: SampleNetwork.developer,
                by: "developer")
        ])
        let records = try answers(batches, network.genesis, IssuanceLimits())
        #expect(records.map { $0.months.first?.retired } == [250, 750, nil])
    }

    @Test("Months before the first one asked for are left out")
    func later() throws {
        var network = SampleNetwork()
        let batches = busyBatches(&network)
        let records = try answers(
            batches, network.genesis, IssuanceLimits(), from: IssuanceTests.march.next)
        #expect(records.allSatisfy { $0.months.isEmpty && $0.isComplete })
    }

    @Test("A limit leaves out the oldest entries, and says so")
    func limits() throws {
        var network = SampleNetwork()
        let batches = busyBatches(&network)
        var entries = IssuanceLimits()
        entries.entries = 1
        var placements = IssuanceLimits()
        placements.placements = 1
        var own = IssuanceLimits()
        own.own = 1
        var lots = IssuanceLimits()
        lots.lots = 1
        for limits in [entries, placements, own, lots] {
            let records = try answers(batches, network.genesis, limits)
            // The newest entry of D1 has 300 Wh, that of D2 7 700 Wh.
            #expect(records.map(\.isComplete) == [false, false, true])
            #expect(records.map { $0.months.first?.issued } == [300, 7_700, nil])
        }
        var none = IssuanceLimits()
        none.entries = 0
        let records = try answers(batches, network.genesis, none)
        #expect(records.map(\.isComplete) == [false, false, true])
        #expect(records.allSatisfy { $0.months.isEmpty })
    }
}
