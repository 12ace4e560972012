import Foundation
import GRDB
package import Ledger
package import Merkle
import Primitives
import Wire

extension ChainAccess {
    /// Writes a final block with everything that follows from it.
    package func write(_ block: FinalBlock) throws {
        let size = UInt64(block.transactions.count)
        try run(
            "INSERT INTO block VALUES (?, ?, ?, ?, ?)",
            [
                Int64(bitPattern: block.header.height), Data(block.hash.bytes), block.headerBytes,
                block.finalization.canonicalBytes,
                Int64(bitPattern: block.header.logSize - size),
            ])
        for applied in block.transactions {
            try run(
                "INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?)",
                [
                    applied.index.sql, Data(applied.transaction.id.bytes),
                    applied.transaction.id.head, Int64(bitPattern: block.header.height),
                    applied.transaction.bytes, Data(applied.receiptBytes),
                ])
        }
        try appendLog(block)
        // Before the state itself, because the lots' old owners are read from it.
        try updateReadModels(block)
        try write(block.changes)
        try write(block.tree.changedBuckets, depth: block.tree.depth)
    }

    func write(_ changes: [(key: StateKey, value: Data?)]) throws {
        for (key, value) in changes {
            if let value {
                try run("INSERT OR REPLACE INTO state VALUES (?, ?)", [Data(key.bytes), value])
            } else {
                try run("DELETE FROM state WHERE key = ?", [Data(key.bytes)])
            }
        }
    }

    func write(_ buckets: [StateBucket], depth: Int) throws {
        for bucket in buckets {
            let place = 1 << depth + bucket.index
            if bucket.bytes.isEmpty {
                try run("DELETE FROM bucket WHERE place = ?", [place])
            } else {
                try run(
                    "INSERT OR REPLACE INTO bucket VALUES (?, ?, ?)",
                    [place, Data(bucket.root.bytes), Data(bucket.bytes)])
            }
        }
    }

    /// Stores a bucket of a tree that is being made one level deeper.
    package func storeDeepened(_ bucket: StateBucket, depth: Int) throws {
        try write([bucket], depth: depth)
    }

    /// Ends the deepening: the old buckets go, the new depth holds.
    package func finishDeepening(to depth: Int) throws {
        try run("DELETE FROM bucket WHERE place < ?", [1 << depth])
        try ChainStore.setMeta("depth", Data([UInt8(depth)]), in: db)
    }

    /// Runs a statement that returns no rows.
    func run(_ sql: String, _ arguments: StatementArguments) throws {
        let statement = try db.cachedStatement(sql: sql)
        statement.setUncheckedArguments(arguments)
        try statement.execute()
    }

    // MARK: The log

    /// Appends the block's leaves to the tiles; the block's edge was computed already.
    private func appendLog(_ block: FinalBlock) throws {
        var tiles: [TileKey: Data] = [:]
        var frontier = try frontier()
        for applied in block.transactions {
            try frontier.append(LogHash.leaf(applied.logEntry)) { level, index, hash in
                guard level.isMultiple(of: 8) else { return }
                let key = TileKey(level: level / 8, index: index / 256)
                var hashes = try tiles[key] ?? storedTile(key)
                hashes.append(contentsOf: hash.bytes)
                tiles[key] = hashes
            }
        }
        guard frontier == block.frontier else { throw StoreError.damaged("log edge") }
        for key in tiles.keys.sorted() {
            guard let hashes = tiles[key] else { continue }
            try run(
                "INSERT OR REPLACE INTO log_tile VALUES (?, ?, ?)",
                [key.level, Int64(bitPattern: key.index), hashes])
        }
        var bytes: [UInt8] = []
        bytes.append(bigEndian: frontier.size)
        for hash in frontier.edge { hash.append(to: &bytes) }
        try ChainStore.setMeta("frontier", Data(bytes), in: db)
    }

    private func storedTile(_ key: TileKey) throws -> Data {
        let statement = try db.cachedStatement(
            sql: "SELECT hashes FROM log_tile WHERE level = ? AND idx = ?")
        statement.setUncheckedArguments([key.level, Int64(bitPattern: key.index)])
        return try Data.fetchOne(statement) ?? Data()
    }

    private struct TileKey: Hashable, Comparable {
        let level: Int
        let index: UInt64

        static func < (left: TileKey, right: TileKey) -> Bool {
            (left.level, left.index) < (right.level, right.index)
        }
    }
}

extension Digest {
    /// The first 8 bytes as an integer, for an index.
    var head: Int64 { Int64(bitPattern: word0) }
}
