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
        let insert = try direct(.insertEntry)
        for applied in block.transactions {
            insert.bind(1, applied.index.rawValue)
            applied.transaction.id.withBytes { insert.bind(2, $0) }
            insert.bind(3, applied.transaction.id.head)
            insert.bind(4, block.header.height)
            let offset = applied.transaction.readsOffset
            try applied.transaction.bytes.withUnsafeBytes { bytes in
                insert.lend(5, UnsafeRawBufferPointer(rebasing: bytes[..<offset]))
                insert.lend(7, UnsafeRawBufferPointer(rebasing: bytes[offset...]))
                try applied.receiptBytes.withUnsafeBytes { receipt in
                    insert.lend(6, receipt)
                    try insert.run()
                }
            }
        }
        try appendLog(block)
        try writeTransition(block)
        // Before the state itself: totals compare a series with what it was.
        try updateReadModels(block)
        try write(block.changes)
        try write(block.tree.changedBuckets, depth: block.tree.depth)
        follower?.append(block.tree)
    }

    func write(_ changes: [(key: StateKey, value: Data?)]) throws {
        let set = try direct(.setLeaf)
        let remove = try direct(.removeLeaf)
        for (key, value) in changes {
            try key.withBytes { key in
                guard let value else {
                    remove.lend(1, key)
                    return try remove.run()
                }
                set.lend(1, key)
                try value.withUnsafeBytes { value in
                    set.lend(2, value)
                    try set.run()
                }
            }
        }
    }

    func write(_ buckets: [StateBucket], depth: Int) throws {
        let set = try direct(.setBucket)
        let remove = try direct(.removeBucket)
        for bucket in buckets {
            let place = Int64(1 << depth + bucket.index)
            guard !bucket.bytes.isEmpty else {
                remove.bind(1, place)
                try remove.run()
                continue
            }
            set.bind(1, place)
            bucket.root.withBytes { set.bind(2, $0) }
            try bucket.bytes.withUnsafeBytes { bytes in
                set.lend(3, bytes)
                try set.run()
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

    /// Appends the nodes that the block completes to their tiles, and keeps the log's edge.
    private func appendLog(_ block: FinalBlock) throws {
        let size = try frontier().size
        guard size + UInt64(block.transactions.count) == block.frontier.size else {
            throw StoreError.damaged("log edge")
        }
        var tiles: [TileKey: Data] = [:]
        for node in block.logNodes {
            let key = TileKey(
                level: node.tileLevel, index: node.index / UInt64(LogTile.fullWidth))
            if tiles[key] == nil {
                tiles[key] = try storedTile(level: key.level, index: key.index)
            }
            node.hash.withBytes { tiles[key]?.append(contentsOf: $0) }
        }
        for key in tiles.keys.sorted() {
            guard let hashes = tiles[key] else { continue }
            try run(
                "INSERT OR REPLACE INTO log_tile VALUES (?, ?, ?)",
                [key.level, Int64(bitPattern: key.index), hashes])
        }
        try writeFrontier(block.frontier)
    }

    func writeFrontier(_ frontier: LogFrontier) throws {
        var bytes: [UInt8] = []
        bytes.append(bigEndian: frontier.size)
        for hash in frontier.edge { hash.append(to: &bytes) }
        try ChainStore.setMeta("frontier", Data(bytes), in: db)
    }

    /// The hashes of a tile as far as it goes; none where it has not begun.
    func storedTile(level: Int, index: UInt64) throws -> Data {
        let statement = try db.cachedStatement(
            sql: "SELECT hashes FROM log_tile WHERE level = ? AND idx = ?")
        statement.setUncheckedArguments([level, Int64(bitPattern: index)])
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
