package import Primitives

extension StateTree {
    /// Proves what a key's value is, or that the key is absent.
    ///
    /// - Parameters:
    ///   - key: any path.
    ///   - overlay: the batches on top of the tree; nil for none.
    ///   - bucket: reads the bytes of a bucket as last committed; asked at most once.
    /// - Throws: ``MerkleError/staleOverlay``, ``MerkleError/damagedBucket(_:)``, or what `bucket`
    ///   throws.
    package func proof(
        of key: Digest, over overlay: StateTreeOverlay? = nil, bucket: (Int) throws -> [UInt8]
    ) throws -> StateProof {
        try withoutActuallyEscaping(bucket) { bucket in
            let view = try StateTreeView(self, overlay, stored: bucket)
            var siblings: [Digest] = []
            var node = view.node(level: 0, index: 0)
            for level in 0..<depth {
                if node.isEmpty { return StateProof(terminal: nil, path: siblings) }
                let index = key.prefix(level + 1)
                if node.isSingle {
                    let leaf = try onlyLeaf(below: level, index: index >> 1, in: view)
                    return StateProof(terminal: leaf, path: siblings)
                }
                siblings.append(view.node(level: level + 1, index: index ^ 1).hash)
                node = view.node(level: level + 1, index: index)
            }
            let entries = StateEntries(trusted: try view.bucket(key.prefix(depth)))
            return descend(to: key, in: entries, siblings: siblings)
        }
    }

    /// The leaf of a subtree that has exactly one, which is somewhere in the buckets below.
    private func onlyLeaf(
        below level: Int, index: Int, in view: StateTreeView
    ) throws -> StateProof.Leaf {
        var place = index
        for next in level + 1..<depth + 1 {
            place *= 2
            if view.node(level: next, index: place).isEmpty { place += 1 }
        }
        let entries = StateEntries(trusted: try view.bucket(place))
        guard entries.count == 1 else { throw MerkleError.damagedBucket(place) }
        return StateProof.Leaf(key: entries.key(0), valueHash: entries.valueHash(0))
    }

    /// The rest of the path, within a bucket.
    private func descend(
        to key: Digest, in entries: StateEntries, siblings upper: [Digest]
    ) -> StateProof {
        var siblings = upper
        var range = 0..<entries.count
        var level = depth
        while range.count > 1 {
            let middle = entries.split(range, depth: level)
            let left = range.lowerBound..<middle
            let right = middle..<range.upperBound
            let isRight = key.bit(level)
            level += 1
            siblings.append(entries.root(isRight ? left : right, depth: level))
            range = isRight ? right : left
        }
        guard let position = range.first else { return StateProof(terminal: nil, path: siblings) }
        let leaf = StateProof.Leaf(
            key: entries.key(position), valueHash: entries.valueHash(position))
        return StateProof(terminal: leaf, path: siblings)
    }
}
