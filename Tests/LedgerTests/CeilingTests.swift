import Foundation
import Ledger
import Primitives
import SampleNetworks
import SwiftProtobuf
import Testing
import Wire

/// L4, against the seed's formula in Foundation's decimals.
struct CeilingTests {
    private let parameters = GenesisDocument.localParameters

    private func floor(_ value: Decimal) -> UInt64 {
        var value = value
        var rounded = Decimal()
        NSDecimalRound(&rounded, &value, 0, .down)
        return UInt64(rounded.description) ?? .max
    }

    /// Wh: `W × (1−μ)^(a−1) × hours × yield/8760 × β × factor`.
    private func seedFormula(
        watts: UInt64, seconds: UInt64, years: Int, yield: Decimal, factor: Decimal
    ) -> Decimal {
        var remaining: Decimal = 1
        for _ in 1..<max(1, years) { remaining = remaining * Decimal(995) / 1_000 }
        return Decimal(watts) * remaining * Decimal(seconds) * yield * 12 * factor
            / (10 * 3_600 * 8_760)
    }

    @Test("the ceiling is the seed's formula rounded down, but for the rounding of the ageing")
    func formula() {
        for watts in [1, 10, 9_999, 27_600, 134_000, 250_000] as [UInt64] {
            for seconds in [86_400, 28 * 86_400, 31 * 86_400] as [UInt64] {
                for years in [1, 2, 3, 10, 25, 60] {
                    for (yield, factor) in [(2_000, 1), (1_000, 1), (1_753, 2), (10_000, 1)] {
                        let exact = seedFormula(
                            watts: watts, seconds: seconds, years: years, yield: Decimal(yield),
                            factor: Decimal(factor))
                        let limit = Ceiling.period(
                            capacity: Watts(watts), seconds: seconds, years: years,
                            yieldMilli: UInt64(yield) * 1_000,
                            factorPpm: UInt64(factor) * 1_000_000,
                            parameters: parameters)
                        // At most one part in 10⁹ is lost a year, and less than 1 Wh at the end.
                        let slack = exact * Decimal(years) * 2 / 1_000_000_000
                        #expect(limit <= floor(exact))
                        #expect(Decimal(limit) > exact - slack - 1)
                        if years <= 3 { #expect(limit >= floor(exact - slack)) }
                    }
                }
            }
        }
    }

    @Test("no permitted parameter overflows")
    func extremes() {
        var extreme = parameters
        extreme.scalerPpm = ParameterBounds.factorPpm.upperBound
        extreme.windowFactorPpm = ParameterBounds.factorPpm.upperBound
        extreme.degradationPpb = 0
        let limit = Ceiling.period(
            capacity: Watts(250_000), seconds: 366 * 86_400, years: 1,
            yieldMilli: 10_000 * 10_000_000 / 1_000, factorPpm: 10_000_000, parameters: extreme)
        #expect(limit == 250_000 * 366 * 24 * 100_000 * 100 / 8_760)
        #expect(
            Ceiling.window(capacity: Watts(250_000), seconds: 366 * 86_400, parameters: extreme)
                == 250_000 * 366 * 24 * 10)
        extreme.degradationPpb = ParameterBounds.degradationPpb.upperBound
        #expect(Ceiling.remainingPpb(degradation: 500_000_000, years: 31) == 0)
        #expect(Ceiling.remainingPpb(degradation: 500_000_000, years: .max) == 0)
        #expect(Ceiling.remainingPpb(degradation: 5_000_000, years: .min) == 1_000_000_000)
        #expect(Ceiling.remainingPpb(degradation: 5_000_000, years: 2) == 995_000_000)
        #expect(Ceiling.remainingPpb(degradation: 5_000_000, years: 4) == 985_074_875)
    }

    @Test(
        "completed years count from commissioning, at least 1",
        arguments: [
            ("2020-01-01", "2020-06-01", 1), ("2020-01-01", "2020-12-31T23:59:59Z", 1),
            ("2020-01-01", "2021-01-01", 1), ("2020-01-01", "2021-12-31T23:59:59Z", 1),
            ("2020-01-01", "2022-01-01", 2), ("2020-02-29", "2022-02-28", 1),
            ("2020-02-29", "2022-03-01", 2), ("2020-02-29", "2024-02-29", 4),
            ("2020-06-15T12:00:00Z", "2022-06-15T11:59:59Z", 1),
            ("2020-06-15T12:00:00Z", "2022-06-15T12:00:00Z", 2), ("2020-01-01", "2019-01-01", 1),
        ])
    func years(from start: String, to end: String, expected: Int) {
        #expect(Ceiling.completedYears(from: time(start), to: time(end)) == expected)
    }

    @Test("a yield's monthly factors scale their month only")
    func months() {
        let yield = ProtoYield.with {
            $0.kwhPerKwp = 1_500
            $0.monthFactorsPpm = (1...12).map { UInt64($0) * 100_000 }
        }
        for month in 1...12 {
            #expect(
                Ceiling.yieldMilli(yield, month: month, parameters: parameters)
                    == UInt64(150_000 * month))
        }
        #expect(Ceiling.yieldMilli(nil, month: 1, parameters: parameters) == 2_000_000)
        #expect(
            Ceiling.yieldMilli(.with { $0.kwhPerKwp = 7 }, month: 12, parameters: parameters)
                == 7_000)
    }

    @Test("a window is refused by exactly what exceeds 1.1 × nameplate")
    func window() throws {
        var ledger = try Inhabited.network()
        func read(_ energy: UInt64) -> [ReadRow] {
            [SampleNetwork.history(1, "2022-05-05T12:00:00Z", "2022-05-05T12:00:07Z", energy)]
        }
        // 100 kW × 7 s × 1.1 = 213.88 Wh.
        let refusal = try ledger.refusal(of: read(214))
        #expect(refusal?.code == .aboveWindowLimit && refusal?.field == "reads[0].watt_hours")
        #expect(refusal?.limit == 213 && refusal?.excess == 1)
        let all = try ledger.refusal(of: read(.max))
        #expect(all?.limit == 213 && all?.excess == .max - 213)
        try ledger.submit(read(213))
        try ledger.seal()
    }

    @Test("a day and a month are refused by exactly what exceeds their ceilings")
    func dayAndMonth() throws {
        var ledger = try Inhabited.network()
        // Commissioned 2019-01-01: three completed years in May 2022. 100 kW, 2000 kWh/kWp.
        let ageing = Decimal(995) * 995 / 1_000_000
        let mean = Decimal(100_000) * ageing * 24 * 2_000 * 12 / (10 * 8_760)
        let dayLimit = floor(mean * 15 / 10)
        let monthLimit = floor(mean * 31)
        func day(_ number: UInt64, _ energy: UInt64) -> ReadRow {
            let start = time("2022-05-01").rawValue + (number - 1) * 86_400
            return ReadRow(
                device: DeviceID(1), start: Timestamp(start), end: Timestamp(start + 86_400),
                energy: WattHours(energy), kind: .history)
        }
        let refusal = try ledger.refusal(of: [day(1, dayLimit + 7)])
        #expect(refusal?.code == .aboveDayLimit && refusal?.field == "reads[0].watt_hours")
        #expect(refusal?.limit == dayLimit && refusal?.excess == 7)
        var total: UInt64 = 0
        var number: UInt64 = 1
        while total + dayLimit <= monthLimit {
            try ledger.submit([day(number, dayLimit)])
            total += dayLimit
            number += 1
        }
        let left = monthLimit - total
        let month = try ledger.refusal(of: [day(number, left + 1)])
        #expect(month?.code == .aboveMonthLimit && month?.limit == monthLimit && month?.excess == 1)
        try ledger.submit([day(number, left)])
        try ledger.submit([day(number + 1, 0)])
        #expect(try ledger.refusal(of: [day(number + 2, 1)])?.excess == 1)
        // June is another month.
        try ledger.submit([SampleNetwork.history(1, "2022-06-01", "2022-06-02", dayLimit)])
        try ledger.seal()
    }

    @Test("two windows of one day count together, and a long window is shared out by seconds")
    func shares() throws {
        var ledger = try Inhabited.network()
        try ledger.submit([
            SampleNetwork.history(1, "2022-05-01T18:00:00Z", "2022-05-04T06:00:01Z", 1_000_000)
        ])
        let leaf = try #require(
            try ledger.state.message(
                ProtoDeviceMonthValue.self,
                for: .deviceMonth(DeviceID(1), CivilMonth(time("2022-05-01")))))
        let seconds: UInt64 = 6 * 3_600 + 2 * 86_400 + 6 * 3_600 + 1
        let first = 1_000_000 * 21_600 / seconds
        let whole = 1_000_000 * 86_400 / seconds
        #expect(leaf.dayWattHours == [first, whole, whole, 1_000_000 - first - 2 * whole])
        #expect(leaf.covered == [18 * 3_600, UInt32(seconds)])
        let mean = Decimal(100_000) * 995 * 995 * 24 * 2_000 * 12 / (1_000_000 * 10 * 8_760)
        let limit = floor(mean * 15 / 10)
        let refusal = try ledger.refusal(of: [
            SampleNetwork.history(
                1, "2022-05-01T06:00:00Z", "2022-05-01T18:00:00Z", limit - first + 1)
        ])
        #expect(refusal?.code == .aboveDayLimit && refusal?.excess == 1)
        try ledger.submit([
            SampleNetwork.history(1, "2022-05-01T06:00:00Z", "2022-05-01T18:00:00Z", limit - first)
        ])
        try ledger.seal()
    }
}
