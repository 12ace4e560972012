package import Primitives

/// A small RFC 9162 tree held whole: the reads and the placements of one transaction.
///
/// Building it costs one hash a leaf; a proof is then a walk over an array. Level 0 is the leaf
/// hashes; on each next level a last node without a sibling is carried up as it is, which gives
/// the tree of RFC 9162 §2.1.1.
package struct LogTree: Sendable {
    private let levels: [[Digest]]

    /// Builds the tree over leaf hashes in order.
    package init(leafHashes: [Digest]) {
        var levels = [leafHashes]
        var level = leafHashes
        while level.count > 1 {
            LogTree.fold(&level)
            levels.append(level)
        }
        self.levels = levels
    }

    /// Number of leaves.
    package var count: Int { levels[0].count }

    /// The Merkle tree hash.
    package var root: Digest { levels[levels.count - 1].first ?? LogHash.empty }

    /// The path from a leaf to the root, lowest sibling first (RFC 9162 §2.1.3.1); nil when there
    /// is no such leaf.
    package func inclusionProof(of index: Int) -> [Digest]? {
        guard levels[0].indices.contains(index) else { return nil }
        var proof: [Digest] = []
        var position = index
        for level in levels {
            let sibling = position ^ 1
            if sibling < level.count { proof.append(level[sibling]) }
            position >>= 1
        }
        return proof
    }

    /// The Merkle tree hash of leaf hashes in order, without keeping the tree.
    package static func root(of leafHashes: [Digest]) -> Digest {
        var level = leafHashes
        while level.count > 1 { fold(&level) }
        return level.first ?? LogHash.empty
    }

    /// Replaces a level by the level above it.
    private static func fold(_ level: inout [Digest]) {
        let pairs = level.count / 2
        for pair in 0..<pairs {
            level[pair] = LogHash.node(level[2 * pair], level[2 * pair + 1])
        }
        if level.count.isMultiple(of: 2) {
            level.removeLast(level.count - pairs)
        } else {
            level[pairs] = level[level.count - 1]
            level.removeLast(level.count - pairs - 1)
        }
    }
}
