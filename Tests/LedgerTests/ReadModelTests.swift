import Ledger
import Mutations
import Primitives
import SampleNetworks
import Testing
import Wire

/// L3 and L4 against a meter of single hours: which are covered, and the Wh of each day.
private struct MeterModel {
    /// 1 March 2022, the first day of two months, in days since 1970.
    static let firstDay: UInt64 = 19_052
    static let days = 31 + 30
    static let watts: UInt64 = 10_000

    private var isCovered = [Bool](repeating: false, count: 24 * days)
    private(set) var dayWattHours = [UInt64](repeating: 0, count: days)

    /// Why the rules refuse a window of whole hours, or nil; then it is recorded.
    mutating func record(_ hours: Range<Int>, _ wattHours: UInt64) -> RefusalCode? {
        let count = UInt64(hours.count)
        // 1.1 × nameplate.
        if 10 * wattHours > 11 * MeterModel.watts * count { return .aboveWindowLimit }
        var shares: [Int: UInt64] = [:]
        var left = wattHours
        let lastDay = (hours.upperBound - 1) / 24
        for day in hours.lowerBound / 24...lastDay {
            let within = hours.clamped(to: 24 * day..<24 * day + 24).count
            let share = day == lastDay ? left : wattHours * UInt64(within) / count
            shares[day] = share
            left -= share
        }
        for month in [0..<31, 31..<61] {
            let part = hours.clamped(to: 24 * month.lowerBound..<24 * month.upperBound)
            if part.isEmpty { continue }
            if part.contains(where: { isCovered[$0] }) { return .windowsOverlap }
            let days = month.filter { shares[$0] != nil }
            // 2 000 kWh for each kWp a year and 120 %; in its first two years nothing has aged.
            let yearly = MeterModel.watts * 24 * 2_000 * 12
            for day in days
            where dayWattHours[day] + (shares[day] ?? 0) > yearly * 3 / (2 * 10 * 8_760) {
                return .aboveDayLimit
            }
            let total = month.reduce(0) { $0 + dayWattHours[$1] + (shares[$1] ?? 0) }
            if total > yearly * UInt64(month.count) / (10 * 8_760) { return .aboveMonthLimit }
        }
        for hour in hours { isCovered[hour] = true }
        for (day, share) in shares { dayWattHours[day] += share }
        return nil
    }
}

struct ReadModelTests {
    @Test("reads are accepted and refused as a meter of single hours says", arguments: 1...6)
    func hours(seed: UInt64) throws {
        var random = SmallRandom(seed: seed)
        var ledger = try Inhabited.network()
        try ledger.apply(
            SampleNetwork.devices([
                SampleNetwork.device("model") {
                    $0.capacityWatts = MeterModel.watts
                    $0.commissioned = time("2022-01-01").rawValue
                }
            ]), as: 3, by: "developer")
        var model = MeterModel()
        var seen: [RefusalCode: Int] = [:]
        var accepted = 0
        for _ in 0..<260 {
            var changed = model
            var expected: (row: Int, code: RefusalCode)?
            var rows: [ReadRow] = []
            // All of a submission or nothing.
            for index in 0..<[1, 1, 1, 2, 3][Int(random.below(5))] {
                let (hours, wattHours) = window(&random)
                rows.append(row(hours, wattHours))
                guard expected == nil else { continue }
                if let code = changed.record(hours, wattHours) { expected = (index, code) }
            }
            let refusal = try ledger.refusal(of: rows)
            #expect(refusal?.code == expected?.code, "seed \(seed): \(rows)")
            if let expected {
                #expect(refusal?.field.hasPrefix("reads[\(expected.row)]") == true)
                seen[expected.code, default: 0] += 1
            } else {
                model = changed
                accepted += 1
            }
            if random.below(20) == 0 { try ledger.seal() }
        }
        try ledger.seal()
        #expect(accepted > 20, "seed \(seed)")
        for code in [.windowsOverlap, .aboveWindowLimit, .aboveDayLimit] as [RefusalCode] {
            #expect(seen[code, default: 0] > 0, "seed \(seed): \(code)")
        }
        try compare(model, ledger)
    }

    @Test("a month that is full day by day ends where a meter of single hours says")
    func fullMonth() throws {
        var random = SmallRandom(seed: 7)
        var ledger = try Inhabited.network()
        try ledger.apply(
            SampleNetwork.devices([
                SampleNetwork.device("model") {
                    $0.capacityWatts = MeterModel.watts
                    $0.commissioned = time("2022-01-01").rawValue
                }
            ]), as: 3, by: "developer")
        var model = MeterModel()
        var isFull = 0
        for day in 0..<MeterModel.days {
            let (hours, wattHours) = (24 * day..<24 * day + 24, 60_000 + random.below(38_000))
            let code = model.record(hours, wattHours)
            #expect(try ledger.refusal(of: [row(hours, wattHours)])?.code == code, "\(day)")
            if code == .aboveMonthLimit { isFull += 1 }
        }
        #expect(isFull > 5)
        try ledger.seal()
        try compare(model, ledger)
    }

    private func window(_ random: inout SmallRandom) -> (Range<Int>, UInt64) {
        let lengths = [1, 2, 5, 8, 24, 30, 72, 200]
        let length = lengths[Int(random.below(8))]
        let start = Int(random.below(UInt64(24 * MeterModel.days - length)))
        let rate = [4_200, 4_200, 9_000, 12_500][Int(random.below(4))] as UInt64
        return (start..<start + length, random.below(UInt64(length) * rate))
    }

    private func row(_ hours: Range<Int>, _ wattHours: UInt64) -> ReadRow {
        let first = MeterModel.firstDay * 86_400
        return ReadRow(
            device: DeviceID(3), start: Timestamp(first + 3_600 * UInt64(hours.lowerBound)),
            end: Timestamp(first + 3_600 * UInt64(hours.upperBound)),
            energy: WattHours(wattHours), kind: .history)
    }

    /// The months' leaves have the model's days.
    private func compare(_ model: MeterModel, _ ledger: LedgerHarness) throws {
        for (first, count, day) in [(0, 31, "2022-03-01"), (31, 30, "2022-04-01")] {
            let leaf = try #require(
                try ledger.state.message(
                    ProtoDeviceMonthValue.self,
                    for: .deviceMonth(DeviceID(3), CivilMonth(time(day)))))
            let days = leaf.dayWattHours + Array(repeating: 0, count: 31)
            #expect(Array(days[..<count]) == Array(model.dayWattHours[first..<first + count]))
        }
    }
}
