package import Foundation
package import Merkle
package import Primitives
import Wire

/// Takes a snapshot's pieces in, in order, and lets through only what is proved from the genesis
/// document: a chain of epochs' last blocks, each voted final by the authorities that the one
/// before names, the head by the last ones, the log's edge by the head's log root.
///
/// The leaves are in order and well-formed; that they are the state of the head is known once the
/// caller has made the tree of all of them and hands its root to ``finish(stateRoot:)``. Until then
/// nothing may be used.
///
/// A pure machine; it holds no leaf longer than a call.
package struct SnapshotCheck {
    /// What a piece says.
    package enum Content: Sendable {
        case transition(AuthorityTransition)
        case head(Head)
        /// Ascending over all pieces, each key once.
        case leaves([StateLeaf])
    }

    /// The block that the state is of, with the log's right edge after it.
    package struct Head: Sendable {
        package let block: FinalHeader
        package let frontier: LogFrontier
        /// Of each level from 0 the hashes of the last tile, empty where it is full.
        package let lastTiles: [[Digest]]
    }

    package let manifest: SnapshotManifest
    private var authorities: AuthoritySet
    private var lastTransition = Height(0)
    private var head: FinalHeader?
    private var taken = 0
    private var leafCount: UInt64 = 0
    private var lastKey: StateKey?

    /// - Throws: ``SnapshotError/otherNetwork``.
    package init(
        _ manifest: SnapshotManifest, genesis: GenesisDocument
    ) throws(SnapshotError) {
        guard manifest.network == genesis.hash else { throw .otherNetwork }
        self.manifest = manifest
        authorities = genesis.authoritySet
    }

    /// Takes the next piece.
    ///
    /// - Throws: ``SnapshotError``; the machine is then of no use.
    package mutating func take(_ bytes: Data) throws(SnapshotError) -> Content {
        let number = taken
        taken += 1
        guard number < manifest.pieceHashes.count, bytes.count <= SnapshotLimits.pieceBytes,
            SnapshotPieces.hash(bytes) == manifest.pieceHashes[number]
        else { throw .pieceDiffers(number) }
        let piece: ProtoSnapshotPiece
        do {
            piece = try ProtoSnapshotPiece(canonical: bytes, limit: SnapshotLimits.pieceBytes)
        } catch {
            throw .malformed("piece \(number)")
        }
        switch piece.content {
        case .transition(let message): return .transition(try take(message))
        case .head(let message): return .head(try take(message))
        case .leaves(let message): return .leaves(try take(message, number))
        case nil: throw .malformed("piece \(number)")
        }
    }

    /// Ends the reading: all pieces were there, and their leaves are the head's state.
    ///
    /// - Parameter stateRoot: of the tree over exactly the leaves that were let through.
    /// - Throws: ``SnapshotError``.
    package func finish(stateRoot: Digest) throws(SnapshotError) {
        guard let head, taken == manifest.pieceHashes.count else { throw .malformed("cut short") }
        guard leafCount == manifest.leafCount else { throw .leafCountDiffers }
        guard head.header.stateRoot.elementsEqual(stateRoot.bytes) else { throw .stateDiffers }
    }

    private mutating func take(
        _ message: ProtoSnapshotTransition
    ) throws(SnapshotError) -> AuthorityTransition {
        guard head == nil else { throw .outOfOrder("a transition after the head") }
        let epoch = authorities.epoch.rawValue
        guard
            let block = FinalHeader(
                decoding: message.header, finalization: message.finalization),
            let transition = AuthorityTransition(block: block, next: message.nextAuthorities)
        else { throw .malformed("transition of epoch \(epoch)") }
        guard block.isFinal(by: authorities, network: manifest.network),
            block.height > lastTransition
        else { throw .notFinal("transition of epoch \(epoch)") }
        authorities = transition.next
        lastTransition = block.height
        return transition
    }

    private mutating func take(_ message: ProtoSnapshotHead) throws(SnapshotError) -> Head {
        guard head == nil else { throw .outOfOrder("a second head") }
        guard
            let block = FinalHeader(
                decoding: message.header, finalization: message.finalization)
        else { throw .malformed("head") }
        guard block.hash == manifest.blockHash, block.height == manifest.height,
            block.height > lastTransition
        else { throw .malformed("head") }
        guard block.isFinal(by: authorities, network: manifest.network) else {
            throw .notFinal("head")
        }
        let tiles = message.logTiles.map { Digest.list($0) }
        guard tiles.count <= LogTile.maximumLevel + 1, !tiles.contains(where: { $0 == nil }),
            case let lastTiles = tiles.compactMap({ $0 }),
            let frontier = LogFrontier(size: block.header.logSize, lastTiles: lastTiles),
            block.header.logRoot.elementsEqual(frontier.root.bytes)
        else { throw .logDiffers }
        head = block
        return Head(block: block, frontier: frontier, lastTiles: lastTiles)
    }

    private mutating func take(
        _ message: ProtoSnapshotLeaves, _ number: Int
    ) throws(SnapshotError) -> [StateLeaf] {
        guard head != nil else { throw .outOfOrder("leaves before the head") }
        guard !message.leaves.isEmpty else { throw .malformed("piece \(number)") }
        var leaves: [StateLeaf] = []
        leaves.reserveCapacity(message.leaves.count)
        for leaf in message.leaves {
            guard let key = StateKey(bytes: leaf.key), !leaf.value.isEmpty else {
                throw .malformed("a leaf of piece \(number)")
            }
            guard lastKey.map({ $0 < key }) ?? true else {
                throw .outOfOrder("the leaves of piece \(number)")
            }
            lastKey = key
            leaves.append(StateLeaf(key: key, value: leaf.value))
        }
        leafCount += UInt64(leaves.count)
        guard leafCount <= manifest.leafCount else { throw .leafCountDiffers }
        return leaves
    }
}

extension Digest {
    /// Digests one after the other; nil when the last one is not whole.
    fileprivate static func list(_ bytes: Data) -> [Digest]? {
        guard bytes.count.isMultiple(of: byteCount) else { return nil }
        return bytes.withUnsafeBytes { bytes in
            stride(from: 0, to: bytes.count, by: byteCount).map { offset in
                Digest(loading: UnsafeRawBufferPointer(rebasing: bytes[offset...]))
            }
        }
    }
}
