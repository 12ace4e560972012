import Merkle
import Primitives
import Testing

@Suite("Tiles of the log")
struct LogTileTests {
    @Test(
        "Paths are those of C2SP tlog-tiles and read back",
        arguments: [
            (0, 0, 256, "tile/0/000"), (0, 0, 1, "tile/0/000.p/1"),
            (0, 273, 112, "tile/0/273.p/112"), (1, 999, 256, "tile/1/999"),
            (0, 1000, 256, "tile/0/x001/000"), (0, 1_234_067, 256, "tile/0/x001/x234/067"),
            (2, 1_234_067, 255, "tile/2/x001/x234/067.p/255"),
            (0, 1_000_000_007, 256, "tile/0/x001/x000/x000/007"),
        ] as [(Int, UInt64, Int, String)])
    func paths(level: Int, index: UInt64, width: Int, path: String) throws {
        let tile = try #require(LogTile(level: level, index: index, width: width))
        #expect(tile.path == path)
        #expect(LogTile(path: path) == tile)
        guard level == 0 else {
            #expect(tile.entriesPath == nil)
            return
        }
        let entriesPath = "tile/entries/" + path.dropFirst("tile/0/".count)
        #expect(tile.entriesPath == entriesPath)
        #expect(LogTile(entriesPath: entriesPath) == tile)
        #expect(LogTile(path: entriesPath) == nil && LogTile(entriesPath: path) == nil)
    }

    @Test(
        "Any other spelling and any impossible tile is refused",
        arguments: [
            "", "/", "tile", "tile/", "tile/0", "tile/0/", "/tile/0/000", "tile/0/000/",
            "tile//000", "Tile/0/000", "tile/00/000", "tile/+0/000", "tile/-1/000", "tile/8/000",
            "tile/64/000", "tile/0/0", "tile/0/00", "tile/0/0000", "tile/0/x00", "tile/0/x000",
            "tile/0/x000/000", "tile/0/001/000", "tile/0/x001/x000", "tile/0/xx001/000",
            "tile/0/X001/000", "tile/0/+01", "tile/0/-01", "tile/0/0x1", "tile/0/000.p",
            "tile/0/000.p/", "tile/0/000.p/0", "tile/0/000.p/01", "tile/0/000.p/+1",
            "tile/0/000.p/256", "tile/0/000.p/257", "tile/0/000.p/-1", "tile/0/000.p/1/",
            "tile/0/000.P/1", "tile/0/.p/1", "tile/0/000.p/1.p/1", "tile/0/٠٠٠", "tile/0/000 ",
            "tile/0/x999/x999/x999/x999/x999/x999/999", "tile/7/001", "tile/7/000.p/128/000",
            "tile/0/x018/x446/x744/x073/x709/x551/616",
            "tile/0/x001/x001/x001/x001/x001/x001/x001/001",
        ])
    func badPaths(path: String) {
        #expect(LogTile(path: path) == nil)
        #expect(LogTile(entriesPath: path) == nil)
    }

    @Test("A log of 70 000 entries has the tiles that the specification counts")
    func specificationExample() {
        let tiles = LogTile.tiles(from: 0, to: 70_000)
        func widths(_ level: Int) -> [Int] { tiles.filter { $0.level == level }.map(\.width) }
        #expect(widths(0) == [Int](repeating: 256, count: 273) + [112])
        #expect(widths(1) == [256, 17])
        #expect(widths(2) == [1])
        #expect(tiles.count == 277)
        #expect(LogTile.tiles(from: 0, to: 256).map(\.path) == ["tile/0/000", "tile/1/000.p/1"])
        #expect(
            LogTile.tiles(from: 255, to: 257).map(\.path)
                == ["tile/0/000", "tile/0/001.p/1", "tile/1/000.p/1"])
        #expect(LogTile.tiles(from: 7, to: 7).isEmpty)
        #expect(LogTile.tiles(from: 0, to: .max).isEmpty)
    }

    @Test("The hashes that a tile holds fold to the node")
    func holding() throws {
        let leaves = LogProofTests.leaves(66_000)
        let nodes = try ReportedNodes(leaves)
        let size = UInt64(leaves.count)
        var random = SplitMix(seed: 256)
        for level in 0..<17 {
            let count = size >> UInt64(level)
            for index in [0, count - 1, UInt64.random(in: 0..<count, using: &random)] {
                let place = try #require(LogTile.holding(level: level, index: index, size: size))
                let first = place.tile.index << 8
                #expect(place.hashes.upperBound <= place.tile.width)
                let hashes = try place.hashes.map {
                    try nodes.node(level: place.tile.level * 8, index: first + UInt64($0))
                }
                let node = try nodes.node(level: level, index: index)
                #expect(LogTree.root(of: hashes) == node)
            }
            #expect(LogTile.holding(level: level, index: count, size: size) == nil)
        }
        #expect(LogTile.holding(level: -1, index: 0, size: size) == nil)
        #expect(LogTile.holding(level: 63, index: 0, size: LogFrontier.maximumSize) == nil)
        #expect(LogTile.holding(level: 0, index: 0, size: .max) == nil)
    }

    @Test("Tiles that cannot exist cannot be made")
    func impossible() {
        #expect(LogTile(level: 0, index: 0, width: 0) == nil)
        #expect(LogTile(level: 0, index: 0, width: 257) == nil)
        #expect(LogTile(level: -1, index: 0, width: 1) == nil)
        #expect(LogTile(level: 8, index: 0, width: 1) == nil)
        #expect(LogTile(level: 0, index: .max, width: 1) == nil)
        #expect(LogTile(level: 0, index: 1, size: 256) == nil)
        #expect(LogTile(level: 0, index: 1, size: 257)?.width == 1)
        #expect(LogTile(level: 0, index: 0, size: 257)?.width == 256)
        #expect(LogTile(level: 0, index: 2, size: 257) == nil)
    }
}
