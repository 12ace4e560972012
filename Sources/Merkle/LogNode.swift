package import Primitives

/// A complete subtree of the log whose root is one of a tile's hashes: level 0, 8, 16, …
package struct LogNode: Hashable, Sendable {
    /// Level of the tile, the node's own divided by ``LogTile/height``.
    package let tileLevel: Int
    /// Place among the nodes of its level, from the left.
    package let index: UInt64
    package let hash: Digest

    /// Nil for a node between the levels of tiles, which is computed from the hashes below it.
    package init?(level: Int, index: UInt64, hash: Digest) {
        guard level.isMultiple(of: LogTile.height) else { return nil }
        tileLevel = level / LogTile.height
        self.index = index
        self.hash = hash
    }
}
