import Primitives
import Wire

/// What an entry did to lots, found consistent in itself: what was created covers exactly what was
/// consumed, all of it was its owner's and unspent, and only what was named got another owner or
/// status.
struct LotMovement {
    struct Lot {
        let range: DRECRange
        let owner: UInt64
        let status: ProtoLotStatus
        let entry: UInt64
    }

    let consumed: [Lot]
    let created: [Lot]
    /// `trade`, `redeem` or `retire`.
    let action: String

    /// - Throws: ``ProofFailure`` of the step ``ProofStep/lineage``.
    init(_ entry: ProvenEntry) throws(ProofFailure) {
        func failure(_ reason: String) -> ProofFailure {
            ProofFailure(.lineage, "entry #\(entry.index): \(reason)")
        }
        guard let event = entry.moved else { throw failure("it moved no lots") }
        let owner = entry.body.account
        let (named, to, status): ([ProtoRange], UInt64, ProtoLotStatus)
        switch (entry.body.action, event.action) {
        case (.trade(let trade), .trade):
            (named, to, status) = (trade.ranges, trade.to, .active)
            action = "trade"
        case (.redeem(let redeem), .redeem):
            (named, to, status) = (redeem.ranges, owner, .redeemed)
            action = "redeem"
        case (.retire(let retire), .retire):
            (named, to, status) = (retire.ranges, owner, .retired)
            action = "retire"
        default: throw failure("its receipt tells of another action than was signed")
        }
        guard let ranges = LotMovement.ascending(named.map { DRECRange(proven: $0) }),
            let consumed = LotMovement.lots(event.consumed),
            let created = LotMovement.lots(event.created)
        else { throw failure("its lots or ranges overlap or do not ascend") }
        let before = LotMovement.joined(consumed.map(\.range))
        guard before == LotMovement.joined(created.map(\.range)) else {
            throw failure("what it created is not what it consumed")
        }
        guard ranges.allSatisfy({ range in before.contains { $0.covers(range) } }) else {
            throw failure("it moved what was not consumed")
        }
        guard consumed.allSatisfy({ $0.owner == owner && $0.status == .active }) else {
            throw failure("A\(owner) had not all of it, or it was spent")
        }
        guard consumed.allSatisfy({ $0.entry < entry.index }) else {
            throw failure("it consumed what was not there yet")
        }
        for lot in created {
            let moved = ranges.reduce(UInt64(0)) { sum, range in
                sum + (range.common(with: lot.range)?.count ?? 0)
            }
            if moved > 0 {
                guard lot.owner == to, lot.status == status, lot.entry == entry.index else {
                    throw failure("what was moved has another owner or status than was signed")
                }
            }
            if moved < lot.range.count {
                guard lot.owner == owner, lot.status == .active, lot.entry <= entry.index else {
                    throw failure("what was not moved has another owner or status")
                }
            }
        }
        self.consumed = consumed
        self.created = created
    }

    private static func lots(_ records: [ProtoLotRecord]) -> [Lot]? {
        guard ascending(records.map { DRECRange(proven: $0.range) }) != nil else { return nil }
        return records.compactMap { record in
            DRECRange(proven: record.range).map {
                Lot(range: $0, owner: record.owner, status: record.status, entry: record.entry)
            }
        }
    }

    /// Nil unless all are ranges, ascending and apart from one another; one at least.
    private static func ascending(_ ranges: [DRECRange?]) -> [DRECRange]? {
        var result: [DRECRange] = []
        for range in ranges {
            guard let range else { return nil }
            if let last = result.last {
                guard last.series <= range.series,
                    last.series < range.series || last.last < range.first
                else { return nil }
            }
            result.append(range)
        }
        return result.isEmpty ? nil : result
    }

    /// Ascending ranges with those that touch made one.
    private static func joined(_ ranges: [DRECRange]) -> [DRECRange] {
        var result: [DRECRange] = []
        for range in ranges {
            if let last = result.last, last.series == range.series,
                last.last.rawValue + 1 == range.first.rawValue,
                let both = DRECRange(series: last.series, first: last.first, last: range.last)
            {
                result[result.count - 1] = both
            } else {
                result.append(range)
            }
        }
        return result
    }
}

extension DRECRange {
    /// Nil where the message names no range.
    init?(proven message: ProtoRange) {
        guard message.project >= ProjectID.first.rawValue else { return nil }
        self.init(
            series: SeriesID(project: ProjectID(message.project), vintage: message.vintage),
            first: DRECSerial(message.first), last: DRECSerial(message.last))
    }

    /// The serials of both.
    func common(with other: DRECRange) -> DRECRange? {
        guard series == other.series else { return nil }
        return DRECRange(
            series: series, first: max(first, other.first), last: min(last, other.last))
    }

    func covers(_ other: DRECRange) -> Bool {
        series == other.series && first <= other.first && other.last <= last
    }
}
