import Ledger
import Primitives
import Wire

/// Which way each watt-hour of some D-RECs took, gathered by ways.
///
/// No watt-hour takes two ways and none is left out: where an answer does not tell a part of a way,
/// its station is one that says so.
struct LineageWays {
    /// The watt-hours of one way.
    struct Share {
        /// Place of the first one, from the beginning of all ranges.
        var first: UInt64
        var energy: UInt64
    }

    private(set) var shares: [[LineageStop]: Share] = [:]
    /// Wh of all ranges.
    private(set) var total: UInt64 = 0
    /// The trades behind ``LineageStop/furtherTrades``.
    private(set) var furtherTrades: Set<LineageStop> = []

    private let maximumTrades: Int

    /// - Parameter maximumTrades: at least 3; of a way with more, the first and the last are told.
    init(_ records: [ProvenanceRecord], maximumTrades: Int) {
        self.maximumTrades = maximumTrades
        for record in records { add(record) }
    }

    private mutating func add(_ record: ProvenanceRecord) {
        let axis = record.range.energy
        let length = axis.upperBound - axis.lowerBound
        let ends = sourceEnds(of: record, length)
        let places = record.steps.map { place($0.range, in: record) }
        let lots = record.lots.map { place($0.range, in: record) }
        var cuts: Set<UInt64> = [0, length]
        cuts.formUnion(ends)
        for place in places + lots { cuts.formUnion([place.lowerBound, place.upperBound]) }
        let sorted = cuts.sorted()
        let order = places.indices.sorted {
            (places[$0].lowerBound, $0) < (places[$1].lowerBound, $1)
        }
        var (source, lot, next) = (0, 0, 0)
        let kinds = record.steps.map(\.kind)
        var active: [Int] = []
        // Where the first of them ends.
        var soonest = UInt64.max
        var steps: [LineageStop] = [.untoldMint]
        var isFurther = [Bool](repeating: false, count: places.count)
        for (start, end) in zip(sorted, sorted.dropFirst()) {
            while source < ends.count, ends[source] <= start { source += 1 }
            while lot < lots.count, lots[lot].upperBound <= start { lot += 1 }
            var isChanged = soonest <= start
            if isChanged { active.removeAll { places[$0].upperBound <= start } }
            while next < order.count, places[order[next]].lowerBound <= start {
                if !places[order[next]].isEmpty {
                    insert(order[next], in: &active)
                    isChanged = true
                }
                next += 1
            }
            if isChanged {
                soonest = active.map { places[$0].upperBound }.min() ?? .max
                steps = stops(active, of: record, kinds, &isFurther)
            }
            let origin: LineageStop =
                source < ends.count ? .device(record.sources[source].device) : .untoldDevice
            note([origin] + steps + [now(lot < lots.count ? record.lots[lot] : nil)], start..<end)
        }
        for (index, step) in record.steps.enumerated() where isFurther[index] {
            furtherTrades.insert(.trade(step.entry, to: step.to))
        }
        total += length
    }

    private mutating func note(_ way: [LineageStop], _ place: Range<UInt64>) {
        let energy = place.upperBound - place.lowerBound
        shares[way, default: Share(first: total + place.lowerBound, energy: 0)].energy += energy
    }

    /// Where each source ends. Where history is missing, nobody can say where a source lies.
    private func sourceEnds(of record: ProvenanceRecord, _ length: UInt64) -> [UInt64] {
        guard !record.truncation.contains(.history) else { return [] }
        var end: UInt64 = 0
        return record.sources.map { source in
            end = min(length, end + source.share.rawValue)
            return end
        }
    }

    /// A range's part of the record's range, in Wh from its beginning.
    private func place(_ range: DRECRange, in record: ProvenanceRecord) -> Range<UInt64> {
        let axis = record.range.energy
        let part = range.energy.clamped(to: axis)
        return (part.lowerBound - axis.lowerBound)..<(part.upperBound - axis.lowerBound)
    }

    /// Keeps the steps in the order in which they happened, which is that of their positions.
    private func insert(_ step: Int, in active: inout [Int]) {
        var index = active.count
        while index > 0, active[index - 1] > step { index -= 1 }
        active.insert(step, at: index)
    }

    /// Mint and trades of the watt-hours that went through some steps.
    private func stops(
        _ active: [Int], of record: ProvenanceRecord, _ kinds: [ProvenanceStep.Kind],
        _ isFurther: inout [Bool]
    ) -> [LineageStop] {
        var mint = LineageStop.untoldMint
        var trades: [Int] = []
        for index in active {
            switch kinds[index] {
            case .mint: mint = .mint(record.steps[index].entry, to: record.steps[index].to)
            case .trade: trades.append(index)
            case .redeem, .retire: break
            }
        }
        func trade(_ index: Int) -> LineageStop {
            .trade(record.steps[index].entry, to: record.steps[index].to)
        }
        guard trades.count > maximumTrades, let first = trades.first, let last = trades.last else {
            return [mint] + trades.map(trade)
        }
        for index in trades.dropFirst().dropLast() { isFurther[index] = true }
        return [mint, trade(first), .furtherTrades, trade(last)]
    }

    private func now(_ lot: LotRecord?) -> LineageStop {
        guard let lot else { return .now(.held, AccountID(0), nil) }
        return switch lot.status {
        case .redeemed: .now(.redeemed, lot.owner, lot.entry)
        case .retired: .now(.retired, lot.owner, lot.entry)
        default: .now(.held, lot.owner, nil)
        }
    }
}
