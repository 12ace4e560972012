import Foundation
package import Primitives
package import Wire

extension BlockExecution {
    mutating func trade(_ action: ProtoTrade, of id: AccountID) throws {
        try authorise(.trading, for: id)
        let recipient = AccountID(action.to)
        guard try state.account(recipient)?.status == .active else {
            throw Refusal(.recipientInvalid, "to", "\(recipient)")
        }
        let ranges = try checkRanges(action.ranges)
        try move(ranges, of: id, to: recipient, status: .active, action: .trade)
    }

    mutating func redeem(_ action: ProtoRedeem, of id: AccountID) throws {
        try authorise(.trading, for: id)
        try checkText(action.beneficiary, limit: LedgerLimits.nameBytes, "beneficiary")
        try checkText(action.purpose, limit: LedgerLimits.purposeBytes, "purpose")
        _ = try country(action.location, "location")
        guard action.periodStart < action.periodEnd,
            action.periodStart <= context.time.rawValue,
            action.periodEnd <= Timestamp.maximum.rawValue
        else { throw Refusal(.periodInvalid, "period_end") }
        let ranges = try checkRanges(action.ranges)
        try move(ranges, of: id, to: id, status: .redeemed, action: .redeem)
        var value = ProtoRedemptionValue()
        value.account = id.rawValue
        value.ranges = action.ranges
        value.beneficiary = action.beneficiary
        value.location = action.location
        value.purpose = action.purpose
        value.periodStart = action.periodStart
        value.periodEnd = action.periodEnd
        value.time = context.time.rawValue
        set(value, for: .redemption(nextIndex))
    }

    mutating func retire(_ action: ProtoRetire, of id: AccountID) throws {
        try authorise(.trading, for: id)
        switch action.reason {
        case .unspecified, .UNRECOGNIZED: throw Refusal(.reasonInvalid, "reason")
        default: break
        }
        let ranges = try checkRanges(action.ranges)
        try move(ranges, of: id, to: id, status: .retired, action: .retire)
        var value = ProtoRetirementValue()
        value.account = id.rawValue
        value.ranges = action.ranges
        value.reason = action.reason
        value.time = context.time.rawValue
        set(value, for: .retirement(nextIndex))
    }

    /// Ranges in ascending order without overlap, so that no D-REC is named twice.
    private func checkRanges(_ ranges: [ProtoRange]) throws -> [DRECRange] {
        guard (1...LedgerLimits.rangesPerAction).contains(ranges.count) else {
            throw Refusal(.countInvalid, "ranges", limit: UInt64(LedgerLimits.rangesPerAction))
        }
        var checked: [DRECRange] = []
        for (index, proto) in ranges.enumerated() {
            guard let range = DRECRange(proto) else {
                throw Refusal(.rangeInvalid, "ranges[\(index)]")
            }
            if let before = checked.last {
                guard
                    before.series < range.series
                        || before.series == range.series && before.last < range.first
                else { throw Refusal(.rangesNotAscending, "ranges[\(index)]") }
            }
            checked.append(range)
        }
        return checked
    }

    /// A run of serials on its way into new lots.
    private struct Piece {
        let series: SeriesID
        let first: UInt64
        var last: UInt64
        let owner: UInt64
        let status: ProtoLotStatus
        /// The entry by which the owner got it, or by which it was spent.
        var entry: UInt64

        /// A part of the piece that nothing but a cut happened to.
        func part(_ first: UInt64, _ last: UInt64) -> Piece {
            Piece(
                series: series, first: first, last: last, owner: owner, status: status,
                entry: entry)
        }
    }

    /// Consumes the lots that hold the ranges and creates lots that cover exactly the same (L6).
    private mutating func move(
        _ ranges: [DRECRange], of owner: AccountID, to recipient: AccountID,
        status: ProtoLotStatus, action: ProtoLotsAction
    ) throws {
        var event = ProtoLotsMoved()
        event.action = action
        var pieces: [Piece] = []
        for (index, range) in ranges.enumerated() {
            do {
                try consume(
                    range, of: owner, to: recipient, status: status, into: &pieces,
                    event: &event)
            } catch let refusal as Refusal {
                throw refusal.within("ranges[\(index)]")
            }
        }
        for piece in merged(pieces) {
            var lot = ProtoLotValue()
            lot.last = piece.last
            lot.owner = piece.owner
            lot.status = piece.status
            lot.entry = piece.entry
            set(lot, for: .lot(piece.series, first: DRECSerial(piece.first)))
            event.created.append(record(of: lot, piece.series, first: piece.first))
        }
        record(.lotsMoved(event))
        try moveTotals(ranges, to: status)
    }

    /// Removes the lots that a range touches; what of them lies outside of it comes back as pieces.
    private mutating func consume(
        _ range: DRECRange, of owner: AccountID, to recipient: AccountID,
        status: ProtoLotStatus, into pieces: inout [Piece], event: inout ProtoLotsMoved
    ) throws {
        guard let series = try state.series(range.series) else {
            throw Refusal(.seriesUnknown, "", "\(range.series)")
        }
        let minted = series.issuedWattHours / WattHours.perDREC
        guard range.last.rawValue <= minted else {
            throw Refusal(.beyondMinted, "last", "The last one is \(minted).", limit: minted)
        }
        var serial = range.first.rawValue
        // An earlier range of this action may have cut the lot that this one needs next.
        while serial <= range.last.rawValue {
            if let index = pieces.lastIndex(where: {
                $0.series == range.series && $0.first <= serial && serial <= $0.last
            }) {
                let piece = pieces.remove(at: index)
                try checkSpendable(piece.owner, piece.status, owner, from: serial)
                serial = cut(
                    piece, by: range, from: serial, to: recipient, status: status, &pieces)
                continue
            }
            guard
                let (first, lot) = try state.lot(
                    holding: DRECSerial(serial), of: range.series)
            else { throw Refusal(.beyondMinted, "first") }
            try checkSpendable(lot.owner, lot.status, owner, from: serial)
            guard event.consumed.count < LedgerLimits.lotsConsumedPerTransaction else {
                throw Refusal(
                    .tooManyLots, "", limit: UInt64(LedgerLimits.lotsConsumedPerTransaction))
            }
            event.consumed.append(record(of: lot, range.series, first: first.rawValue))
            state.set(nil, for: .lot(range.series, first: first))
            let piece = Piece(
                series: range.series, first: first.rawValue, last: lot.last, owner: lot.owner,
                status: lot.status, entry: lot.entry)
            serial = cut(piece, by: range, from: serial, to: recipient, status: status, &pieces)
        }
    }

    private func checkSpendable(
        _ lotOwner: UInt64, _ status: ProtoLotStatus, _ owner: AccountID, from serial: UInt64
    ) throws {
        guard status == .active else {
            throw Refusal(.spent, "", "From serial \(serial) on: \(status.name).")
        }
        guard lotOwner == owner.rawValue else {
            throw Refusal(
                .notOwner, "", "From serial \(serial) on it belongs to \(AccountID(lotOwner)).")
        }
    }

    /// Cuts a piece into what lies before the range, in it and behind it; gives the next serial.
    ///
    /// What is only cut off keeps its entry: the walk back from it stays as short as its history,
    /// however often a lot is cut.
    private func cut(
        _ piece: Piece, by range: DRECRange, from serial: UInt64, to recipient: AccountID,
        status: ProtoLotStatus, _ pieces: inout [Piece]
    ) -> UInt64 {
        if piece.first < serial {
            pieces.append(piece.part(piece.first, serial - 1))
        }
        let end = min(piece.last, range.last.rawValue)
        pieces.append(
            Piece(
                series: piece.series, first: serial, last: end, owner: recipient.rawValue,
                status: status, entry: nextIndex.rawValue))
        if end < piece.last { pieces.append(piece.part(end + 1, piece.last)) }
        return end + 1
    }

    /// Contiguous pieces of one owner and status come out as one lot.
    private func merged(_ pieces: [Piece]) -> [Piece] {
        var result: [Piece] = []
        for piece in pieces.sorted(by: { ($0.series, $0.first) < ($1.series, $1.first) }) {
            if let last = result.last, last.series == piece.series,
                last.last + 1 == piece.first, last.owner == piece.owner,
                last.status == piece.status
            {
                result[result.count - 1].last = piece.last
                if last.entry != piece.entry {
                    result[result.count - 1].entry = nextIndex.rawValue
                }
            } else {
                result.append(piece)
            }
        }
        return result
    }

    private mutating func moveTotals(
        _ ranges: [DRECRange], to status: ProtoLotStatus
    ) throws {
        guard status != .active else { return }
        for range in ranges {
            guard var series = try state.series(range.series) else { continue }
            series.active -= range.count
            switch status {
            case .redeemed: series.redeemed += range.count
            default: series.retired += range.count
            }
            set(series, for: .series(range.series))
        }
    }

    private func record(
        of lot: ProtoLotValue, _ series: SeriesID, first: UInt64
    ) -> ProtoLotRecord {
        var record = ProtoLotRecord()
        record.range.project = series.project.rawValue
        record.range.vintage = series.vintage
        record.range.first = first
        record.range.last = lot.last
        record.owner = lot.owner
        record.status = lot.status
        record.entry = lot.entry
        return record
    }
}

extension DRECRange {
    /// Nil where the message names no range.
    package init?(_ proto: ProtoRange) {
        guard proto.project >= ProjectID.first.rawValue else { return nil }
        self.init(
            series: SeriesID(project: ProjectID(proto.project), vintage: proto.vintage),
            first: DRECSerial(proto.first), last: DRECSerial(proto.last))
    }
}

extension ProtoRange {
    package init(_ range: DRECRange) {
        self.init()
        project = range.series.project.rawValue
        vintage = range.series.vintage
        first = range.first.rawValue
        last = range.last.rawValue
    }
}

extension ProtoLotStatus {
    /// The status in words.
    package var name: String {
        switch self {
        case .active: "active"
        case .listed: "listed"
        case .registryLocked: "locked by a registry"
        case .redeemed: "redeemed"
        case .retired: "retired"
        default: "unknown"
        }
    }
}
