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
    /// - Throws: ``StoreError``.
    package func differences(from path: String) throws -> [String] {
        try attached(path) { db in
            let depths = try ["main", "other"].map { schema in
                try Data.fetchOne(db, sql: "SELECT value FROM \(schema).meta WHERE name = 'depth'")
            }
            return try ChainSchema.derived.filter { table in
                // Trees of two depths keep the same leaves in other buckets; the roots tell.
                if table == "bucket", depths[0] != depths[1] { return false }
                let columns = try db.columns(in: table).map { "\"\($0.name)\"" }
                    .joined(separator: ", ")
                for (left, right) in [("main", "other"), ("other", "main")] {
                    let extra = try Bool.fetchOne(
                        db,
                        sql: """
                            SELECT EXISTS (SELECT \(columns) FROM \(left)."\(table)"
                            EXCEPT SELECT \(columns) FROM \(right)."\(table)")
                            """)
                    if extra == true { return true }
                }
                return false
            }
        }
    }

    /// Replaces the read models by those of another file of the same chain, all or none.
    ///
    /// - Throws: ``StoreError``.
    package func replaceReadModels(from path: String) throws {
        try attached(path) { db in
            try db.inTransaction {
                for table in ChainSchema.readModels {
                    try db.execute(sql: "DELETE FROM main.\"\(table)\"")
                    try db.execute(
                        sql: "INSERT INTO main.\"\(table)\" SELECT * FROM other.\"\(table)\"")
                }
                return .commit
            }
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
