package import Foundation
import Merkle
package import Primitives
import Wire

/// Makes the pieces of a snapshot, in their order, from what a store reads.
///
/// The same chain and votes give the same pieces.
package struct SnapshotPieces {
    /// The framing of a piece and of its list of leaves, generously.
    private static let reserve = 64
    /// The framing of one leaf, generously.
    private static let leafFraming = 16

    private let sink: (Data) throws -> Void
    package private(set) var hashes: [Digest] = []
    package private(set) var leafCount: UInt64 = 0
    private var leaves = ProtoSnapshotLeaves()
    private var room = SnapshotLimits.pieceBytes - SnapshotPieces.reserve

    /// - Parameter sink: is given each piece as it is full.
    package init(sink: @escaping (Data) throws -> Void) {
        self.sink = sink
    }

    /// The end of an epoch; all of them come first, ascending.
    package mutating func add(_ transition: AuthorityTransition) throws {
        var message = ProtoSnapshotTransition()
        message.header = transition.block.bytes
        message.finalization = transition.block.finalization
        message.nextAuthorities.authorities = transition.next.members
        try add(.transition(message))
    }

    /// The head and the log's last tiles, see ``Merkle/LogFrontier/init(size:lastTiles:)``.
    package mutating func add(head: FinalHeader, lastTiles: [[Digest]]) throws {
        var message = ProtoSnapshotHead()
        message.header = head.bytes
        message.finalization = head.finalization
        message.logTiles = lastTiles.map { hashes in
            var bytes: [UInt8] = []
            for hash in hashes { hash.append(to: &bytes) }
            return Data(bytes)
        }
        try add(.head(message))
    }

    /// A leaf; ascending by key.
    ///
    /// - Throws: ``SnapshotError/tooLarge(_:)``; what the sink throws.
    package mutating func add(key: Data, value: Data) throws {
        let size = key.count + value.count + SnapshotPieces.leafFraming
        if size > room, !leaves.leaves.isEmpty { try flush() }
        guard size <= room else { throw SnapshotError.tooLarge("a leaf of \(value.count) bytes") }
        room -= size
        var leaf = ProtoSnapshotLeaf()
        leaf.key = key
        leaf.value = value
        leaves.leaves.append(leaf)
        leafCount += 1
    }

    /// Hands out the last piece.
    package mutating func finish() throws {
        if !leaves.leaves.isEmpty { try flush() }
    }

    private mutating func flush() throws {
        try add(.leaves(leaves))
        leaves.leaves.removeAll(keepingCapacity: true)
        room = SnapshotLimits.pieceBytes - SnapshotPieces.reserve
    }

    private mutating func add(_ content: ProtoSnapshotPiece.OneOf_Content) throws {
        guard hashes.count < SnapshotLimits.pieces else {
            throw SnapshotError.tooLarge("more than \(SnapshotLimits.pieces) pieces")
        }
        var piece = ProtoSnapshotPiece()
        piece.content = content
        let bytes = piece.canonicalBytes
        hashes.append(SnapshotPieces.hash(bytes))
        try sink(bytes)
    }

    /// The hash by which a manifest names a piece.
    package static func hash(_ piece: Data) -> Digest {
        Digest.tagged(.snapshotPiece, Array(piece))
    }
}
