import Foundation
import Merkle
import Primitives
import SwiftProtobuf
import Wire

/// The kinds of leaves that a proof has a use for. Numbers and names are those of the state tree.
enum LeafKind: UInt8 {
    case account = 2
    case key = 3
    case delegation = 4
    case device = 5
    case lot = 15

    var name: String {
        switch self {
        case .account: "account"
        case .key: "key"
        case .delegation: "delegation"
        case .device: "device"
        case .lot: "lot"
        }
    }

    /// 8-byte words of the id.
    var wordCount: Int {
        switch self {
        case .account: 1
        case .delegation, .device: 2
        case .lot: 3
        case .key: 4
        }
    }
}

/// Leaves that are in the head's state. Each must be of use: what nothing asks for does not belong
/// into a proof.
struct ProvenLeaves {
    /// A kind and the words of an id.
    struct Key: Hashable {
        let kind: LeafKind
        let words: [UInt64]

        init(_ kind: LeafKind, _ words: UInt64...) {
            self.kind = kind
            self.words = words
        }

        init(_ key: PublicKey) {
            let words = key.words
            kind = .key
            self.words = [words.word0, words.word1, words.word2, words.word3]
        }

        fileprivate init?(_ bytes: [UInt8]) {
            guard let first = bytes.first, let kind = LeafKind(rawValue: first),
                bytes.count == 1 + 8 * kind.wordCount
            else { return nil }
            self.kind = kind
            words = (0..<kind.wordCount).map { word in
                bytes[(1 + 8 * word)..<(9 + 8 * word)].reduce(0) { $0 << 8 | UInt64($1) }
            }
        }
    }

    private var values: [Key: Data] = [:]
    private var unused: Set<Key> = []
    /// Entries by which a delegate could act.
    var grants: Set<UInt64> = []
    /// The series of lots, in the order of their serials.
    private(set) var lots: [(range: DRECRange, value: ProtoLotValue)] = []

    var count: Int { values.count }

    /// The file's leaves, each of them in the state of the head.
    ///
    /// - Throws: ``ProofFailure`` of the step ``ProofStep/state``.
    init(_ file: ProofFile, under head: ProvenHeader) throws(ProofFailure) {
        var last: [UInt8] = []
        for leaf in file.state {
            let bytes = Array(leaf.key)
            guard let key = Key(bytes), !leaf.value.isEmpty else {
                throw ProofFailure(.state, "a leaf that no proof has a use for")
            }
            guard last.lexicographicallyPrecedes(bytes) else {
                throw ProofFailure(.state, "the leaves do not ascend")
            }
            last = bytes
            let path = Digest.sha256(
                Array("drec/state/v1\0\(key.kind.name)\0".utf8) + bytes.dropFirst())
            let hash = Digest.sha256(Array(leaf.value))
            let proof = StateProof(
                terminal: StateProof.Leaf(key: path, valueHash: hash),
                bitmap: Array(leaf.bitmap), siblings: leaf.siblings)
            guard proof.verify(key: path, valueHash: hash, root: head.stateRoot) else {
                throw ProofFailure(.state, "a leaf (\(key.kind.name)) is not in the head's state")
            }
            values[key] = leaf.value
            unused.insert(key)
            if key.kind == .lot { lots.append(try ProvenLeaves.lot(key, leaf.value)) }
        }
    }

    private static func lot(
        _ key: Key, _ value: Data
    ) throws(ProofFailure) -> (range: DRECRange, value: ProtoLotValue) {
        guard let lot = try? ProtoLotValue(canonical: value, limit: 1_024),
            let vintage = UInt32(exactly: key.words[1]),
            key.words[0] >= ProjectID.first.rawValue,
            let range = DRECRange(
                series: SeriesID(project: ProjectID(key.words[0]), vintage: vintage),
                first: DRECSerial(key.words[2]), last: DRECSerial(lot.last))
        else { throw ProofFailure(.state, "a lot that covers nothing") }
        return (range, lot)
    }

    /// The value of a leaf, which is thereby of use.
    mutating func value<Value: Message>(
        _ type: Value.Type, _ key: Key
    ) throws(ProofFailure) -> Value? {
        guard let bytes = values[key] else { return nil }
        unused.remove(key)
        do {
            return try Value(canonical: bytes, limit: 64 * 1_024)
        } catch {
            throw ProofFailure(.state, "a leaf (\(key.kind.name)) is not in canonical form")
        }
    }

    mutating func use(lot range: DRECRange) {
        unused.remove(
            Key(
                .lot, range.series.project.rawValue, UInt64(range.series.vintage),
                range.first.rawValue))
    }

    /// - Throws: ``ProofFailure`` where a leaf was of no use.
    func requireAllUsed() throws(ProofFailure) {
        guard let key = unused.first else { return }
        throw ProofFailure(.lineage, "a leaf (\(key.kind.name)) that nothing asks for")
    }
}

/// What entries and leaves were proved.
struct ProvenParts {
    let entries: [ProvenEntry]
    var leaves: ProvenLeaves
}
