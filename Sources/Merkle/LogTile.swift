/// A tile of the log: up to 256 consecutive hashes of one height, the unit in which a log is served
/// and mirrored (C2SP tlog-tiles).
///
/// Hash `i` of tile `index` on level `L` is the root over entries
/// `(index * 256 + i) * 256^L ..< (index * 256 + i + 1) * 256^L`.
package struct LogTile: Hashable, Sendable {
    /// Hashes in a full tile, and entries in a full bundle.
    package static let fullWidth = 256
    /// Levels in a tile: `log2(fullWidth)`.
    package static let height = 8
    /// The highest level with a hash in a log of ``LogFrontier/maximumSize`` entries. The
    /// specification counts to 63; a tile above 7 would need more entries than can be counted.
    package static let maximumLevel = 7

    /// Height of the hashes in units of 8, 0 being the leaf hashes.
    package let level: Int
    /// Place among the tiles of its level, from the left.
    package let index: UInt64
    /// Number of hashes, `1...256`; below 256 the tile is partial.
    package let width: Int

    /// Nil for a tile that no log can have.
    package init?(level: Int, index: UInt64, width: Int) {
        guard (0...LogTile.maximumLevel).contains(level), (1...LogTile.fullWidth).contains(width),
            index <= LogTile.hashCount(level: level, size: LogFrontier.maximumSize) >> 8
        else { return nil }
        self.level = level
        self.index = index
        self.width = width
    }

    /// The tile at a place in a log of `size` entries, full or partial; nil when it has no hash
    /// yet.
    package init?(level: Int, index: UInt64, size: UInt64) {
        guard (0...LogTile.maximumLevel).contains(level), size <= LogFrontier.maximumSize
        else { return nil }
        let hashes = LogTile.hashCount(level: level, size: size)
        guard index <= hashes >> 8 else { return nil }
        let width = index < hashes >> 8 ? LogTile.fullWidth : Int(hashes & 255)
        self.init(level: level, index: index, width: width)
    }

    /// The tile that holds a complete node of a log of `size` entries, and which of its hashes lie
    /// under the node: one for a level that is a multiple of 8, up to 128 to be folded for others.
    package static func holding(
        level: Int, index: UInt64, size: UInt64
    ) -> (tile: LogTile, hashes: Range<Int>)? {
        guard (0..<63).contains(level), size <= LogFrontier.maximumSize,
            index < size >> UInt64(level)
        else { return nil }
        let rise = UInt64(level % height)
        let first = index << rise
        guard let tile = LogTile(level: level / height, index: first >> 8, size: size)
        else { return nil }
        let start = Int(first & 255)
        return (tile, start..<start + 1 << Int(rise))
    }

    /// The tiles that a log of `newer` entries has and one of `older` had not, or had narrower;
    /// by level, then from the left.
    package static func tiles(from older: UInt64, to newer: UInt64) -> [LogTile] {
        guard older < newer, newer <= LogFrontier.maximumSize else { return [] }
        var result: [LogTile] = []
        for level in 0...maximumLevel {
            let before = hashCount(level: level, size: older)
            let after = hashCount(level: level, size: newer)
            guard before < after else { break }
            for index in (before >> 8)...((after - 1) >> 8) {
                if let tile = LogTile(level: level, index: index, size: newer) {
                    result.append(tile)
                }
            }
        }
        return result
    }

    /// Number of hashes on a tile level of a log of `size` entries.
    private static func hashCount(level: Int, size: UInt64) -> UInt64 {
        size >> UInt64(level * height)
    }
}
