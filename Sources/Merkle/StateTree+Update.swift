import Primitives

extension StateTree {
    /// Computes a batch of changes as a new overlay; neither the tree nor the store changes.
    ///
    /// The batch's keys are sorted, each touched bucket is rebuilt from its sorted leaves, then the
    /// parents of what changed, level by level: deletes need no case of their own, and the result
    /// is independent of order and batching.
    ///
    /// - Parameters:
    ///   - changes: in any order. Removing an absent key, or setting a value it has, changes
    ///     nothing.
    ///   - overlay: the batches before this one; nil for none.
    ///   - bucket: reads the bytes of a bucket as last committed; asked at most once for each, in
    ///     ascending order, and only for buckets that have leaves.
    /// - Throws: ``MerkleError/duplicateKey(_:)``, ``MerkleError/staleOverlay``,
    ///   ``MerkleError/damagedBucket(_:)``, or what `bucket` throws.
    package func update(
        _ changes: [StateChange], over overlay: StateTreeOverlay? = nil,
        bucket: (Int) throws -> [UInt8]
    ) throws -> StateTreeOverlay {
        let sorted = try StateChange.sorted(changes)
        return try withoutActuallyEscaping(bucket) { bucket in
            let view = try StateTreeView(self, overlay, stored: bucket)
            let (buckets, growth) = try changedBuckets(sorted, in: view)
            let levels = changedLevels(over: buckets, in: view)
            let layer = StateTreeOverlay.Layer(
                generation: view.generation + 1, parentRoot: view.root,
                root: levels[0].nodes.first?.hash ?? view.root,
                leafCount: view.leafCount + growth, levels: levels, buckets: buckets)
            return StateTreeOverlay(depth: depth, over: view.layers, newest: layer)
        }
    }

    /// The buckets that sorted changes of distinct keys touch, rebuilt, and by how many the leaves
    /// become more.
    private func changedBuckets(
        _ changes: [StateChange], in view: StateTreeView
    ) throws -> (buckets: [StateBucket], growth: Int) {
        var buckets: [StateBucket] = []
        var growth = 0
        var start = 0
        while start < changes.count {
            let index = changes[start].key.prefix(depth)
            var end = start + 1
            while end < changes.count, changes[end].key.prefix(depth) == index { end += 1 }
            let old = try view.bucket(index)
            if let bytes = StateChange.merge(changes[start..<end], into: old) {
                let root = StateEntries(trusted: bytes).root(depth: depth)
                buckets.append(StateBucket(index: index, bytes: bytes, root: root))
                growth += (bytes.count - old.count) / StateBucket.entrySize
            }
            start = end
        }
        return (buckets, growth)
    }

    /// The nodes above changed buckets, by level from the root down to the buckets themselves.
    private func changedLevels(
        over buckets: [StateBucket], in view: StateTreeView
    ) -> [StateTreeOverlay.ChangedNodes] {
        var below = StateTreeOverlay.ChangedNodes()
        for bucket in buckets { below.append(bucket.index, bucket.node) }
        var levels = [below]
        for level in stride(from: depth - 1, through: 0, by: -1) {
            var changed = StateTreeOverlay.ChangedNodes()
            var place = 0
            while place < below.indices.count {
                let index = below.indices[place]
                let node = below.nodes[place]
                place += 1
                let parent: StateNode
                if index & 1 == 1 {
                    parent = StateNode(view.node(level: level + 1, index: index - 1), node)
                } else if place < below.indices.count, below.indices[place] == index + 1 {
                    parent = StateNode(node, below.nodes[place])
                    place += 1
                } else {
                    parent = StateNode(node, view.node(level: level + 1, index: index + 1))
                }
                changed.append(index >> 1, parent)
            }
            levels.append(changed)
            below = changed
        }
        return levels.reversed()
    }
}
