import Foundation
import Ledger
import Merkle
import Primitives
import SampleNetworks
import SwiftProtobuf
import Wire

/// A snapshot in parts that a test can change before it is put together: the genesis state of a
/// network under a head of some epoch.
struct SampleSnapshot {
    static let entryCount = 300

    var genesis: GenesisDocument
    var manifest = ProtoSnapshotManifest()
    var pieces: [ProtoSnapshotPiece] = []

    /// - Parameter epochs: who votes in each, by name; the first ones are the genesis document's.
    init(_ epochs: [[String]] = [["north"]]) throws {
        genesis = SampleNetwork(authorities: epochs[0]).genesis
        let sets = try epochs.enumerated().map { epoch, names in
            epoch == 0 ? try Self.foundingSet(of: genesis) : Self.set(names, epoch)
        }
        for (epoch, names) in epochs.enumerated().dropLast() {
            let header = makeHeader(sets[epoch], next: sets[epoch + 1], height: 10 * (epoch + 1))
            var transition = ProtoSnapshotTransition()
            transition.header = header.canonicalBytes
            transition.finalization = finalization(of: header, by: names)
            transition.nextAuthorities.authorities = sets[epoch + 1].members
            pieces.append(.with { $0.transition = transition })
        }
        let last = sets[sets.count - 1]
        let header = makeHeader(last, next: last, height: 1_000)
        var head = ProtoSnapshotHead()
        head.header = header.canonicalBytes
        head.finalization = finalization(of: header, by: epochs[epochs.count - 1])
        head.logTiles = log.tiles.map { Data($0.flatMap(\.bytes)) }
        pieces.append(.with { $0.head = head })
        let leaves = genesis.state.changes.map { key, value in
            ProtoSnapshotLeaf.with {
                $0.key = Data(key.bytes)
                $0.value = value ?? Data()
            }
        }
        // Two pieces of leaves.
        for part in [leaves.prefix(2), leaves.dropFirst(2)] {
            pieces.append(.with { $0.leaves.leaves = Array(part) })
        }
        manifest.version = 1
        manifest.network = Data(genesis.hash.bytes)
        manifest.height = 1_000
        manifest.blockHash = Data(hash(of: header).bytes)
        manifest.leafCount = UInt64(leaves.count)
    }

    var stateRoot: Digest { Self.root(of: genesis.state.changes) }

    /// The place of the head among the pieces.
    var head: Int { pieces.firstIndex { $0.head != .init() } ?? 0 }

    // MARK: Parts

    static func foundingSet(of genesis: GenesisDocument) throws -> AuthoritySet {
        let bytes = try genesis.state.value(for: .authorities(Epoch(0))) ?? Data()
        return AuthoritySet(
            epoch: Epoch(0), value: try ProtoAuthoritySetValue(serializedBytes: bytes))
    }

    static func set(_ names: [String], _ epoch: Int) -> AuthoritySet {
        var value = ProtoAuthoritySetValue()
        value.authorities = names.map { name in
            ProtoAuthorityValue.with {
                $0.account = 1
                $0.name = name
                $0.voteKey = publicKey("\(name) vote")
            }
        }
        return AuthoritySet(epoch: Epoch(UInt64(epoch)), value: value)
    }

    func makeHeader(_ set: AuthoritySet, next: AuthoritySet, height: Int) -> ProtoHeader {
        var header = ProtoHeader()
        header.version = 1
        header.network = Data(genesis.hash.bytes)
        header.epoch = set.epoch.rawValue
        header.height = UInt64(height)
        header.view = 5
        header.parentHash = Data(Digest.sha256([]).bytes)
        header.timeMilliseconds = SampleNetwork.beginning
        header.logSize = UInt64(Self.entryCount)
        header.logRoot = Data(log.root.bytes)
        header.stateRoot = Data(stateRoot.bytes)
        header.authoritiesHash = Data(set.hash.bytes)
        header.nextAuthoritiesHash = Data(next.hash.bytes)
        header.parametersHash = Data(Digest.sha256([]).bytes)
        return header
    }

    func hash(of header: ProtoHeader) -> Digest {
        Digest.tagged(.header, Array(header.canonicalBytes))
    }

    /// The votes of those named, for the header's own block.
    func finalization(of header: ProtoHeader, by names: [String]) -> ProtoFinalization {
        let subject = VoteSubject(
            epoch: Epoch(header.epoch), view: View(header.view), parentView: View(4),
            blockHash: hash(of: header))
        let payload = subject.payload(network: genesis.hash)
        return ProtoFinalization(
            subject: subject,
            signatures: Dictionary(
                uniqueKeysWithValues: names.enumerated().map { index, name in
                    (index, key("\(name) vote").sign(.finalize, payload))
                }))
    }

    private var log: (root: Digest, tiles: [[Digest]]) {
        let leaves = (0..<Self.entryCount).map { LogHash.leaf([UInt8($0 & 255), UInt8($0 >> 8)]) }
        return (
            LogTree.root(of: leaves),
            [Array(leaves[256...]), [LogTree.root(of: Array(leaves[..<256]))]]
        )
    }

    static func root(of changes: [(key: StateKey, value: Data?)]) -> Digest {
        let tree = try? StateTree(depth: 0).update(
            changes.map { change in
                StateChange(
                    key: change.key.path,
                    valueHash: change.value.map { Digest.sha256($0) })
            }, bucket: { _ in [] })
        return tree?.root ?? .zero
    }

    // MARK: Changing and reading

    /// Changes the head's header and has it voted on again; the manifest follows.
    mutating func changeHead(
        by names: [String] = ["north"], _ change: (inout ProtoHeader) -> Void
    ) throws {
        var header = try ProtoHeader(serializedBytes: pieces[head].head.header)
        change(&header)
        let place = head
        pieces[place].head.header = header.canonicalBytes
        pieces[place].head.finalization = finalization(of: header, by: names)
        manifest.height = header.height
        manifest.blockHash = Data(hash(of: header).bytes)
    }

    /// Changes a transition's header and has it voted on again.
    mutating func changeTransition(
        _ place: Int, by names: [String], _ change: (inout ProtoHeader) -> Void
    ) throws {
        var header = try ProtoHeader(serializedBytes: pieces[place].transition.header)
        change(&header)
        pieces[place].transition.header = header.canonicalBytes
        pieces[place].transition.finalization = finalization(of: header, by: names)
    }

    /// Reads all pieces as they are now, with a manifest of their hashes, and makes the tree of
    /// what is let through.
    @discardableResult
    func read(_ change: (inout [Data], inout ProtoSnapshotManifest) -> Void = { _, _ in }) throws
        -> SnapshotManifest
    {
        var bytes = pieces.map(\.canonicalBytes)
        var manifest = manifest
        manifest.pieceHashes = Data(bytes.flatMap { SnapshotPieces.hash($0).bytes })
        change(&bytes, &manifest)
        let decoded = try SnapshotManifest(decoding: manifest.canonicalBytes)
        var check = try SnapshotCheck(decoded, genesis: genesis)
        var leaves: [(key: StateKey, value: Data?)] = []
        for piece in bytes {
            if case .leaves(let part) = try check.take(piece) {
                leaves += part.map { ($0.key, $0.value) }
            }
        }
        try check.finish(stateRoot: Self.root(of: leaves))
        return decoded
    }
}
