import Foundation
import Ledger
import Merkle
import Primitives
import SampleNetworks
import SwiftProtobuf
import Verifier
import Wire

/// Makes files in which every signature, path and vote is right and the content is what a test
/// wants: what a lying quorum, in league with all members, could sign.
struct Forger {
    struct Entry {
        var index: UInt64
        var body: ProtoTransactionBody
        var receipt: ProtoReceipt

        /// The first of two events, where reads were submitted.
        var accepted: ProtoReadsAccepted {
            get { receipt.events.first?.readsAccepted ?? .init() }
            set { receipt.events[0].readsAccepted = newValue }
        }
        /// The last event.
        var placed: ProtoEnergyPlaced {
            get { receipt.events.last?.energyPlaced ?? .init() }
            set { receipt.events[receipt.events.count - 1].energyPlaced = newValue }
        }
        var moved: ProtoLotsMoved {
            get { receipt.events.last?.lotsMoved ?? .init() }
            set { receipt.events[receipt.events.count - 1].lotsMoved = newValue }
        }
    }

    struct Read {
        var entry: UInt64
        var position: UInt32
        var placement: Placement
        var record: ReadRow
    }

    var subject: ProofSubject
    var entries: [Entry]
    var reads: [Read]
    var leaves: [StateKey: Data]
    var header: ProtoHeader
    private let original: ProofFile

    private static let signers = ["initiative", "developer", "buyer", "agent"].map { key($0) }

    init(_ file: ProofFile) throws {
        original = file
        subject = file.subject
        header = try ProtoHeader(serializedBytes: file.head.header)
        entries = try file.entries.map {
            Entry(
                index: $0.index, body: try ProtoTransactionBody(serializedBytes: $0.body),
                receipt: try ProtoReceipt(serializedBytes: $0.receipt))
        }
        reads = file.reads.map { read in
            func number(_ bytes: Data, _ place: Int, _ width: Int = 8) -> UInt64 {
                bytes[(bytes.startIndex + place)..<(bytes.startIndex + place + width)]
                    .reduce(0) { $0 << 8 | UInt64($1) }
            }
            let (place, record) = (read.placement, read.record)
            return Read(
                entry: read.entry, position: read.position,
                placement: Placement(
                    series: SeriesID(
                        project: ProjectID(number(place, 0)),
                        vintage: UInt32(number(place, 8, 4))),
                    offset: number(place, 12), length: number(place, 20),
                    readIndex: UInt32(number(place, 28, 4)),
                    start: Timestamp(number(place, 32)), end: Timestamp(number(place, 40))),
                record: ReadRow(
                    device: DeviceID(number(record, 0)), start: Timestamp(number(record, 8)),
                    end: Timestamp(number(record, 16)), energy: WattHours(number(record, 24)),
                    kind: ProtoReadKind(rawValue: Int(number(record, 32, 1))) ?? .history))
        }
        leaves = Dictionary(
            uniqueKeysWithValues: file.state.compactMap { leaf in
                StateKey(bytes: leaf.key).map { ($0, leaf.value) }
            })
    }

    /// Changes a value in the state.
    mutating func change<Value: Message>(
        _ type: Value.Type, _ key: StateKey, _ body: (inout Value) -> Void
    ) throws {
        var value = try Value(serializedBytes: leaves[key] ?? Data())
        body(&value)
        leaves[key] = value.canonicalBytes
    }

    /// The entry of an index.
    subscript(index: UInt64) -> Entry {
        get { entries.first { $0.index == index } ?? entries[0] }
        set {
            for place in entries.indices where entries[place].index == index {
                entries[place] = newValue
            }
        }
    }

    /// The file, signed, hashed and voted on anew.
    func file() throws -> ProofFile {
        var file = original
        file.subject = subject
        var entries = entries
        file.reads = []
        for place in entries.indices { try bind(&entries[place], into: &file) }
        file.reads.sort { left, right in
            let places = [left, right].map { read in
                reads.first { $0.entry == read.entry && $0.position == read.position }?.placement
            }
            guard let one = places[0], let other = places[1] else { return false }
            return (one.series, one.offset) < (other.series, other.offset)
        }
        file.entries = entries.map(sign)
        var log = [Digest](repeating: LogHash.leaf([]), count: Int(header.logSize))
        for entry in file.entries {
            var submission = Array(entry.body)
            for signature in entry.signatures { submission += signature.bytes }
            log[Int(entry.index)] = LogHash.leaf(
                Digest.sha256(submission).bytes + Digest.sha256(Array(entry.receipt)).bytes)
        }
        let tree = LogTree(leafHashes: log)
        for place in file.entries.indices {
            file.entries[place].inclusion =
                tree.inclusionProof(of: Int(file.entries[place].index)) ?? []
        }
        var header = header
        header.logRoot = Data(tree.root.bytes)
        header.stateRoot = Data(try prove(&file).bytes)
        file.head = vote(header)
        return file
    }

    /// Puts an entry's reads and placements under new roots.
    private func bind(_ entry: inout Entry, into file: inout ProofFile) throws {
        let own = reads.filter { $0.entry == entry.index }
        guard !own.isEmpty else { return }
        func tree(_ leaves: [(Int, [UInt8])], _ count: UInt32) -> LogTree {
            var hashes = [Digest](repeating: LogHash.leaf([]), count: Int(count))
            for (place, bytes) in leaves where place < hashes.count {
                hashes[place] = LogHash.leaf(bytes)
            }
            return LogTree(leafHashes: hashes)
        }
        func bytes(_ append: (inout [UInt8]) -> Void) -> [UInt8] {
            var bytes: [UInt8] = []
            append(&bytes)
            return bytes
        }
        let placements = own.map { (Int($0.position), bytes($0.placement.appendRecord)) }
        let records = own.map { (Int($0.placement.readIndex), bytes($0.record.appendRecord)) }
        let placementTree = tree(placements, entry.placed.placementsCount)
        let readTree = tree(records, entry.body.readsCount)
        var placed = entry.placed
        placed.placementsRoot = Data(placementTree.root.bytes)
        entry.placed = placed
        entry.body.readsRoot = Data(readTree.root.bytes)
        if case .readsAccepted = entry.receipt.events.first?.event {
            entry.accepted.readsRoot = entry.body.readsRoot
        }
        for (read, (placement, record)) in zip(own, zip(placements, records)) {
            file.reads.append(
                ProofFile.Read(
                    entry: entry.index, position: read.position, placement: Data(placement.1),
                    placementInclusion: placementTree.inclusionProof(of: placement.0) ?? [],
                    record: Data(record.1),
                    recordInclusion: readTree.inclusionProof(of: record.0) ?? []))
        }
    }

    private func sign(_ entry: Entry) -> ProofFile.Entry {
        let body = entry.body.canonicalBytes
        return ProofFile.Entry(
            index: entry.index, body: body,
            signatures: entry.body.signers.compactMap { signer in
                Forger.signers.first { $0.publicKey == PublicKey(bytes: signer.publicKey) }?
                    .sign(.transaction, Array(body))
            }, receipt: entry.receipt.canonicalBytes, inclusion: [])
    }

    /// Proves the leaves in a state of their own, and gives its root.
    private func prove(_ file: inout ProofFile) throws -> Digest {
        var tree = try StateTree(depth: 0)
        let overlay = try tree.update(
            leaves.map { StateChange(key: $0.key.path, valueHash: Digest.sha256(Array($0.value))) },
            bucket: { _ in [] })
        try tree.commit(overlay)
        let bucket = overlay.changedBuckets.first?.bytes ?? []
        file.state = try leaves.sorted { $0.key < $1.key }.map { key, value in
            let proof = try tree.proof(of: key.path) { _ in bucket }
            return ProofFile.Leaf(
                key: Data(key.bytes), value: value, bitmap: Data(proof.bitmap),
                siblings: proof.siblings)
        }
        return tree.root
    }

    private func vote(_ header: ProtoHeader) -> ProofFile.VotedHeader {
        let bytes = header.canonicalBytes
        let subject = VoteSubject(
            epoch: Epoch(header.epoch), view: View(header.view), parentView: View(0),
            blockHash: Digest.tagged(.header, Array(bytes)))
        let payload = subject.payload(network: original.network)
        var signatures: [Int: Signature] = [:]
        for (place, name) in ProofChain.names.prefix(3).enumerated() {
            signatures[place] = key("\(name) vote").sign(.finalize, payload)
        }
        return ProofFile.VotedHeader(
            header: bytes,
            certificate: ProtoFinalization(subject: subject, signatures: signatures)
                .canonicalBytes)
    }
}
