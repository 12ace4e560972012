import Foundation
import GRDB

extension ChainStore {
    /// Copies the chain as it is now into a new file.
    ///
    /// - Throws: ``StoreError``.
    package func copy(to path: String) throws {
        do {
            try pool.backup(to: DatabaseQueue(path: path))
        } catch let error as DatabaseError {
            throw StoreError(error)
        }
    }

    /// Names of the tables that are not equal, row by row, to those of another file of the same
    /// chain. Buckets are compared where both trees have one depth.
    ///
    /// Two cursors walk side by side in the order of the keys, so that no more than a row of each
    /// is in memory, however long the chain is.
    ///
    /// - Throws: ``StoreError``.
    package func differences(from path: String) throws -> [String] {
        try attached(path) { try ChainStore.differences(in: $0) }
    }

    /// Puts another file's read models in place, all or none, where nothing else differs.
    ///
    /// Chain, log and state are never touched: where those differ, one of the two files is wrong,
    /// and which one is not for a tool to say.
    ///
    /// - Returns: the tables that differed, and those that still do.
    /// - Throws: ``StoreError``.
    package func rebuildReadModels(
        from path: String
    ) throws -> (before: [String], after: [String]) {
        try attached(path) { db in
            let before = try ChainStore.differences(in: db)
            guard !before.isEmpty, before.allSatisfy({ ChainSchema.readModels.contains($0) })
            else { return (before, before) }
            try db.inTransaction {
                for table in ChainSchema.readModels {
                    try db.execute(sql: "DELETE FROM main.\"\(table)\"")
                    try db.execute(
                        sql: "INSERT INTO main.\"\(table)\" SELECT * FROM other.\"\(table)\"")
                }
                return .commit
            }
            return (before, try ChainStore.differences(in: db))
        }
    }

    private static func differences(in db: Database) throws -> [String] {
        let depths = try ["main", "other"].map { schema in
            try Data.fetchOne(db, sql: "SELECT value FROM \(schema).meta WHERE name = 'depth'")
        }
        return try ChainSchema.derived.filter { table in
            // Trees of two depths keep the same leaves in other buckets; the roots tell.
            if table == "bucket", depths[0] != depths[1] { return false }
            return try !isEqual(table, in: db)
        }
    }

    private static func isEqual(_ table: String, in db: Database) throws -> Bool {
        let columns = try db.columns(in: table).map { "\"\($0.name)\"" }.joined(separator: ", ")
        // The primary key's own order: nothing is sorted.
        let key = try db.primaryKey(table).columns.map { "\"\($0)\"" }.joined(separator: ", ")
        let cursors = try ["main", "other"].map { schema in
            try Row.fetchCursor(
                db,
                sql: "SELECT \(columns) FROM \(schema).\"\(table)\" ORDER BY \(key)")
        }
        while true {
            let left = try cursors[0].next()
            let right = try cursors[1].next()
            guard let left, let right else { return left == nil && right == nil }
            guard left == right else { return false }
        }
    }

    private func attached<Result>(
        _ path: String, _ body: (Database) throws -> Result
    ) throws -> Result {
        // Attaching would make an empty file.
        guard FileManager.default.fileExists(atPath: path) else { throw StoreError.missing(path) }
        do {
            return try pool.writeWithoutTransaction { db in
                try db.execute(sql: "ATTACH DATABASE ? AS other", arguments: [path])
                defer { try? db.execute(sql: "DETACH DATABASE other") }
                return try body(db)
            }
        } catch let error as DatabaseError {
            throw StoreError(error)
        }
    }
}
