import Foundation
import GRDB
import Ledger
import Merkle
package import Primitives
import SwiftProtobuf
package import Verifier
import Wire

/// Proof files: everything that a stranger with the genesis document needs, and nothing else.
extension ChainAccess {
    /// The most entries, and the most placements, of one file.
    private static let proofEntries = 2_000
    private static let proofPlacements = 10_000
    /// The most bytes of bodies and receipts: as base64 they fill a file.
    private static let proofBytes = ProofFile.byteLimit / 4 * 3

    /// Makes the proof of a subject as of the last block.
    ///
    /// - Parameters:
    ///   - network: the genesis document's hash.
    ///   - trees: the store's copy of the state tree; without it the tree is made for this file
    ///     alone.
    ///   - earlier: the size of a log that the head's is shown to go on from.
    ///   - checkpoint: the newest checkpoint that authorities cosigned, a signed note. It goes into
    ///     the file where it is of the head's log, or of an earlier one that nothing else is asked
    ///     for.
    /// - Returns: nil where there is no such subject.
    /// - Throws: ``Verifier/ProofUnavailableError``, ``ProofTreeLeftBehind``,
    ///   ``Ledger/RangeTooWideError``,
    ///   ``Merkle/MerkleError/outsideLog`` for an earlier log larger than the head's,
    ///   ``StoreError``.
    package func proofFile(
        of subject: ProofSubject, network: Digest, trees: ProofTree = ProofTree(),
        earlier: UInt64? = nil, checkpoint: String? = nil
    ) throws -> ProofFile? {
        guard let head = try lastBlock(), head.hasOwnVotes else {
            throw ProofUnavailableError.headNotVoted
        }
        var draft = ProofDraft()
        switch subject {
        case .drecs(let range):
            guard try collect(range, &draft) else { return nil }
        case .redemption(let entry):
            guard let redemption = try redemption(entry) else { return nil }
            for range in redemption.value.ranges.compactMap({ DRECRange($0) }) {
                guard try collect(range, &draft) else {
                    throw StoreError.damaged("a redemption of what was not minted")
                }
            }
        case .device(let id, let effective):
            let key = StateKey.device(id, effective: effective.rawValue)
            guard let value = try message(ProtoDeviceValue.self, for: key) else { return nil }
            try addLeaf(key, &draft)
            try addEntry(LogIndex(value.entry), &draft)
        case .account(let id):
            guard let value = try account(id) else { return nil }
            try addLeaf(.account(id), &draft)
            if value.registeredAt > 0 {
                try addEntry(LogIndex(value.registeredAt - 1), &draft)
            }
        }
        try collectKeys(&draft)
        var file = ProofFile(
            network: network, subject: subject,
            transitions: try transitions().filter { $0.block.height < head.height }
                .map { ProofFile.Transition($0) },
            head: ProofFile.VotedHeader(head))
        file.entries = try draft.entries.values.sorted { $0.part.index < $1.part.index }.map {
            var part = $0.part
            part.inclusion = try logProof(of: LogIndex(part.index))
            return part
        }
        file.reads = try proofReads(draft)
        file.state = try proofLeaves(draft.leaves, trees, under: head)
        if let earlier, earlier > head.header.logSize { throw MerkleError.outsideLog }
        let note = try usable(checkpoint, under: head, earlier)
        file.checkpoint = note?.text
        if let size = earlier ?? note?.size, earlier != nil || size != head.header.logSize {
            file.earlier = ProofFile.EarlierLog(
                size: size, root: try root(size: size),
                consistency: try consistencyProof(from: size, to: head.header.logSize))
        }
        return file
    }

    /// A checkpoint that has a place in a proof: of a log that the file shows, with the
    /// cosignatures of the authorities of the head's epoch.
    private func usable(
        _ checkpoint: String?, under head: FinalHeader, _ earlier: UInt64?
    ) throws -> (size: UInt64, text: String)? {
        guard let note = checkpoint.flatMap({ CheckpointNote($0) }),
            note.size == head.header.logSize
                || note.size < head.header.logSize && (earlier ?? note.size) == note.size,
            try root(size: note.size) == note.root,
            let set = try message(
                ProtoAuthoritySetValue.self, for: .authorities(Epoch(head.header.epoch))),
            let text = note.cosigned(by: set.authorities)
        else { return nil }
        return (note.size, text)
    }

    /// What a file is made of, before the paths to the roots.
    struct ProofDraft {
        var entries: [LogIndex: ProofEntry] = [:]
        /// By the entry that placed them.
        var placements: [LogIndex: [PlacementKey: UInt64]] = [:]
        var leaves: [StateKey: Data] = [:]
        var placementCount = 0
        /// Of bodies and receipts.
        var byteCount = 0
    }

    struct PlacementKey: Hashable {
        let series: SeriesID
        let offset: UInt64
    }

    struct ProofEntry {
        var part: ProofFile.Entry
        let body: ProtoTransactionBody
        let receipt: ProtoReceipt
    }

    // MARK: What belongs to it

    /// Lots, the entries back to the mints, and the placements of a range.
    ///
    /// - Returns: false where a part of the range was never minted.
    private func collect(_ range: DRECRange, _ draft: inout ProofDraft) throws -> Bool {
        guard let lots = try lots(holding: range) else { return false }
        var pending: [LogIndex: Set<DRECRange>] = [:]
        for lot in lots {
            let key = StateKey.lot(lot.range.series, first: lot.range.first)
            try addLeaf(key, &draft)
            if let part = lot.range.intersection(range) {
                pending[lot.entry, default: []].insert(part)
            }
        }
        while let index = pending.keys.max(), let parts = pending.removeValue(forKey: index) {
            let entry = try addEntry(index, &draft)
            for event in entry.receipt.events {
                guard case .lotsMoved(let moved)? = event.event else { continue }
                for lot in moved.consumed {
                    guard let range = DRECRange(lot.range) else { continue }
                    for part in parts {
                        guard let common = range.intersection(part) else { continue }
                        pending[LogIndex(lot.entry), default: []].insert(common)
                    }
                }
            }
        }
        try collectPlacements(of: range, &draft)
        return true
    }

    private func collectPlacements(
        of range: DRECRange, _ draft: inout ProofDraft
    ) throws {
        let energy = range.energy
        let series = range.series
        let before = try Row.fetchOne(
            db,
            sql: """
                SELECT offset FROM placement WHERE project = ? AND vintage = ? AND offset <= ?
                ORDER BY offset DESC LIMIT 1
                """,
            arguments: [
                series.project.sql, Int64(series.vintage), Int64(bitPattern: energy.lowerBound),
            ])
        let first = before.map { $0[0] as Int64 } ?? Int64(bitPattern: energy.lowerBound)
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT offset, length, entry FROM placement
                WHERE project = ? AND vintage = ? AND offset >= ? AND offset < ?
                ORDER BY offset LIMIT ?
                """,
            arguments: [
                series.project.sql, Int64(series.vintage), first,
                Int64(bitPattern: energy.upperBound), ChainAccess.proofPlacements + 1,
            ])
        var covered = energy.lowerBound
        for row in rows {
            let offset = unsigned(row[0])
            let end = offset + unsigned(row[1])
            guard end > energy.lowerBound else { continue }
            guard offset <= covered else { break }
            covered = end
            let entry = LogIndex(unsigned(row[2]))
            try addEntry(entry, &draft)
            let key = PlacementKey(series: series, offset: offset)
            if draft.placements[entry, default: [:]].updateValue(end - offset, forKey: key) == nil {
                draft.placementCount += 1
            }
        }
        guard draft.placementCount <= ChainAccess.proofPlacements else {
            throw ProofUnavailableError.tooLarge
        }
        guard covered >= energy.upperBound else {
            guard try base() != nil else { throw StoreError.damaged("energy without a placement") }
            throw ProofUnavailableError.historyNotHeld
        }
    }

    func addLeaf(_ key: StateKey, _ draft: inout ProofDraft) throws {
        guard draft.leaves[key] == nil else { return }
        guard let value = try value(for: key) else { throw StoreError.damaged("a leaf is gone") }
        draft.leaves[key] = value
    }

    @discardableResult
    func addEntry(
        _ index: LogIndex, _ draft: inout ProofDraft
    ) throws -> ProofEntry {
        if let known = draft.entries[index] { return known }
        guard draft.entries.count < ChainAccess.proofEntries else {
            throw ProofUnavailableError.tooLarge
        }
        let statement = try db.cachedStatement(
            sql: "SELECT bytes, receipt FROM entry WHERE idx = ?")
        statement.setUncheckedArguments([index.sql])
        guard let row = try Row.fetchOne(statement) else {
            guard try isBeforeBase(index) else { throw StoreError.damaged("entry \(index)") }
            throw ProofUnavailableError.historyNotHeld
        }
        let receiptBytes: Data = row[1]
        draft.byteCount += (row[0] as Data).count + receiptBytes.count
        guard draft.byteCount <= ChainAccess.proofBytes else {
            throw ProofUnavailableError.tooLarge
        }
        guard let envelope = try? ProtoSignedTransaction(serializedBytes: row[0] as Data),
            let body = try? ProtoTransactionBody(serializedBytes: envelope.body),
            let receipt = try? ProtoReceipt(serializedBytes: receiptBytes)
        else { throw StoreError.damaged("entry \(index)") }
        let entry = ProofEntry(
            part: ProofFile.Entry(
                index: index.rawValue, body: envelope.body,
                signatures: envelope.signatures.compactMap { Signature(bytes: $0) },
                receipt: receiptBytes, inclusion: []),
            body: body, receipt: receipt)
        draft.entries[index] = entry
        return entry
    }

    // MARK: Paths to the roots

    private func proofLeaves(
        _ leaves: [StateKey: Data], _ trees: ProofTree, under head: FinalHeader
    ) throws -> [ProofFile.Leaf] {
        guard let root = Digest(bytes: head.header.stateRoot) else {
            throw StoreError.damaged("a header without a state root")
        }
        return try trees.use(root: root, depth: try depth(), making: tree) { tree in
            try leaves.sorted { $0.key < $1.key }.map { key, value in
                let proof = try stateProof(for: key, in: tree)
                return ProofFile.Leaf(
                    key: Data(key.bytes), value: value, bitmap: Data(proof.bitmap),
                    siblings: proof.siblings)
            }
        }
    }

    private func proofReads(_ draft: ProofDraft) throws -> [ProofFile.Read] {
        var reads: [(key: PlacementKey, read: ProofFile.Read)] = []
        for (index, wanted) in draft.placements {
            guard let entry = draft.entries[index] else { continue }
            let placements = try placements(of: entry.receipt)
            let tree = LogTree(
                leafHashes: placements.map { placement in
                    var bytes: [UInt8] = []
                    placement.appendRecord(to: &bytes)
                    return LogHash.leaf(bytes)
                })
            let records = try readRecords(of: index)
            let readTree = LogTree(leafHashes: records.map { LogHash.leaf($0) })
            for (position, placement) in placements.enumerated() {
                let key = PlacementKey(series: placement.series, offset: placement.offset)
                let row = Int(placement.readIndex)
                guard wanted[key] != nil else { continue }
                guard let inclusion = tree.inclusionProof(of: position),
                    let readInclusion = readTree.inclusionProof(of: row)
                else { throw StoreError.damaged("placement of entry \(index)") }
                var bytes: [UInt8] = []
                placement.appendRecord(to: &bytes)
                reads.append(
                    (
                        key,
                        ProofFile.Read(
                            entry: index.rawValue, position: UInt32(position),
                            placement: Data(bytes), placementInclusion: inclusion,
                            record: Data(records[row]), recordInclusion: readInclusion)
                    ))
            }
        }
        return reads.sorted {
            ($0.key.series, $0.key.offset) < ($1.key.series, $1.key.offset)
        }.map(\.read)
    }

    /// The records of the reads that travelled with an entry.
    private func readRecords(of index: LogIndex) throws -> [[UInt8]] {
        guard let bytes = try transactionBytes(at: index),
            let envelope = try? ProtoSignedTransaction(serializedBytes: bytes),
            let rows = envelope.reads.rows()
        else { throw StoreError.damaged("reads of entry \(index)") }
        return rows.map { row in
            var record: [UInt8] = []
            row.appendRecord(to: &record)
            return record
        }
    }

    /// What an entry placed, in the order of its rows, made again from the read models.
    private func placements(of receipt: ProtoReceipt) throws -> [Placement] {
        var placements: [Placement] = []
        for event in receipt.events {
            guard case .energyPlaced(let placed)? = event.event else { continue }
            for issue in placed.issues {
                let series = SeriesID(
                    project: ProjectID(issue.project), vintage: issue.vintage)
                placements += try self.placements(
                    of: series, from: issue.offset, to: issue.offset + issue.length)
            }
        }
        return placements.sorted { ($0.readIndex, $0.start) < ($1.readIndex, $1.start) }
    }

    private func placements(
        of series: SeriesID, from first: UInt64, to end: UInt64
    ) throws -> [Placement] {
        let reads = try db.cachedStatement(
            sql: """
                SELECT end, row FROM read
                WHERE device = ? AND start <= ? ORDER BY start DESC LIMIT 1
                """)
        return try Row.fetchAll(
            db,
            sql: """
                SELECT offset, length, device, start FROM placement
                WHERE project = ? AND vintage = ? AND offset >= ? AND offset < ? ORDER BY offset
                """,
            arguments: [
                series.project.sql, Int64(series.vintage), Int64(bitPattern: first),
                Int64(bitPattern: end),
            ]
        ).map { row in
            reads.setUncheckedArguments([row[2] as Int64, row[3] as Int64])
            guard let read = try Row.fetchOne(reads) else {
                guard try base() != nil else {
                    throw StoreError.damaged("placement without a read")
                }
                throw ProofUnavailableError.historyNotHeld
            }
            let start = Timestamp(unsigned(row[3]))
            let newYear = CivilDay(year: CivilDay(start).year + 1, month: 1, day: 1)?.start
            let windowEnd = Timestamp(unsigned(read[0]))
            return Placement(
                series: series, offset: unsigned(row[0]), length: unsigned(row[1]),
                readIndex: UInt32(truncatingIfNeeded: unsigned(read[1])), start: start,
                end: min(newYear ?? windowEnd, windowEnd))
        }
    }
}

extension ProofFile.VotedHeader {
    fileprivate init(_ block: FinalHeader) {
        self.init(header: block.bytes, certificate: block.finalization.canonicalBytes)
    }
}

extension ProofFile.Transition {
    fileprivate init(_ transition: AuthorityTransition) {
        var value = ProtoAuthoritySetValue()
        value.authorities = transition.next.members
        self.init(
            block: ProofFile.VotedHeader(transition.block),
            nextAuthorities: value.canonicalBytes)
    }
}
