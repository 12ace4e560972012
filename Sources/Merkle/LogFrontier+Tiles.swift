package import Primitives

/// The edge from the last tiles of the log: what a store needs of the past to go on.
///
/// Later proofs fold hashes of a tile, so the edge alone is too little. With the last tile of each
/// level, as far as it is not full, every node over later entries can be computed: a node that
/// reaches back before them lies in one of these tiles.
extension LogFrontier {
    /// How many hashes the last tile of each level has, from level 0; 0 where it is full.
    package static func lastTileWidths(size: UInt64) -> [Int] {
        var widths: [Int] = []
        for level in 0...LogTile.maximumLevel {
            let hashes = size >> UInt64(level * LogTile.height)
            if hashes == 0 { break }
            widths.append(Int(hashes % UInt64(LogTile.fullWidth)))
        }
        return widths
    }

    /// The edge of a log of `size` entries, folded from these tiles: each of their hashes is in it.
    ///
    /// Nil unless every tile has exactly the hashes of ``lastTileWidths(size:)``. Who has not made
    /// the tiles compares ``root`` with one that is known.
    package init?(size: UInt64, lastTiles: [[Digest]]) {
        guard size <= LogFrontier.maximumSize,
            lastTiles.map(\.count) == LogFrontier.lastTileWidths(size: size)
        else { return nil }
        var edge: [Digest] = []
        for tile in lastTiles.reversed() {
            var rest = tile[...]
            for level in (0..<LogTile.height).reversed() {
                let width = 1 << level
                guard tile.count & width != 0 else { continue }
                edge.append(LogTree.root(of: Array(rest.prefix(width))))
                rest = rest.dropFirst(width)
            }
        }
        self.init(size: size, edge: edge)
    }
}
