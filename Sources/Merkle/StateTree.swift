package import Primitives

/// The state tree: the upper levels in memory, the leaves in buckets that a store keeps.
///
/// The tree itself changes only by ``commit(_:)`` and ``deepen(bucket:store:)``; batches that are
/// not final yet are ``StateTreeOverlay``s. Memory is 64 bytes and a quarter for each bucket: 134.7
/// MB at depth 21, which holds up to 8.4 million leaves. A copy shares that until either side
/// commits, so a long-lived copy doubles it.
package struct StateTree: Sendable {
    /// The deepest upper tree, 2^24 buckets in 1 GiB: 67 million leaves at the load limit.
    package static let maximumDepth = 24
    /// Average number of leaves in a bucket above which the tree wants to be deeper. A change to
    /// one leaf hashes its whole bucket again: small buckets are fast, and cost memory.
    package static let bucketLoadLimit = 4

    /// One stored bucket without its bytes.
    package struct BucketRoot: Hashable, Sendable {
        /// The first D bits of its keys, as a number.
        package let index: Int
        package let root: Digest
        /// Number of leaves, at least 1.
        package let count: Int

        package init(index: Int, root: Digest, count: Int) {
            self.index = index
            self.root = root
            self.count = count
        }
    }

    /// Depth D of the buckets: each has the leaves with one value of the first D bits of K.
    package private(set) var depth: Int
    /// Number of leaves.
    package private(set) var leafCount: Int
    /// Number of batches taken in since this value was made; orders overlays, and is not stored.
    private(set) var generation = 0
    /// Hashes in heap order: 1 is the root, `2 i` and `2 i + 1` are below `i`, the buckets last;
    /// zero where there is no leaf.
    private var hashes: [Digest]
    /// One bit for each hash: whether there is exactly one leaf below.
    private var singles: [UInt64]

    /// A tree without leaves.
    ///
    /// - Throws: ``MerkleError/depthOutsideLimit(_:)``.
    package init(depth: Int) throws {
        try self.init(depth: depth, bucketRoots: EmptyCollection())
    }

    /// Rebuilds the upper levels from the stored buckets, ascending by index; a bucket that is not
    /// among them has no leaf.
    ///
    /// - Throws: ``MerkleError/depthOutsideLimit(_:)``, ``MerkleError/damagedBucket(_:)``, or what
    ///   the sequence's own conversion throws.
    package init(depth: Int, bucketRoots: some Sequence<BucketRoot>) throws {
        guard (0...StateTree.maximumDepth).contains(depth) else {
            throw MerkleError.depthOutsideLimit(depth)
        }
        self.depth = depth
        leafCount = 0
        hashes = [Digest](repeating: StateHash.empty, count: 2 << depth)
        singles = [UInt64](repeating: 0, count: (2 << depth + 63) / 64)
        var previous = -1
        for bucket in bucketRoots {
            guard bucket.index > previous, bucket.index < 1 << depth, bucket.count > 0,
                bucket.root != StateHash.empty
            else { throw MerkleError.damagedBucket(bucket.index) }
            previous = bucket.index
            leafCount += bucket.count
            setNode(
                StateNode(hash: bucket.root, isSingle: bucket.count == 1), level: depth,
                index: bucket.index)
        }
        for level in (0..<depth).reversed() {
            for index in 0..<1 << level {
                let left = node(level: level + 1, index: 2 * index)
                let right = node(level: level + 1, index: 2 * index + 1)
                setNode(StateNode(left, right), level: level, index: index)
            }
        }
    }

    /// The root hash; 32 zero bytes when there is no leaf.
    package var root: Digest { hashes[1] }

    /// Whether buckets have become so full that ``deepen(bucket:store:)`` pays.
    package var wantsDeepening: Bool {
        depth < StateTree.maximumDepth && leafCount > StateTree.bucketLoadLimit << depth
    }

    /// Takes the oldest overlay's changes into memory. The store writes the overlay's
    /// ``StateTreeOverlay/changedBuckets`` in the same transaction. A batch without changes takes
    /// its turn like any other.
    ///
    /// - Throws: ``MerkleError/staleOverlay`` unless it is the tree's own next batch.
    package mutating func commit(_ overlay: StateTreeOverlay) throws {
        guard overlay.depth == depth, overlay.newest.generation == generation + 1,
            overlay.parentRoot == root
        else { throw MerkleError.staleOverlay }
        take(overlay.newest.levels, leafCount: overlay.leafCount)
    }

    /// Takes in what another copy of the tree has taken in.
    ///
    /// - Returns: false, and nothing has changed, unless it is the next step of this very state.
    package mutating func follow(_ step: StateTreeStep) -> Bool {
        guard step.depth == depth, step.parentRoot == root else { return false }
        take(step.levels, leafCount: step.leafCount)
        return true
    }

    /// One batch's changed nodes, by level from the root.
    private mutating func take(_ levels: [StateTreeOverlay.ChangedNodes], leafCount: Int) {
        for (level, changed) in levels.enumerated() {
            for (index, node) in zip(changed.indices, changed.nodes) {
                setNode(node, level: level, index: index)
            }
        }
        self.leafCount = leafCount
        generation += 1
    }

    /// Makes the tree one level deeper by splitting every bucket; the root stays.
    ///
    /// Unfinalised overlays go on after ``StateTreeOverlay/deepened()``. Old and new buckets number
    /// differently, so the store keeps the depth in its key or writes to a new table.
    ///
    /// - Parameters:
    ///   - bucket: reads a bucket's bytes; asked once for each that has leaves, ascending.
    ///   - store: is given each new bucket that has leaves, ascending by index.
    /// - Throws: ``MerkleError/depthOutsideLimit(_:)``, ``MerkleError/damagedBucket(_:)``, or what
    ///   the closures throw; the tree is then unchanged.
    package mutating func deepen(
        bucket: (Int) throws -> [UInt8], store: (StateBucket) throws -> Void
    ) throws {
        guard depth < StateTree.maximumDepth else {
            throw MerkleError.depthOutsideLimit(depth + 1)
        }
        // In heap order the new level comes after all others, which keep their places.
        var deeper = self
        deeper.depth += 1
        deeper.hashes.reserveCapacity(4 << depth)
        deeper.hashes.append(contentsOf: repeatElement(StateHash.empty, count: 2 << depth))
        let words = (4 << depth + 63) / 64
        deeper.singles += [UInt64](repeating: 0, count: words - singles.count)
        for index in 0..<1 << depth {
            let parent = node(level: depth, index: index)
            guard !parent.isEmpty else { continue }
            let (left, right) = try StateBucket.split(bucket(index), index: index, depth: depth)
            guard StateNode(left.node, right.node) == parent else {
                throw MerkleError.damagedBucket(index)
            }
            for child in [left, right] where child.count > 0 {
                try store(child)
                deeper.setNode(child.node, level: depth + 1, index: child.index)
            }
        }
        self = deeper
    }

    /// A node of the upper tree, without any overlay.
    func node(level: Int, index: Int) -> StateNode {
        let place = 1 << level + index
        return StateNode(
            hash: hashes[place], isSingle: singles[place >> 6] >> UInt64(place & 63) & 1 == 1)
    }

    private mutating func setNode(_ node: StateNode, level: Int, index: Int) {
        let place = 1 << level + index
        hashes[place] = node.hash
        let mask: UInt64 = 1 << UInt64(place & 63)
        if node.isSingle { singles[place >> 6] |= mask } else { singles[place >> 6] &= ~mask }
    }
}
