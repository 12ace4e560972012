import Foundation
import Ledger
import Primitives
import SampleNetworks
import SwiftProtobuf
import Testing
import Wire

/// L5 to L8.
struct CertificateTests {
    private let series = SeriesID(project: ProjectID(101), vintage: 2021)

    /// 100 D-RECs, one lot, of the developer.
    private func minted() throws -> LedgerHarness {
        var ledger = try Inhabited.network()
        try ledger.submit([SampleNetwork.history(1, "2021-12-17", "2021-12-18", 100_000)])
        try ledger.seal()
        return ledger
    }

    private func lots(_ ledger: LedgerHarness) -> [[UInt64]] {
        ledger.leaves.filter { $0.key.kind == .lot }.sorted { $0.key < $1.key }.compactMap {
            guard let lot = try? ProtoLotValue(serializedBytes: $0.value) else { return nil }
            return [$0.key.word2, lot.last, lot.owner, UInt64(lot.status.rawValue)]
        }
    }

    private func move(
        _ ledger: inout LedgerHarness, _ first: UInt64, _ last: UInt64, to: UInt64,
        as account: UInt64 = 3, by name: String = "developer"
    ) throws {
        try ledger.apply(
            SampleNetwork.trade([SampleNetwork.range(first, last)], to: to), as: account, by: name)
        try ledger.seal()
    }

    @Test("a window over New Year goes to both vintages, rounded down for the earlier")
    func newYear() throws {
        var ledger = try Inhabited.network()
        let applied = try ledger.submit([
            SampleNetwork.history(1, "2020-12-31T16:00:00Z", "2021-01-01T16:00:01Z", 10_000),
            SampleNetwork.history(1, "2021-06-01", "2021-06-02", 500),
        ])
        let first = 10_000 * 28_800 / 86_401 as UInt64
        #expect(applied.placements.map(\.series.vintage) == [2020, 2021, 2021])
        #expect(applied.placements.map(\.length) == [first, 10_000 - first, 500])
        #expect(applied.placements.map(\.offset) == [0, 0, 10_000 - first])
        #expect(applied.placements[0].end == time("2021-01-01"))
        #expect(applied.placements[1].start == time("2021-01-01"))
        let issues = try #require(applied.receipt.events.last?.energyPlaced.issues)
        #expect(issues.map(\.vintage) == [2020, 2021] && issues.map(\.last) == [3, 7])
        // 366 days over three years.
        let long = try ledger.submit([
            ReadRow(
                device: DeviceID(1), start: time("2021-12-31T12:00:00Z"),
                end: time("2022-12-31T12:00:00Z"), energy: WattHours(365_000), kind: .history)
        ])
        #expect(long.placements.map(\.length) == [500, 364_500])
        try ledger.seal()
    }

    @Test("remainders below 1 kWh add up over devices and reads")
    func remainders() throws {
        var ledger = try Inhabited.network()
        try ledger.apply(
            SampleNetwork.devices([SampleNetwork.device("three")]), as: 3, by: "developer")
        var issued: UInt64 = 0
        for number in 0..<40 {
            let energy = UInt64(number * 37 % 411)
            let row = ReadRow(
                device: DeviceID(number.isMultiple(of: 2) ? 1 : 3),
                start: Timestamp(time("2021-03-01").rawValue + UInt64(number) * 86_400),
                end: Timestamp(time("2021-03-02").rawValue + UInt64(number) * 86_400),
                energy: WattHours(energy), kind: .history)
            let applied = try ledger.submit([row])
            let before = issued / 1_000
            issued += energy
            let issue = applied.receipt.events.last?.energyPlaced.issues.first
            #expect(issue?.last ?? 0 == (issued / 1_000 > before ? issued / 1_000 : 0))
            #expect(applied.placements.count == (energy == 0 ? 0 : 1))
            try ledger.seal()
        }
        #expect(try ledger.state.series(series)?.active == issued / 1_000)
    }

    @Test("deferred evidence is minted once, by its owner, with its reads")
    func deferred() throws {
        var ledger = try Inhabited.network()
        let rows = [
            SampleNetwork.history(1, "2021-12-17", "2021-12-18", 5_500),
            SampleNetwork.history(1, "2021-12-18", "2021-12-19", 0),
        ]
        let evidence = try ledger.submit(rows, deferred: true).index.rawValue
        #expect(try ledger.state.series(series) == nil)
        try ledger.seal()
        func mint(
            _ entry: UInt64, _ rows: [ReadRow], as account: UInt64 = 3,
            by name: String = "developer"
        ) throws -> RefusalCode? {
            try ledger.refusal(
                .mint(.with { $0.evidence = entry }), as: account, by: [name], reads: rows)?.code
        }
        #expect(try ledger.refusal(of: rows)?.code == .windowsOverlap)
        #expect(try mint(evidence + 1, rows) == .evidenceUnknown)
        #expect(try mint(.max, rows) == .evidenceUnknown)
        #expect(try mint(evidence, rows, as: 5, by: "buyer") == .evidenceUnknown)
        #expect(try mint(evidence, rows, by: "buyer") == .notAuthorised)
        #expect(try mint(evidence, [rows[0]]) == .readsNotBound)
        #expect(try mint(evidence, rows.reversed()) == .readsNotBound)
        #expect(try mint(evidence, []) == .readsNotExpected)
        #expect(try mint(evidence, rows) == nil)
        #expect(try ledger.state.series(series)?.issuedWattHours == 5_500)
        #expect(try mint(evidence, rows) == .evidenceMinted)
        #expect(ledger.history.last?.receipt.events.last?.energyPlaced.evidence == evidence + 1)
        // What only the rules can tell cannot be deferred.
        for row in [
            SampleNetwork.aggregate(1, time("2022-01-01"), 5),
            SampleNetwork.delta(1, Timestamp(0), ledger.now, 1),
        ] {
            #expect(try ledger.refusal(of: [row], deferred: true)?.code == .deferredWindowOpen)
        }
        try ledger.seal()
    }

    @Test("any sub-range is traded, lots stay disjoint, and a trade to oneself merges")
    func trades() throws {
        var ledger = try minted()
        try move(&ledger, 11, 20, to: 5)
        #expect(lots(ledger) == [[1, 10, 3, 1], [11, 20, 5, 1], [21, 100, 3, 1]])
        try move(&ledger, 1, 1, to: 5)
        try move(&ledger, 100, 100, to: 5)
        try move(&ledger, 50, 60, to: 3)
        #expect(lots(ledger).map { $0[0] } == [1, 2, 11, 21, 100])
        try move(&ledger, 12, 13, to: 3, as: 5, by: "buyer")
        try move(&ledger, 14, 20, to: 3, as: 5, by: "buyer")
        try move(&ledger, 11, 11, to: 3, as: 5, by: "buyer")
        #expect(lots(ledger).count == 7)
        try move(&ledger, 2, 99, to: 3)
        #expect(lots(ledger) == [[1, 1, 5, 1], [2, 99, 3, 1], [100, 100, 5, 1]])
        let applied = try ledger.apply(
            SampleNetwork.trade(
                [SampleNetwork.range(3, 4), SampleNetwork.range(6, 7), SampleNetwork.range(8, 9)],
                to: 5),
            as: 3, by: "developer")
        let moved = try #require(applied.receipt.events.first?.lotsMoved)
        #expect(moved.consumed.count == 1 && moved.consumed[0].range.last == 99)
        #expect(
            moved.created.map { [$0.range.first, $0.range.last, $0.owner] }
                == [[2, 2, 3], [3, 4, 5], [5, 5, 3], [6, 9, 5], [10, 99, 3]])
        // What moved names this entry; what was only cut off keeps the one by which it was got.
        #expect(
            moved.created.map(\.entry)
                == [2, 3, 5, 6, 10].map { first in
                    [3, 6].contains(first) ? applied.index.rawValue : moved.consumed[0].entry
                })
        #expect(moved.consumed[0].entry != applied.index.rawValue)
        try ledger.seal()
    }

    @Test("ranges that cannot be spent are refused with their place")
    func badRanges() throws {
        var ledger = try minted()
        try move(&ledger, 41, 50, to: 5)
        try ledger.apply(
            SampleNetwork.retire([SampleNetwork.range(61, 70)]), as: 3, by: "developer")
        let max = DRECRange.maximumSerial
        typealias Range = SampleNetwork
        let cases: [(String, RefusalCode, String, [ProtoRange])] = [
            ("none", .countInvalid, "ranges", []),
            ("257", .countInvalid, "ranges", (0..<257).map { _ in Range.range(1, 1) }),
            ("serial 0", .rangeInvalid, "ranges[0]", [Range.range(0, 1)]),
            ("all 0", .rangeInvalid, "ranges[0]", [Range.range(0, 0)]),
            ("reversed", .rangeInvalid, "ranges[1]", [Range.range(1, 2), Range.range(6, 5)]),
            ("beyond 64 bits of Wh", .rangeInvalid, "ranges[0]", [Range.range(1, max + 1)]),
            ("the end of numbers", .rangeInvalid, "ranges[0]", [Range.range(.max, .max)]),
            ("project 100", .rangeInvalid, "ranges[0]", [Range.range(1, 1, project: 100)]),
            ("no project", .rangeInvalid, "ranges[0]", [.init()]),
            ("another project", .seriesUnknown, "ranges[0]", [Range.range(1, 1, project: 999)]),
            ("another year", .seriesUnknown, "ranges[0]", [Range.range(1, 1, vintage: 2020)]),
            ("year 0", .seriesUnknown, "ranges[0]", [Range.range(1, 1, vintage: 0)]),
            ("101", .beyondMinted, "ranges[0].last", [Range.range(100, 101)]),
            ("only 101", .beyondMinted, "ranges[0].last", [Range.range(101, 101)]),
            (
                "the largest", .beyondMinted, "ranges[1].last",
                [Range.range(1, 1), Range.range(max, max)]
            ),
            (
                "descending", .rangesNotAscending, "ranges[1]",
                [Range.range(5, 6), Range.range(1, 2)]
            ),
            (
                "overlapping", .rangesNotAscending, "ranges[1]",
                [Range.range(1, 5), Range.range(5, 6)]
            ),
            ("twice", .rangesNotAscending, "ranges[1]", [Range.range(1, 5), Range.range(1, 5)]),
            ("within", .rangesNotAscending, "ranges[1]", [Range.range(1, 9), Range.range(3, 4)]),
            (
                "years descending", .rangesNotAscending, "ranges[1]",
                [Range.range(1, 1, vintage: 2022), Range.range(2, 2)]
            ),
            ("foreign", .notOwner, "ranges[0]", [Range.range(41, 50)]),
            ("foreign at the end", .notOwner, "ranges[0]", [Range.range(40, 41)]),
            ("foreign in the middle", .notOwner, "ranges[0]", [Range.range(1, 60)]),
            ("retired", .spent, "ranges[0]", [Range.range(61, 70)]),
            ("retired at the end", .spent, "ranges[1]", [Range.range(1, 5), Range.range(60, 61)]),
        ]
        for (name, code, field, ranges) in cases {
            for action in [
                SampleNetwork.trade(ranges, to: 5), SampleNetwork.redeem(ranges),
                SampleNetwork.retire(ranges),
            ] {
                let refusal = try ledger.refusal(action, as: 3, by: ["developer"])
                #expect(
                    refusal?.code == code && refusal?.field == field, "\(name): \(refusal as Any)")
            }
        }
        try ledger.seal()
    }

    @Test("a trade goes to an active account")
    func recipients() throws {
        var ledger = try minted()
        try ledger.apply(
            SampleNetwork.registration("auditor", .auditor), as: 2, by: "authority", "auditor")
        try ledger.apply(.suspendAccount(.with { $0.account = 5 }), as: 1, by: "initiative")
        for account in [0, 99, UInt64.max, 7, 5] {
            let refusal = try ledger.refusal(
                SampleNetwork.trade([SampleNetwork.range(1, 1)], to: account), as: 3,
                by: ["developer"])
            #expect(refusal?.code == .recipientInvalid && refusal?.field == "to")
        }
    }

    @Test("a redemption states who, where, why and when; both ends are terminal")
    func redemptions() throws {
        var ledger = try minted()
        let now = ledger.now.rawValue
        typealias Change = (inout ProtoRedeem) -> Void
        let cases: [(String, RefusalCode, String, Change)] = [
            ("nobody", .textInvalid, "beneficiary", { $0.beneficiary = "" }),
            (
                "a long name", .textInvalid, "beneficiary",
                {
                    $0.beneficiary = String(repeating: "x", count: 201)
                }
            ),
            ("a tab", .textInvalid, "beneficiary", { $0.beneficiary = "a\tb" }),
            ("no purpose", .textInvalid, "purpose", { $0.purpose = "" }),
            (
                "a long purpose", .textInvalid, "purpose",
                {
                    $0.purpose = String(repeating: "x", count: 501)
                }
            ),
            ("nowhere", .countryInvalid, "location", { $0.location = "" }),
            ("somewhere", .countryInvalid, "location", { $0.location = "za" }),
            ("no period", .periodInvalid, "period_end", { $0.periodEnd = 0 }),
            ("an empty period", .periodInvalid, "period_end", { $0.periodEnd = $0.periodStart }),
            (
                "a period to come", .periodInvalid, "period_end",
                {
                    $0.periodStart = now + 1
                    $0.periodEnd = now + 2
                }
            ),
            ("an endless period", .periodInvalid, "period_end", { $0.periodEnd = .max }),
        ]
        for (name, code, field, change) in cases {
            let refusal = try ledger.refusal(
                SampleNetwork.redeem([SampleNetwork.range(1, 1)], change), as: 3, by: ["developer"])
            #expect(refusal?.code == code && refusal?.field == field, "\(name)")
        }
        for reason in [ProtoRetirementReason.unspecified, .UNRECOGNIZED(5), .UNRECOGNIZED(-1)] {
            let refusal = try ledger.refusal(
                SampleNetwork.retire([SampleNetwork.range(1, 1)], reason), as: 3, by: ["developer"])
            #expect(refusal?.code == .reasonInvalid && refusal?.field == "reason")
        }
        let redeemed = try ledger.apply(
            SampleNetwork.redeem([SampleNetwork.range(1, 10), SampleNetwork.range(20, 29)]), as: 3,
            by: "developer")
        let value = try #require(
            try ledger.state.message(ProtoRedemptionValue.self, for: .redemption(redeemed.index)))
        #expect(value.account == 3 && value.ranges.count == 2 && value.time == now)
        for reason in [
            ProtoRetirementReason.voluntary, .expired, .externalRegistry, .correction,
        ] {
            let serial = UInt64(30 + reason.rawValue)
            try ledger.apply(
                SampleNetwork.retire([SampleNetwork.range(serial, serial)], reason), as: 3,
                by: "developer")
        }
        let total = try #require(try ledger.state.series(series))
        #expect(total.active == 76 && total.redeemed == 20 && total.retired == 4)
        for serial in [1, 10, 20, 31, 34] as [UInt64] {
            let range = [SampleNetwork.range(serial, serial)]
            for action in [
                SampleNetwork.trade(range, to: 3), SampleNetwork.redeem(range),
                SampleNetwork.retire(range),
            ] {
                #expect(try ledger.refusal(action, as: 3, by: ["developer"])?.code == .spent)
            }
        }
        try ledger.seal()
    }

    @Test("at most 256 ranges and 1024 lots go through one transaction")
    func many() throws {
        var ledger = try Inhabited.network()
        ledger.isAudited = false
        // 1 030 lots of one D-REC, one for each hour.
        for hour in 0..<1_030 as Range<UInt64> {
            let start = Timestamp(time("2021-03-01").rawValue + hour * 3_600)
            try ledger.submit([
                ReadRow(
                    device: DeviceID(1), start: start, end: Timestamp(start.rawValue + 3_600),
                    energy: WattHours(1_000), kind: .history)
            ])
            if hour.isMultiple(of: 100) { try ledger.seal() }
        }
        ledger.isAudited = true
        try ledger.seal()
        let refusal = try ledger.refusal(
            SampleNetwork.trade([SampleNetwork.range(1, 1_025)], to: 5), as: 3, by: ["developer"])
        #expect(refusal?.code == .tooManyLots && refusal?.limit == 1_024)
        let firsts = stride(from: 1, to: 1_024, by: 4).map { UInt64($0) }
        let ranges = firsts.map { SampleNetwork.range($0, $0 + 1) }
        #expect(ranges.count == 256)
        try ledger.apply(SampleNetwork.trade(ranges, to: 5), as: 3, by: "developer")
        try ledger.seal()
        try ledger.apply(
            SampleNetwork.trade([SampleNetwork.range(1, 2), SampleNetwork.range(5, 6)], to: 3),
            as: 5,
            by: "buyer")
        try ledger.apply(
            SampleNetwork.trade([SampleNetwork.range(1, 8)], to: 5), as: 3, by: "developer")
        try ledger.seal()
    }
}
