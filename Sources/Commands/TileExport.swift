import Foundation
import Merkle
import Primitives

/// Copies a log's tiles of hashes from the top down, so that none is written which the signed root
/// does not bind: the last tiles fold to the root, and each full one has its hash in the tile
/// above.
struct TileExport: LogNodeReader, Sendable {
    let client: NodeClient
    let directory: ExportDirectory
    /// The log's size and root, as they were signed.
    let size: UInt64
    let root: Digest

    /// Copies the last tile of each level as far as it is not full.
    ///
    /// - Throws: ``CommandFailure/failed(_:)`` where they are not of the log.
    func copyEdge() async throws {
        var copied: [(path: String, bytes: [UInt8])] = []
        var tiles: [[Digest]] = []
        for (level, width) in LogFrontier.lastTileWidths(size: size).enumerated() {
            var bytes: [UInt8] = []
            let place = size >> UInt64((level + 1) * LogTile.height)
            if width > 0, let tile = LogTile(level: level, index: place, width: width) {
                bytes = try await client.awaited("/log/" + tile.path).bytes
                copied.append((tile.path, bytes))
            }
            tiles.append(TileExport.digests(bytes))
        }
        guard LogFrontier(size: size, lastTiles: tiles)?.root == root,
            copied.allSatisfy({ $0.bytes.count.isMultiple(of: Digest.byteCount) })
        else { throw CommandFailure.failed("the node's tiles are not of the log that was signed") }
        for (path, bytes) in copied
        where try directory.bytes("/log/" + path, limit: TileExport.byteLimit) != bytes {
            try directory.write(bytes, to: "/log/" + path)
        }
    }

    /// Copies the tiles with the nodes from which a smaller log's root is made.
    ///
    /// - Throws: ``CommandFailure/failed(_:)`` where the log does not go on from that one.
    func check(_ older: UInt64, _ olderRoot: Digest) async throws {
        for level in (0..<LogTile.maximumLevel).reversed() {
            let place = older >> UInt64((level + 1) * LogTile.height)
            if let tile = LogTile(level: level, index: place, size: size), !tile.isPartial {
                _ = try await copy(tile)
            }
        }
        guard try root(size: older) == olderRoot else {
            throw CommandFailure.failed(
                "the node's log does not go on from the one that was exported before")
        }
    }

    /// Copies the full tiles above the leaf hashes that a log of `older` entries had not.
    func copyUpper(from older: UInt64) async throws {
        let tiles = LogTile.tiles(from: older, to: size)
        for tile in tiles.reversed() where tile.level > 0 && !tile.isPartial {
            _ = try await copy(tile)
        }
    }

    /// A tile below ones that were copied, or a part of the edge.
    func copy(_ tile: LogTile) async throws -> [Digest] {
        guard !tile.isPartial else { return try hashes(of: tile) }
        let above = try hashes(
            of: LogTile(level: tile.level + 1, index: tile.index >> 8, size: size))
        let place = Int(tile.index & 255)
        guard above.indices.contains(place) else { throw TileExport.wrong(tile.path) }
        func isRight(_ hashes: [Digest]) -> Bool {
            hashes.count == LogTile.fullWidth && LogTree.root(of: hashes) == above[place]
        }
        if let known = try? hashes(of: tile), isRight(known) { return known }
        let answer = try await client.awaited("/log/" + tile.path)
        let found = TileExport.digests(answer.bytes)
        guard isRight(found), answer.bytes.count == TileExport.byteLimit else {
            throw TileExport.wrong(tile.path)
        }
        try directory.write(answer.bytes, to: "/log/" + tile.path)
        return found
    }

    // MARK: As the directory has them

    private static let byteLimit = LogTile.fullWidth * Digest.byteCount

    func node(level: Int, index: UInt64) throws -> Digest {
        guard let place = LogTile.holding(level: level, index: index, size: size) else {
            throw MerkleError.outsideLog
        }
        return LogTree.root(of: Array(try hashes(of: place.tile)[place.hashes]))
    }

    private func hashes(of tile: LogTile?) throws -> [Digest] {
        guard let tile,
            let bytes = try directory.bytes("/log/" + tile.path, limit: TileExport.byteLimit),
            bytes.count == tile.width * Digest.byteCount
        else { throw TileExport.wrong(tile?.path ?? "a tile") }
        return TileExport.digests(bytes)
    }

    private static func digests(_ bytes: [UInt8]) -> [Digest] {
        stride(from: 0, to: bytes.count, by: Digest.byteCount).compactMap {
            Digest(bytes: bytes[$0..<min($0 + Digest.byteCount, bytes.count)])
        }
    }

    static func wrong(_ name: String) -> CommandFailure {
        .failed("\(name) is not what belongs into the log")
    }
}
