import Ledger
import Mutations
import Primitives
import SampleNetworks
import SwiftProtobuf
import Testing
import Wire

/// L5 to L8 against a ledger of single kilowatt-hours, which knows no lots, no segments and no
/// intervals: an array of owners for each series, and what is left below one.
private struct KilowattHours {
    struct One: Equatable {
        var owner: UInt64
        var status: ProtoLotStatus
    }

    struct Window {
        /// Days since 1970.
        let days: Range<UInt64>
        let wattHours: UInt64
    }

    /// 1 January of 2020 to 2023, in days since 1970.
    private static let newYears: [UInt64] = [18_262, 18_628, 18_993, 19_358]

    private(set) var ones: [SeriesID: [One]] = [:]
    private(set) var open: [SeriesID: UInt64] = [:]

    mutating func place(_ window: Window, project: UInt64, owner: UInt64) {
        var left = window.wattHours
        var day = window.days.lowerBound
        for (index, end) in (KilowattHours.newYears + [.max]).enumerated() where day < end {
            let last = min(end, window.days.upperBound)
            guard day < last else { break }
            let share =
                last == window.days.upperBound
                ? left : window.wattHours * (last - day) / UInt64(window.days.count)
            left -= share
            day = last
            guard share > 0 else { continue }
            let series = SeriesID(
                project: ProjectID(project), vintage: UInt32(2_019 + index))
            let sum = open[series, default: 0] + share
            open[series] = sum % 1_000
            ones[series, default: []] += Array(
                repeating: One(owner: owner, status: .active), count: Int(sum / 1_000))
        }
    }

    func permits(_ ranges: [DRECRange], by account: UInt64) -> Bool {
        ranges.allSatisfy { range in
            (range.first.rawValue...range.last.rawValue).allSatisfy { serial in
                let all = ones[range.series] ?? []
                return serial <= UInt64(all.count)
                    && all[Int(serial - 1)] == One(owner: account, status: .active)
            }
        }
    }

    mutating func move(_ ranges: [DRECRange], to one: One) {
        for range in ranges {
            for serial in range.first.rawValue...range.last.rawValue {
                ones[range.series]?[Int(serial - 1)] = one
            }
        }
    }

    /// The serials that an account may spend, in runs.
    func runs(of account: UInt64) -> [DRECRange] {
        ones.keys.sorted().flatMap { series in
            var runs: [DRECRange] = []
            for (index, one) in (ones[series] ?? []).enumerated()
            where one == One(owner: account, status: .active) {
                let serial = DRECSerial(UInt64(index + 1))
                let last = runs.last
                let goesOn = last.map { $0.last.rawValue + 1 == serial.rawValue } ?? false
                if goesOn { runs.removeLast() }
                let first = goesOn ? last?.first ?? serial : serial
                if let run = DRECRange(series: series, first: first, last: serial) {
                    runs.append(run)
                }
            }
            return runs
        }
    }
}

struct KilowattHourModelTests {
    private static let keys: [UInt64: String] = [
        3: "developer", 4: "aggregator", 5: "buyer", 6: "client",
    ]

    private struct Deferred {
        let entry: UInt64
        let row: ReadRow
        let window: KilowattHours.Window
    }

    /// A random history, and the model beside it.
    private struct History {
        var random: SmallRandom
        var ledger: LedgerHarness
        var model = KilowattHours()
        var deferred: [Deferred] = []
        /// The day at which a device's next window starts.
        var nextDay: [UInt64: UInt64] = [1: 18_048, 2: 18_051]
        var permitted = 0
        var refused = 0
        var minted = 0
    }

    @Test(
        "each kilowatt-hour has the owner and status of a ledger of single ones", arguments: 1...6)
    func ownership(seed: UInt64) throws {
        var history = History(
            random: SmallRandom(seed: seed), ledger: try Inhabited.network())
        history.ledger.isAudited = false
        for step in 0..<220 {
            switch history.random.below(10) {
            case 0...3: try read(&history)
            case 4: try mint(&history)
            default: try move(&history)
            }
            if history.random.below(8) == 0 { try history.ledger.seal() }
            if step % 10 == 9 { try compare(history, "seed \(seed), step \(step)") }
        }
        #expect(history.permitted > 20 && history.refused > 20 && history.minted > 3)
    }

    /// Twenty days of a device, the next ones that nothing was read of; they cross New Years.
    private func read(_ history: inout History) throws {
        let device: UInt64 = 1 + history.random.below(2)
        let start = history.nextDay[device] ?? 0
        history.nextDay[device] = start + 20
        let window = KilowattHours.Window(
            days: start..<start + 20, wattHours: history.random.below(9_000))
        let row = ReadRow(
            device: DeviceID(device), start: Timestamp(start * 86_400),
            end: Timestamp((start + 20) * 86_400), energy: WattHours(window.wattHours),
            kind: .history)
        let isDeferred = history.random.below(4) == 0
        let applied = try history.ledger.submit(
            [row], as: device == 1 ? 3 : 6, by: device == 1 ? "developer" : "aggregator",
            deferred: isDeferred)
        if isDeferred {
            history.deferred.append(
                Deferred(entry: applied.index.rawValue, row: row, window: window))
        } else {
            place(window, of: device, &history)
        }
    }

    private func place(
        _ window: KilowattHours.Window, of device: UInt64, _ history: inout History
    ) {
        history.model.place(
            window, project: device == 1 ? 101 : 102, owner: device == 1 ? 3 : 6)
    }

    private func mint(_ history: inout History) throws {
        guard !history.deferred.isEmpty else { return }
        let index = Int(history.random.below(UInt64(history.deferred.count)))
        let one = history.deferred[index]
        let device = one.row.device.rawValue
        let mint = Action.mint(.with { $0.evidence = one.entry })
        let (owner, key) = device == 1 ? (3, "developer") : (6, "client") as (UInt64, String)
        // Somebody else's evidence is not theirs to mint, and nobody mints twice.
        let (other, foreign) = device == 1 ? (6, "client") : (3, "developer") as (UInt64, String)
        #expect(
            try history.ledger.refusal(mint, as: other, by: [foreign], reads: [one.row])?.code
                == .evidenceUnknown)
        #expect(try history.ledger.refusal(mint, as: owner, by: [key], reads: [one.row]) == nil)
        #expect(
            try history.ledger.refusal(mint, as: owner, by: [key], reads: [one.row])?.code
                == .evidenceMinted)
        place(one.window, of: device, &history)
        history.deferred.remove(at: index)
        history.minted += 1
    }

    private func move(_ history: inout History) throws {
        let account = 3 + history.random.below(4)
        let ranges = ranges(&history, account)
        guard !ranges.isEmpty else { return }
        let to = [3, 4, 5, 6, 77][Int(history.random.below(5))] as UInt64
        let protos = ranges.map { ProtoRange($0) }
        let (action, after): (Action, KilowattHours.One) =
            switch history.random.below(6) {
            case 0: (SampleNetwork.redeem(protos), .init(owner: account, status: .redeemed))
            case 1: (SampleNetwork.retire(protos), .init(owner: account, status: .retired))
            default: (SampleNetwork.trade(protos, to: to), .init(owner: to, status: .active))
            }
        let isPermitted =
            history.model.permits(ranges, by: account) && (after.status != .active || to != 77)
        let refusal = try history.ledger.refusal(
            action, as: account, by: [KilowattHourModelTests.keys[account] ?? ""])
        let answer = refusal?.description ?? "accepted"
        #expect((refusal == nil) == isPermitted, "A\(account) \(ranges): \(answer)")
        guard isPermitted else {
            history.refused += 1
            return
        }
        history.permitted += 1
        history.model.move(ranges, to: after)
    }

    /// Some that the account owns, mostly, or any, with gaps between them and beyond the last one.
    private func ranges(_ history: inout History, _ account: UInt64) -> [DRECRange] {
        var runs = history.model.runs(of: account)
        if runs.isEmpty || history.random.below(4) == 0 {
            runs = history.model.ones.keys.sorted().compactMap { series in
                let count = UInt64(history.model.ones[series]?.count ?? 0)
                return DRECRange(
                    series: series, first: DRECSerial(1),
                    last: DRECSerial(count + 1 + history.random.below(2)))
            }
        }
        guard !runs.isEmpty else { return [] }
        let first = Int(history.random.below(UInt64(runs.count)))
        var ranges: [DRECRange] = []
        for run in runs[first...].prefix(1 + Int(history.random.below(4))) {
            var next = run.first.rawValue
            while next <= run.last.rawValue, ranges.count < 6 {
                let start = next + history.random.below(run.last.rawValue - next + 1)
                let end = start + history.random.below(run.last.rawValue - start + 1)
                if let range = DRECRange(
                    series: run.series, first: DRECSerial(start), last: DRECSerial(end))
                {
                    ranges.append(range)
                }
                // The next one may touch this one.
                next = end + 1 + history.random.below(3)
            }
        }
        return ranges
    }

    private func compare(_ history: History, _ place: String) throws {
        var ones: [SeriesID: [KilowattHours.One]] = [:]
        let leaves = history.ledger.leaves
        for key in leaves.keys.filter({ $0.kind == .lot }).sorted() {
            let lot = try #require(try history.ledger.state.message(ProtoLotValue.self, for: key))
            #expect(key.word2 == UInt64(ones[key.series]?.count ?? 0) + 1, "\(place): \(key)")
            ones[key.series, default: []] += Array(
                repeating: .init(owner: lot.owner, status: lot.status),
                count: Int(lot.last - key.word2 + 1))
        }
        #expect(ones == history.model.ones.filter { !$0.value.isEmpty }, "\(place)")
        for (series, open) in history.model.open {
            let value = try #require(try history.ledger.state.series(series))
            let all = history.model.ones[series] ?? []
            #expect(value.issuedWattHours == UInt64(all.count) * 1_000 + open, "\(place)")
            #expect(value.active == UInt64(all.count { $0.status == .active }), "\(place)")
            #expect(value.redeemed == UInt64(all.count { $0.status == .redeemed }), "\(place)")
            #expect(value.retired == UInt64(all.count { $0.status == .retired }), "\(place)")
        }
    }
}
