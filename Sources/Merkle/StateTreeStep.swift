package import Primitives

/// What one batch changed in a state tree's upper levels, for another copy of the tree that is to
/// follow it. Nothing is hashed in following: the nodes are those that the batch computed.
package struct StateTreeStep: Sendable {
    /// The roots before and after.
    package let parentRoot: Digest
    package let root: Digest
    /// Number of changed nodes: what it takes in memory, 41 bytes each.
    package let nodeCount: Int
    let depth: Int
    let leafCount: Int
    let levels: [StateTreeOverlay.ChangedNodes]

    /// Of the overlay's newest batch.
    package init(_ overlay: StateTreeOverlay) {
        parentRoot = overlay.parentRoot
        root = overlay.root
        depth = overlay.depth
        leafCount = overlay.leafCount
        levels = overlay.newest.levels
        nodeCount = levels.reduce(0) { $0 + $1.indices.count }
    }
}
