import Foundation
import Merkle
import Primitives
import Wire

/// Adds placements up to the D-RECs: without a gap and without an overlap, each from a read that
/// was signed for, and none counted twice.
struct EnergySum {
    private(set) var statement: ProofStatement
    private let entries: [UInt64: ProvenEntry]
    private var used: Set<UInt64>
    private var mints: [UInt64: MintedEnergy] = [:]
    private var placed: [PlacedRead] = []

    init(_ replay: LineageReplay) {
        statement = replay.statement
        entries = replay.entries
        used = replay.used
    }

    var summary: String {
        "\(statement.kilowattHours) kWh of \(statement.sources.count) reads"
    }

    /// - Throws: ``ProofFailure`` of the step ``ProofStep/energy``.
    mutating func add(_ reads: [ProofFile.Read]) throws(ProofFailure) {
        for read in reads { try prove(read) }
        for (read, next) in zip(placed, placed.dropFirst())
        where (read.series, read.offset) >= (next.series, next.offset) {
            throw ProofFailure(.energy, "the placements do not ascend")
        }
        var wanted: Set<Int> = []
        for range in statement.ranges { try fill(range, &wanted) }
        guard wanted.count == placed.count else {
            throw ProofFailure(.energy, "a placement that no D-REC is of")
        }
        try requireOneClaim()
        try requireOneMeasure()
        try requireOrder()
        guard used.count == entries.count else {
            throw ProofFailure(.energy, "an entry that nothing was explained by")
        }
    }

    /// The placements over a range, end to end.
    private mutating func fill(
        _ range: DRECRange, _ wanted: inout Set<Int>
    ) throws(ProofFailure) {
        var next = range.energy.lowerBound
        for (number, read) in placed.enumerated() where read.series == range.series {
            let share = read.energy.clamped(to: range.energy)
            guard !share.isEmpty else { continue }
            guard share.lowerBound == next else {
                throw ProofFailure(.energy, "no read for the energy from \(next) Wh on")
            }
            next = share.upperBound
            wanted.insert(number)
            statement.sources.append(
                ProofStatement.Source(
                    device: DeviceID(read.device), start: Timestamp(read.start),
                    end: Timestamp(read.end),
                    share: WattHours(share.upperBound - share.lowerBound),
                    entry: LogIndex(read.entry)))
        }
        guard next == range.energy.upperBound else {
            throw ProofFailure(.energy, "no read for the energy from \(next) Wh on")
        }
    }

    /// A placement is one of its entry's, and its read one that the entry was signed for.
    private mutating func prove(_ read: ProofFile.Read) throws(ProofFailure) {
        func failure(_ reason: String) -> ProofFailure {
            ProofFailure(.energy, "a placement of entry #\(read.entry): \(reason)")
        }
        guard let entry = entries[read.entry] else { throw failure("the entry is missing") }
        let mint: MintedEnergy
        if let known = mints[read.entry] {
            mint = known
        } else {
            mint = try MintedEnergy(entry)
            mints[read.entry] = mint
        }
        used.insert(read.entry)
        guard let placement = PlacedRead(read) else { throw failure("not of its 48 bytes") }
        guard let root = Digest(bytes: mint.event.placementsRoot),
            LogProof.verifyInclusion(
                of: LogHash.leaf(Array(read.placement)), at: UInt64(read.position),
                size: UInt64(mint.event.placementsCount), proof: read.placementInclusion,
                root: root)
        else { throw failure("it is not under the receipt's root") }
        guard let root = Digest(bytes: entry.body.readsRoot),
            LogProof.verifyInclusion(
                of: LogHash.leaf(Array(read.record)), at: placement.readIndex,
                size: UInt64(entry.body.readsCount), proof: read.recordInclusion, root: root)
        else { throw failure("its read is not under the body's root") }
        guard let issue = mint.issue(of: placement.series),
            placement.energy.clamped(to: issue.energy) == placement.energy
        else { throw failure("it lies outside of what the entry issued") }
        guard placement.agreesWithRecord else {
            throw failure("it is not what its read measured")
        }
        placed.append(placement)
    }

    /// No two placements are of one moment of one device.
    private func requireOneClaim() throws(ProofFailure) {
        let claims = placed.sorted { ($0.device, $0.start) < ($1.device, $1.start) }
        for (claim, next) in zip(claims, claims.dropFirst())
        where claim.device == next.device && claim.end > next.start {
            throw ProofFailure(.energy, "device D\(claim.device) is counted twice")
        }
    }

    /// A read is placed in parts where its window crosses New Year: together they are no more than
    /// it measured.
    private func requireOneMeasure() throws(ProofFailure) {
        var sums: [[UInt64]: UInt64] = [:]
        for read in placed {
            let (sum, overflow) = (sums[[read.entry, read.readIndex]] ?? 0)
                .addingReportingOverflow(read.length)
            guard !overflow, sum <= read.watthours else {
                throw ProofFailure(
                    .energy, "a read of entry #\(read.entry) is placed with more than it measured")
            }
            sums[[read.entry, read.readIndex]] = sum
        }
    }

    /// What is issued later lies behind on its axis: nothing is inserted, moved or removed.
    private func requireOrder() throws(ProofFailure) {
        var ends: [SeriesID: UInt64] = [:]
        for (index, entry) in entries.sorted(by: { $0.key < $1.key }) where entry.placed != nil {
            for issue in try MintedEnergy(entry).issues {
                guard ends[issue.series] ?? 0 <= issue.energy.lowerBound else {
                    throw ProofFailure(
                        .energy, "entry #\(index) issued over an earlier entry's energy")
                }
                ends[issue.series] = issue.energy.upperBound
            }
        }
    }
}
