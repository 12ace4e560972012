import Ledger
import Primitives
import Wire

extension CanonicalJSON {
    init(_ record: ProjectRecord) {
        self = [
            "id": .id(record.id),
            "owner": .account(record.value.owner),
            "country": .string(record.value.country),
            "kind": .word(record.value.kind),
            "entry": .unsigned(record.value.entry),
            "series": .array(record.series.map { CanonicalJSON($0) }),
        ]
    }

    init(_ record: SeriesRecord) {
        let value = record.value
        self = [
            "id": .id(record.id),
            "vintage": .integer(Int64(record.id.vintage)),
            "owner": .account(value.owner),
            "issuedWattHours": .unsigned(value.issuedWattHours),
            "openWattHours": .unsigned(record.openWattHours),
            "activeKilowattHours": .unsigned(value.active),
            "listedKilowattHours": .unsigned(value.listed),
            "registryLockedKilowattHours": .unsigned(value.registryLocked),
            "redeemedKilowattHours": .unsigned(value.redeemed),
            "retiredKilowattHours": .unsigned(value.retired),
        ]
    }

    init(_ record: LotRecord) {
        self = [
            "range": .id(record.range),
            "kilowattHours": .unsigned(record.range.count),
            "owner": .id(record.owner),
            "status": .word(record.status),
            "entry": .unsigned(record.entry.rawValue),
        ]
    }

    init(_ record: RedemptionRecord) {
        let value = record.value
        self = [
            "entry": .unsigned(record.entry.rawValue),
            "transaction": record.transaction.map { .id($0) } ?? .null,
            "account": .account(value.account),
            "ranges": .array(value.ranges.map { CanonicalJSON($0) }),
            "kilowattHours": .unsigned(record.count),
            "beneficiary": .string(value.beneficiary),
            "location": .string(value.location),
            "purpose": .string(value.purpose),
            "periodStart": .time(value.periodStart),
            "periodEnd": .time(value.periodEnd),
            "time": .time(value.time),
        ]
    }

    init(_ record: RetirementRecord) {
        let value = record.value
        self = [
            "entry": .unsigned(record.entry.rawValue),
            "transaction": record.transaction.map { .id($0) } ?? .null,
            "account": .account(value.account),
            "ranges": .array(value.ranges.map { CanonicalJSON($0) }),
            "kilowattHours": .unsigned(record.count),
            "reason": .word(value.reason),
            "time": .time(value.time),
        ]
    }

    /// Who holds which part of the range now.
    init(holding range: DRECRange, in lots: [LotRecord]) {
        self = [
            "range": .id(range),
            "kilowattHours": .unsigned(range.count),
            "lots": .array(
                range.parts(of: lots).map { CanonicalJSON($0.lot).with(["part": .id($0.part)]) }),
        ]
    }

    /// - Parameter network: the network's hash, which the names of claims cover.
    init(_ record: ProvenanceRecord, network: Digest) {
        let parts = record.range.parts(of: record.lots)
        self = CanonicalJSON(holding: record.range, in: record.lots).with([
            "truncated": .array(record.truncation.names.map { .string($0) }),
            "statusKilowattHours": .object(CanonicalJSON.kilowattHoursByStatus(parts)),
            "owners": .array(
                parts.map { part, lot in
                    ["account": .id(lot.owner), "range": .id(part), "status": .word(lot.status)]
                }),
            "sources": .array(record.sources.map { CanonicalJSON($0, network: network) }),
            "steps": .array(record.steps.map { CanonicalJSON($0) }),
            "redemptions": .array(record.redemptions.map { CanonicalJSON($0) }),
        ])
    }

    private init(_ source: EnergySource, network: Digest) {
        self = CanonicalJSON(claimOf: source.read, network: network).with([
            "device": .id(source.device),
            "start": .id(source.read.start),
            "end": .id(source.read.end),
            "readWattHours": .unsigned(source.read.energy.rawValue),
            "shareWattHours": .unsigned(source.share.rawValue),
            "entry": .unsigned(source.entry.rawValue),
            "row": .integer(Int64(source.row)),
            "placedBy": .unsigned(source.placedBy.rawValue),
        ])
    }

    private init(_ step: ProvenanceStep) {
        self = [
            "kind": .string(step.kind.rawValue),
            "entry": .unsigned(step.entry.rawValue),
            "transaction": .id(step.transaction),
            "block": .unsigned(step.height.rawValue),
            "time": .id(step.time),
            "account": .id(step.account),
            "from": step.from.map { .id($0) } ?? .null,
            "to": .id(step.to),
            "range": .id(step.range),
            "channel": .word(step.channel),
        ]
    }
}

extension CanonicalJSON {
    fileprivate static func kilowattHoursByStatus(
        _ parts: [(part: DRECRange, lot: LotRecord)]
    ) -> [String: CanonicalJSON] {
        var sums: [String: UInt64] = [:]
        for (part, lot) in parts {
            sums[CanonicalJSON.word(lot.status).string ?? "unknown", default: 0] += part.count
        }
        return sums.mapValues { .unsigned($0) }
    }
}

extension DRECRange {
    /// The lots of the same series, each with its part of the range.
    fileprivate func parts(of lots: [LotRecord]) -> [(part: DRECRange, lot: LotRecord)] {
        lots.compactMap { lot in
            guard lot.range.series == series else { return nil }
            return DRECRange(
                series: series, first: max(lot.range.first, first), last: min(lot.range.last, last)
            ).map { ($0, lot) }
        }
    }
}
