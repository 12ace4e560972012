import Foundation
import GRDB
package import Ledger
package import Primitives
import Wire

extension ChainAccess {
    /// Where D-RECs came from: an intersection of intervals, then a walk back from the lots that
    /// hold them now to their mints.
    ///
    /// - Returns: nil where a part of the range was never minted. What a limit cuts off is marked.
    /// - Throws: ``Ledger/RangeTooWideError`` when it lies in too many lots.
    package func provenance(
        of range: DRECRange, limits: ProvenanceLimits = ProvenanceLimits()
    ) throws -> ProvenanceRecord? {
        guard let lots = try lots(holding: range, limit: limits.lots) else { return nil }
        var walk = Walk(range: range, limit: limits.steps)
        for lot in lots { walk.enter(lot.entry, lot.range) }
        var truncation: ProvenanceRecord.Truncation = []
        while let (entry, parts) = walk.next() {
            guard let transaction = try transaction(at: entry) else {
                guard try isBeforeBase(entry) else {
                    throw StoreError.damaged("lot without an entry")
                }
                truncation.insert(.history)
                continue
            }
            for part in parts { step(back: transaction, part, &walk) }
        }
        let sources = try sources(of: range, limit: limits.sources)
        if walk.isCut { truncation.insert(.steps) }
        if sources.count > limits.sources {
            truncation.insert(.sources)
        } else if sources.reduce(0, { $0 + $1.share.rawValue }) < UInt64(range.energy.count) {
            // Placements and reads begin with the chain's first block here.
            guard try base() != nil else { throw StoreError.damaged("energy without a placement") }
            truncation.insert(.history)
        }
        let redeemed = Set(lots.filter { $0.status == .redeemed }.map(\.entry))
        return ProvenanceRecord(
            range: range, sources: Array(sources.prefix(limits.sources)),
            steps: walk.steps.sorted { ($0.entry, $0.range) < ($1.entry, $1.range) }, lots: lots,
            redemptions: try redeemed.sorted().compactMap { try redemption($0) },
            truncation: truncation)
    }

    /// The lots that hold a range, or nil where a part of it was never minted.
    ///
    /// - Throws: ``Ledger/RangeTooWideError`` when there are more than `limit`.
    package func lots(
        holding range: DRECRange, limit: Int = ProvenanceLimits().lots
    ) throws -> [LotRecord]? {
        // Lots tile all that was minted, so the last serial tells for the whole range.
        guard try lot(holding: range.last, of: range.series) != nil else { return nil }
        var lots: [LotRecord] = []
        var serial = range.first
        while serial <= range.last {
            guard lots.count < limit else { throw RangeTooWideError(range: range, lots: limit) }
            guard let (first, value) = try lot(holding: serial, of: range.series),
                let record = lotRecord(.lot(range.series, first: first), value)
            else { return nil }
            lots.append(record)
            serial = DRECSerial(value.last + 1)
        }
        return lots
    }

    /// Entries still to visit, newest first, each with the parts of the range that led there.
    private struct Walk {
        let range: DRECRange
        /// The most steps, and the most entries that are visited for them.
        let limit: Int
        private(set) var steps: [ProvenanceStep] = []
        private(set) var isCut = false
        private var visited = 0
        private var pending: [LogIndex: [DRECRange]] = [:]

        init(range: DRECRange, limit: Int) {
            self.range = range
            self.limit = limit
        }

        mutating func note(_ step: ProvenanceStep) {
            if steps.count < limit { steps.append(step) } else { isCut = true }
        }

        mutating func enter(_ entry: LogIndex, _ lot: DRECRange) {
            guard let part = lot.intersection(range) else { return }
            pending[entry, default: []].append(part)
        }

        /// The newest entry, with its parts joined where they touch.
        mutating func next() -> (LogIndex, [DRECRange])? {
            guard let entry = pending.keys.max() else { return nil }
            guard visited < limit, !isCut else {
                isCut = true
                return nil
            }
            visited += 1
            let parts = pending.removeValue(forKey: entry) ?? []
            var joined: [DRECRange] = []
            for part in Set(parts).sorted() {
                if let last = joined.last, part.first.rawValue <= last.last.rawValue + 1,
                    let both = DRECRange(
                        series: last.series, first: last.first, last: max(last.last, part.last))
                {
                    joined[joined.count - 1] = both
                } else {
                    joined.append(part)
                }
            }
            return (entry, joined)
        }
    }

    /// Notes what an entry did to a part, and goes on to the entries whose lots it consumed.
    private func step(
        back transaction: TransactionRecord, _ part: DRECRange, _ walk: inout Walk
    ) {
        for event in transaction.receipt.events {
            switch event.event {
            case .energyPlaced(let placed):
                for issue in placed.issues
                where issue.project == part.series.project.rawValue
                    && issue.vintage == part.series.vintage && issue.first > 0
                {
                    guard
                        let minted = DRECRange(
                            series: part.series, first: DRECSerial(issue.first),
                            last: DRECSerial(issue.last))?.intersection(part)
                    else { continue }
                    walk.note(
                        provenanceStep(
                            .mint, transaction, from: nil, to: AccountID(issue.owner), minted))
                }
            case .lotsMoved(let moved): step(back: transaction, moved, part, &walk)
            default: break
            }
        }
    }

    /// Both sides are swept together: an entry may have moved a thousand lots.
    private func step(
        back transaction: TransactionRecord, _ moved: ProtoLotsMoved, _ part: DRECRange,
        _ walk: inout Walk
    ) {
        let consumed = cuts(of: moved.consumed, by: part)
        let created = cuts(of: moved.created, by: part)
        var start = 0
        for (cut, lot) in consumed {
            walk.enter(LogIndex(lot.entry), cut)
            while start < created.count, created[start].cut.last < cut.first { start += 1 }
            var index = start
            while index < created.count, created[index].cut.first <= cut.last {
                let (whole, made) = created[index]
                index += 1
                guard let share = whole.intersection(cut),
                    // What was only cut off keeps owner and status, and is no step.
                    made.owner != lot.owner || made.status != lot.status
                else { continue }
                walk.note(
                    provenanceStep(
                        ProvenanceStep.Kind(moved.action), transaction,
                        from: AccountID(lot.owner), to: AccountID(made.owner), share))
            }
        }
    }

    /// The lots that a part meets, cut to it, ascending.
    private func cuts(
        of lots: [ProtoLotRecord], by part: DRECRange
    ) -> [(cut: DRECRange, lot: ProtoLotRecord)] {
        lots.compactMap { lot in
            DRECRange(lot.range)?.intersection(part).map { ($0, lot) }
        }.sorted { $0.cut < $1.cut }
    }

    private func provenanceStep(
        _ kind: ProvenanceStep.Kind, _ transaction: TransactionRecord, from: AccountID?,
        to: AccountID, _ range: DRECRange
    ) -> ProvenanceStep {
        ProvenanceStep(
            kind: kind, entry: transaction.index, transaction: transaction.id,
            height: transaction.height, time: Timestamp(transaction.receipt.time),
            account: AccountID(transaction.body.account), from: from, to: to, range: range,
            channel: transaction.body.channel)
    }

    /// The reads behind a range, with their shares, in the order of the axis; more than the limit
    /// where there are more.
    private func sources(of range: DRECRange, limit: Int) throws -> [EnergySource] {
        let energy = range.energy
        // The last placement that begins at or before the range may reach into it.
        let first =
            try Int64.fetchOne(
                db,
                sql: """
                    SELECT offset FROM placement WHERE project = ? AND vintage = ? AND offset <= ?
                    ORDER BY offset DESC LIMIT 1
                    """,
                arguments: [
                    range.series.project.sql, Int64(range.series.vintage),
                    Int64(bitPattern: energy.lowerBound),
                ]) ?? 0
        return try Row.fetchAll(
            db,
            sql: """
                SELECT offset, length, device, start, entry FROM placement
                WHERE project = ? AND vintage = ? AND offset >= ? AND offset < ?
                ORDER BY offset LIMIT ?
                """,
            arguments: [
                range.series.project.sql, Int64(range.series.vintage), first,
                Int64(bitPattern: energy.upperBound),
                // One may end before the range, one more tells that there are more.
                limit + 2,
            ]
        ).compactMap { row in try source(row, within: energy) }
    }

    private func source(_ row: Row, within energy: Range<UInt64>) throws -> EnergySource? {
        let offset = unsigned(row[0])
        let share = (offset..<offset + unsigned(row[1])).clamped(to: energy)
        guard !share.isEmpty else { return nil }
        // A part of a window that crosses New Year begins later than its read.
        let read = try Row.fetchOne(
            db,
            sql: """
                SELECT device, start, end, wh, kind, entry, row FROM read
                WHERE device = ? AND start <= ? ORDER BY start DESC LIMIT 1
                """, arguments: [row[2] as Int64, row[3] as Int64])
        guard let record = read.map({ readRecord($0) }),
            record.window.end.rawValue > unsigned(row[3])
        else {
            // A read from before the snapshot that was minted after it.
            guard try base() != nil else { throw StoreError.damaged("placement without a read") }
            return nil
        }
        return EnergySource(
            device: record.window.device, read: record.window, entry: record.entry,
            row: record.row, placedBy: LogIndex(unsigned(row[4])),
            share: WattHours(share.upperBound - share.lowerBound))
    }
}

extension DRECRange {
    /// The serials that both ranges have, or nil.
    func intersection(_ other: DRECRange) -> DRECRange? {
        guard series == other.series else { return nil }
        return DRECRange(
            series: series, first: max(first, other.first), last: min(last, other.last))
    }
}

extension ProvenanceStep.Kind {
    init(_ action: ProtoLotsAction) {
        switch action {
        case .redeem: self = .redeem
        case .retire: self = .retire
        default: self = .trade
        }
    }
}
