import Foundation
import GRDB
package import Ledger
import Merkle
package import Primitives
import Wire

extension ChainAccess {
    /// Writes a snapshot of the state after the last block.
    ///
    /// All of it is of one moment: the caller's transaction. No more than a piece is in memory.
    ///
    /// - Returns: its manifest; nil where the last block is final by a descendant's votes, which is
    ///   so for moments only, or where there is no block yet.
    /// - Throws: ``StoreError``, ``Ledger/SnapshotError/tooLarge(_:)``, what writing throws.
    package func writeSnapshot(
        of network: Digest, to file: SnapshotFileWriter
    ) throws -> SnapshotManifest? {
        guard let head = try lastBlock(), head.hasOwnVotes else { return nil }
        var pieces = SnapshotPieces { try file.write(piece: $0) }
        for transition in try transitions() where transition.block.height < head.height {
            try pieces.add(transition)
        }
        try pieces.add(head: head, lastTiles: try lastTiles(size: head.header.logSize))
        let leaves = try Row.fetchCursor(db, sql: "SELECT key, value FROM state ORDER BY key")
        while let row = try leaves.next() {
            try pieces.add(key: row[0], value: row[1])
        }
        try pieces.finish()
        let manifest = try SnapshotManifest(
            network: network, head: head, leafCount: pieces.leafCount,
            pieceHashes: pieces.hashes)
        try file.finish(manifest)
        return manifest
    }

    /// The hashes of each level's last tile, see ``Merkle/LogFrontier/init(size:lastTiles:)``.
    private func lastTiles(size: UInt64) throws -> [[Digest]] {
        try LogFrontier.lastTileWidths(size: size).enumerated().map { level, width in
            guard width > 0 else { return [] }
            let index = size >> UInt64((level + 1) * LogTile.height)
            let bytes = try storedTile(level: level, index: index)
            guard bytes.count == width * Digest.byteCount else {
                throw StoreError.damaged("log tile")
            }
            return bytes.withUnsafeBytes { bytes in
                (0..<width).map { place in
                    Digest(
                        loading: UnsafeRawBufferPointer(
                            rebasing: bytes[(place * Digest.byteCount)...]))
                }
            }
        }
    }

    /// Writes what a snapshot says of its head: where the chain begins, and the log's edge.
    func write(_ head: SnapshotCheck.Head) throws {
        try setBase(head.block)
        try writeFrontier(head.frontier)
        for (level, hashes) in head.lastTiles.enumerated() where !hashes.isEmpty {
            var bytes: [UInt8] = []
            for hash in hashes { hash.append(to: &bytes) }
            let index = head.frontier.size >> UInt64((level + 1) * LogTile.height)
            try run(
                "INSERT INTO log_tile VALUES (?, ?, ?)",
                [level, Int64(bitPattern: index), Data(bytes)])
        }
    }
}
