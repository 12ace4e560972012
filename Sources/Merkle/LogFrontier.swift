package import Primitives

/// The right edge of the log: all that an append or the root needs.
///
/// The edge holds the root of each complete subtree that the size is made of, one for each bit set
/// in the size, largest and leftmost first: at most 63 hashes for any log.
package struct LogFrontier: Hashable, Sendable {
    /// The largest permitted number of entries. C2SP tools keep sizes in a signed 64-bit integer.
    package static let maximumSize = UInt64(Int64.max)

    /// Number of entries.
    package private(set) var size: UInt64
    /// Roots of the complete subtrees, leftmost first; as many as `size` has bits set.
    package private(set) var edge: [Digest]

    /// The edge of a log without entries.
    package init() {
        size = 0
        edge = []
    }

    /// A stored edge; nil unless it has exactly one hash for each bit set in the size.
    package init?(size: UInt64, edge: [Digest]) {
        guard size <= LogFrontier.maximumSize, edge.count == size.nonzeroBitCount else {
            return nil
        }
        self.size = size
        self.edge = edge
    }

    /// The Merkle tree hash of the log (RFC 9162 §2.1.1).
    package var root: Digest {
        guard var hash = edge.last else { return LogHash.empty }
        for left in edge.dropLast().reversed() { hash = LogHash.node(left, hash) }
        return hash
    }

    /// Appends the hash of one entry.
    ///
    /// - Parameter complete: is given every node that this entry completes, from the leaf (level 0)
    ///   upwards; what a store has to keep of the tree, each exactly once in the log's life.
    /// - Throws: ``MerkleError/logFull``, or what `complete` throws; the edge is then unchanged.
    package mutating func append(
        _ leafHash: Digest,
        complete: (_ level: Int, _ index: UInt64, _ hash: Digest) throws -> Void = { _, _, _ in }
    ) throws {
        guard size < LogFrontier.maximumSize else { throw MerkleError.logFull }
        var hash = leafHash
        let merges = (~size).trailingZeroBitCount
        try complete(0, size, hash)
        for level in 0..<merges {
            hash = LogHash.node(edge[edge.count - 1 - level], hash)
            try complete(level + 1, size >> UInt64(level + 1), hash)
        }
        edge.removeLast(merges)
        edge.append(hash)
        size += 1
    }

    /// Appends the hashes of many entries in order.
    ///
    /// - Throws: ``MerkleError/logFull``, or what `complete` throws; the edge is then unchanged.
    package mutating func append(
        contentsOf leafHashes: some Sequence<Digest>,
        complete: (_ level: Int, _ index: UInt64, _ hash: Digest) throws -> Void = { _, _, _ in }
    ) throws {
        var next = self
        for leafHash in leafHashes { try next.append(leafHash, complete: complete) }
        self = next
    }
}
