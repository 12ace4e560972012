package import Primitives

/// A state tree as it will be after blocks that are not final yet: a chain of layers, one for each
/// batch of changes, over a ``StateTree``.
///
/// A value that is cheap to copy and to drop. Layers are shared between overlays that branch, and a
/// layer is left behind as soon as the tree has caught up with it, so a chain does not grow.
package struct StateTreeOverlay: Sendable {
    /// One batch of changes.
    struct Layer: Sendable {
        /// Which batch it is since the tree was made; one more than its parent's.
        let generation: Int
        /// The root that it was computed on, which determines the whole state below it.
        let parentRoot: Digest
        let root: Digest
        let leafCount: Int
        /// Changed nodes of the upper tree, by level from the root to the buckets.
        let levels: [ChangedNodes]
        /// Changed buckets, ascending by index.
        let buckets: [StateBucket]
    }

    /// Changed nodes of one level, ascending by index.
    struct ChangedNodes: Sendable {
        var indices: [Int] = []
        var nodes: [StateNode] = []

        mutating func append(_ index: Int, _ node: StateNode) {
            indices.append(index)
            nodes.append(node)
        }

        func node(at index: Int) -> StateNode? {
            let place = indices.partitionPoint { $0 < index }
            return place < indices.count && indices[place] == index ? nodes[place] : nil
        }
    }

    /// Depth of the buckets; that of the tree.
    package let depth: Int
    /// Oldest first, never empty.
    let layers: [Layer]

    /// The newest batch.
    let newest: Layer

    init(depth: Int, over parents: ArraySlice<Layer>, newest: Layer) {
        self.depth = depth
        self.layers = parents + [newest]
        self.newest = newest
    }

    /// The root of the state tree with all batches applied.
    package var root: Digest { newest.root }

    /// The root below the newest batch.
    package var parentRoot: Digest { newest.parentRoot }

    /// Number of leaves with all batches applied.
    package var leafCount: Int { newest.leafCount }

    /// What the newest batch changes in the store, ascending by index; an empty bucket is deleted.
    package var changedBuckets: [StateBucket] { newest.buckets }

    /// The same overlay for a tree that has been made one level deeper.
    ///
    /// - Throws: ``MerkleError/damagedBucket(_:)``.
    package func deepened() throws -> StateTreeOverlay {
        let deeper = try layers.map { layer in
            var buckets: [StateBucket] = []
            var nodes = ChangedNodes()
            for bucket in layer.buckets {
                let (left, right) = try StateBucket.split(
                    bucket.bytes, index: bucket.index, depth: depth)
                for child in [left, right] {
                    buckets.append(child)
                    nodes.append(child.index, child.node)
                }
            }
            return Layer(
                generation: layer.generation, parentRoot: layer.parentRoot, root: layer.root,
                leafCount: layer.leafCount, levels: layer.levels + [nodes], buckets: buckets)
        }
        return StateTreeOverlay(
            depth: depth + 1, over: deeper.dropLast(), newest: deeper[deeper.count - 1])
    }
}

extension StateTreeOverlay.Layer {
    func bucket(at index: Int) -> StateBucket? {
        let place = buckets.partitionPoint { $0.index < index }
        return place < buckets.count && buckets[place].index == index ? buckets[place] : nil
    }
}

extension Array {
    /// The first place whose element does not satisfy a predicate that holds for a prefix.
    func partitionPoint(where isBefore: (Element) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if isBefore(self[middle]) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
