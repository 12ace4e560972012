import Primitives

/// A tree with the layers of an overlay on top: where updates and proofs read.
struct StateTreeView {
    let tree: StateTree
    /// Layers that the tree has not taken in yet, oldest first.
    let layers: ArraySlice<StateTreeOverlay.Layer>
    /// Reads the bytes of a stored bucket.
    private let stored: (Int) throws -> [UInt8]

    /// - Throws: ``MerkleError/staleOverlay`` when the overlay does not stand on the tree's state.
    init(
        _ tree: StateTree, _ overlay: StateTreeOverlay?, stored: @escaping (Int) throws -> [UInt8]
    ) throws {
        self.tree = tree
        self.stored = stored
        guard let overlay else {
            layers = []
            return
        }
        // Layers of generations that the tree has reached are in it, if they are of its history:
        // equal roots are equal states, so one comparison of roots tells.
        let pending = overlay.layers.drop { $0.generation <= tree.generation }
        guard overlay.depth == tree.depth,
            (pending.first?.parentRoot ?? overlay.root) == tree.root,
            (pending.first?.generation ?? tree.generation + 1) == tree.generation + 1
        else { throw MerkleError.staleOverlay }
        layers = pending
    }

    var root: Digest { layers.last?.root ?? tree.root }

    var generation: Int { layers.last?.generation ?? tree.generation }

    var leafCount: Int { layers.last?.leafCount ?? tree.leafCount }

    /// A node of the upper tree.
    func node(level: Int, index: Int) -> StateNode {
        for layer in layers.reversed() {
            if let node = layer.levels[level].node(at: index) { return node }
        }
        return tree.node(level: level, index: index)
    }

    /// The bytes of a bucket; the store is asked only for a bucket that has leaves there.
    func bucket(_ index: Int) throws -> [UInt8] {
        for layer in layers.reversed() {
            if let bucket = layer.bucket(at: index) { return bucket.bytes }
        }
        let node = tree.node(level: tree.depth, index: index)
        if node.isEmpty { return [] }
        let bytes = try stored(index)
        let entries = try StateEntries(bytes, index: index, depth: tree.depth)
        guard entries.count > 0, (entries.count == 1) == node.isSingle else {
            throw MerkleError.damagedBucket(index)
        }
        return bytes
    }
}
