import Merkle
import Primitives
import Testing

@Suite("The last tiles of the log")
struct LastTilesTests {
    /// The last tile of each level, empty where it is full.
    static func lastTiles(_ leaves: [Digest]) throws -> [[Digest]] {
        var tiles: [[Digest]] = []
        var frontier = LogFrontier()
        for leaf in leaves {
            try frontier.append(leaf) { level, index, hash in
                guard level.isMultiple(of: LogTile.height) else { return }
                while tiles.count <= level / LogTile.height { tiles.append([]) }
                tiles[level / LogTile.height].append(hash)
                if index % 256 == 255 { tiles[level / LogTile.height] = [] }
            }
        }
        return tiles
    }

    @Test(
        "They give the edge that appending gives",
        arguments: [0, 1, 2, 3, 5, 127, 255, 256, 257, 511, 512, 700, 65_535, 65_536, 65_793])
    func edges(count: Int) throws {
        let leaves = LogProofTests.leaves(count)
        var frontier = LogFrontier()
        try frontier.append(contentsOf: leaves)
        let tiles = try Self.lastTiles(leaves)
        #expect(tiles.map(\.count) == LogFrontier.lastTileWidths(size: UInt64(count)))
        #expect(LogFrontier(size: UInt64(count), lastTiles: tiles) == frontier)
        // One hash changed anywhere is another root.
        for level in tiles.indices {
            for place in [0, tiles[level].count - 1] where !tiles[level].isEmpty {
                var changed = tiles
                changed[level][place] = Digest.sha256([])
                let other = try #require(
                    LogFrontier(size: UInt64(count), lastTiles: changed))
                #expect(other.root != frontier.root)
            }
        }
    }

    @Test("Tiles of another shape than the size asks for are refused")
    func shapes() {
        let hash = Digest.sha256([])
        #expect(LogFrontier(size: 0, lastTiles: []) == LogFrontier())
        #expect(LogFrontier(size: 0, lastTiles: [[]]) == nil)
        #expect(LogFrontier(size: 0, lastTiles: [[hash]]) == nil)
        #expect(LogFrontier(size: 1, lastTiles: []) == nil)
        #expect(LogFrontier(size: 1, lastTiles: [[]]) == nil)
        #expect(LogFrontier(size: 1, lastTiles: [[hash]])?.root == hash)
        #expect(LogFrontier(size: 1, lastTiles: [[hash, hash]]) == nil)
        #expect(LogFrontier(size: 1, lastTiles: [[hash], []]) == nil)
        #expect(LogFrontier(size: 256, lastTiles: [[hash]]) == nil)
        #expect(LogFrontier(size: 256, lastTiles: [[], [hash]])?.root == hash)
        #expect(LogFrontier(size: 256, lastTiles: [[hash], []]) == nil)
        #expect(LogFrontier(size: 1 << 63, lastTiles: []) == nil)
        let widths = LogFrontier.lastTileWidths(size: LogFrontier.maximumSize)
        #expect(widths == [255, 255, 255, 255, 255, 255, 255, 127])
    }
}
