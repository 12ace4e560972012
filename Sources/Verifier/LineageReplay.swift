import Primitives
import Wire

/// Walks from the lots of today back to their mints: each part of the subject is explained by
/// exactly one entry, which names the lots that it was made of, and so on.
struct LineageReplay {
    /// Some D-RECs as an entry left them.
    private struct Part {
        let range: DRECRange
        let owner: UInt64
        let status: ProtoLotStatus
    }

    let entries: [UInt64: ProvenEntry]
    var statement: ProofStatement
    /// The entries that something was explained by.
    private(set) var used: Set<UInt64> = []
    var leaves: ProvenLeaves
    private var movements: [UInt64: LotMovement] = [:]
    private var pending: [UInt64: [Part]] = [:]

    init(_ subject: ProofSubject, _ parts: ProvenParts) {
        entries = Dictionary(uniqueKeysWithValues: parts.entries.map { ($0.index, $0) })
        leaves = parts.leaves
        used = parts.leaves.grants
        statement = ProofStatement(subject: subject)
    }

    /// Notes that an entry is of use.
    mutating func use(_ index: UInt64) { used.insert(index) }

    var summary: String {
        switch statement.subject {
        case .account, .device: return "as its entry made it"
        case .drecs, .redemption: break
        }
        let count = statement.steps.count
        return "\(count) steps, \(statement.holdings.count) lots"
    }

    /// - Throws: ``ProofFailure`` of the step ``ProofStep/lineage``.
    mutating func run() throws(ProofFailure) {
        switch statement.subject {
        case .drecs(let range): statement.ranges = [range]
        case .redemption(let entry): statement.ranges = try redeemed(by: entry.rawValue)
        case .device(let id, let effective): try prove(id, effective: effective)
        case .account(let id): try prove(id)
        }
        for range in statement.ranges { try begin(range) }
        while let index = pending.keys.max() {
            let parts = pending.removeValue(forKey: index) ?? []
            guard let entry = entries[index] else {
                throw ProofFailure(.lineage, "entry #\(index) is missing")
            }
            used.insert(index)
            for part in parts { try explain(part, by: entry) }
        }
        for (_, lot) in leaves.lots where lot.status == .redeemed {
            try note(redemption: lot.entry)
        }
        statement.redemptions.sort { $0.entry < $1.entry }
        joinSteps()
        try leaves.requireAllUsed()
    }

    /// Puts the steps in order, and makes one of those that an entry did to neighbours.
    private mutating func joinSteps() {
        var joined: [ProofStatement.Step] = []
        for step in statement.steps.sorted(by: { ($0.entry, $0.range) < ($1.entry, $1.range) }) {
            if let last = joined.last, last.isSame(as: step),
                last.range.last.rawValue + 1 == step.range.first.rawValue,
                let range = DRECRange(
                    series: last.range.series, first: last.range.first, last: step.range.last)
            {
                joined[joined.count - 1].range = range
            } else {
                joined.append(step)
            }
        }
        statement.steps = joined
    }

    /// The D-RECs that an entry redeemed.
    private func redeemed(by index: UInt64) throws(ProofFailure) -> [DRECRange] {
        guard let entry = entries[index], case .redeem(let action) = entry.body.action else {
            throw ProofFailure(.lineage, "entry #\(index) is no redemption")
        }
        let ranges = action.ranges.compactMap { DRECRange(proven: $0) }
        guard ranges.count == action.ranges.count, !ranges.isEmpty else {
            throw ProofFailure(.lineage, "entry #\(index) redeemed nothing")
        }
        return ranges
    }

    private mutating func note(redemption index: UInt64) throws(ProofFailure) {
        let entry = LogIndex(index)
        guard !statement.redemptions.contains(where: { $0.entry == entry }) else { return }
        guard let body = entries[index]?.body, case .redeem(let action) = body.action else {
            throw ProofFailure(.lineage, "entry #\(index) is no redemption")
        }
        statement.redemptions.append(
            ProofStatement.Redemption(
                entry: entry, account: AccountID(body.account),
                beneficiary: action.beneficiary, location: action.location,
                purpose: action.purpose, start: Timestamp(action.periodStart),
                end: Timestamp(action.periodEnd)))
    }

    /// The lots of today tile the range; each part goes to the entry that its lot names.
    private mutating func begin(_ range: DRECRange) throws(ProofFailure) {
        var next = range.first.rawValue
        for (lot, value) in leaves.lots {
            guard let part = lot.common(with: range) else { continue }
            guard part.first.rawValue == next else {
                throw ProofFailure(.lineage, "no lot holds D-REC \(range.series)-\(next)")
            }
            next = part.last.rawValue + 1
            leaves.use(lot: lot)
            if case .redemption(let subject) = statement.subject {
                guard value.status == .redeemed, value.entry == subject.rawValue else {
                    throw ProofFailure(.lineage, "\(part) is not redeemed by entry \(subject)")
                }
            }
            pending[value.entry, default: []].append(
                Part(range: part, owner: value.owner, status: value.status))
            statement.holdings.append(
                ProofStatement.Holding(
                    range: part, owner: AccountID(value.owner),
                    status: LineageReplay.name(of: value.status)))
        }
        guard next == range.last.rawValue + 1 else {
            throw ProofFailure(.lineage, "no lot holds D-REC \(range.series)-\(next)")
        }
    }

    private mutating func explain(
        _ part: Part, by entry: ProvenEntry
    ) throws(ProofFailure) {
        if entry.placed != nil {
            try explain(part, byMint: entry)
        } else {
            try explain(part, byMovement: entry)
        }
    }

    private mutating func explain(
        _ part: Part, byMint entry: ProvenEntry
    ) throws(ProofFailure) {
        let issue = try MintedEnergy(entry).issue(of: part.range.series)
        guard let issue, issue.minted?.covers(part.range) == true else {
            throw ProofFailure(.lineage, "entry #\(entry.index) did not mint \(part.range)")
        }
        guard part.owner == issue.owner, part.status == .active else {
            throw ProofFailure(
                .lineage, "entry #\(entry.index) minted \(part.range) for another owner")
        }
        note(part.range, "mint", entry, from: nil, to: issue.owner)
    }

    private mutating func explain(
        _ part: Part, byMovement entry: ProvenEntry
    ) throws(ProofFailure) {
        let movement: LotMovement
        if let known = movements[entry.index] {
            movement = known
        } else {
            movement = try LotMovement(entry)
            movements[entry.index] = movement
        }
        let lot = movement.created.first { $0.range.covers(part.range) }
        guard let lot, lot.owner == part.owner, lot.status == part.status,
            lot.entry == entry.index
        else {
            throw ProofFailure(
                .lineage, "entry #\(entry.index) left \(part.range) in other hands")
        }
        for before in movement.consumed {
            guard let common = before.range.common(with: part.range) else { continue }
            pending[before.entry, default: []].append(
                Part(range: common, owner: before.owner, status: before.status))
            if before.owner != lot.owner || before.status != lot.status {
                note(common, movement.action, entry, from: before.owner, to: lot.owner)
            }
        }
    }

    private mutating func note(
        _ range: DRECRange, _ action: String, _ entry: ProvenEntry, from: UInt64?, to: UInt64
    ) {
        statement.steps.append(
            ProofStatement.Step(
                entry: LogIndex(entry.index), time: Timestamp(entry.receipt.time),
                action: action, range: range, from: from.map { AccountID($0) },
                to: AccountID(to)))
    }

    private static func name(of status: ProtoLotStatus) -> String {
        switch status {
        case .active: "active"
        case .listed: "listed"
        case .registryLocked: "registry locked"
        case .redeemed: "redeemed"
        case .retired: "retired"
        default: "unknown"
        }
    }
}
