import Primitives

/// A whole tree made at once, from its leaves in the order of their paths.
extension StateBucket {
    /// The buckets of these leaves, ascending by index.
    ///
    /// - Parameter leaves: ascending by key, each key once; those of one bucket are all here.
    /// - Throws: ``MerkleError/damagedBucket(_:)``, ``MerkleError/duplicateKey(_:)``.
    package static func founding(
        _ leaves: [StateChange], depth: Int, _ body: (StateBucket) throws -> Void
    ) throws {
        var start = 0
        while start < leaves.count {
            let index = leaves[start].key.prefix(depth)
            var bytes: [UInt8] = []
            var end = start
            while end < leaves.count, leaves[end].key.prefix(depth) == index {
                if end > start, leaves[end].key == leaves[end - 1].key {
                    throw MerkleError.duplicateKey(leaves[end].key)
                }
                guard let valueHash = leaves[end].valueHash else {
                    throw MerkleError.damagedBucket(index)
                }
                leaves[end].key.append(to: &bytes)
                valueHash.append(to: &bytes)
                StateHash.leaf(key: leaves[end].key, valueHash: valueHash).append(to: &bytes)
                end += 1
            }
            try body(try StateBucket(index: index, depth: depth, bytes: bytes))
            start = end
        }
    }
}

extension StateTree {
    /// The least depth at which a tree of so many leaves does not want to be deeper.
    package static func depth(leafCount: UInt64) -> Int {
        var depth = 0
        while depth < maximumDepth, leafCount > UInt64(bucketLoadLimit) << UInt64(depth) {
            depth += 1
        }
        return depth
    }
}
