package import Foundation
import GRDB
package import Primitives

/// `registry.sqlite`: off-chain profiles by the root that the chain commits to.
///
/// Erasing a profile erases names, values and salts; the root on the chain then tells nothing, and
/// the chain stays valid.
package struct ProfileStore: Sendable {
    private let queue: DatabaseQueue

    /// Opens the file, and creates it where it is missing.
    package init(path: String) throws {
        var configuration = Configuration()
        configuration.prepareDatabase { db in
            // Erased values must not survive in free pages.
            try db.execute(sql: "PRAGMA secure_delete = ON")
            try db.execute(sql: "PRAGMA journal_mode = TRUNCATE")
            try db.execute(sql: "PRAGMA synchronous = FULL")
        }
        queue = try DatabaseQueue(path: path, configuration: configuration)
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1: profiles") { db in
            try db.execute(
                sql: """
                    CREATE TABLE profile (
                        root BLOB PRIMARY KEY, json BLOB NOT NULL) STRICT, WITHOUT ROWID
                    """)
            try db.execute(
                sql: "CREATE TABLE erased (root BLOB PRIMARY KEY) STRICT, WITHOUT ROWID")
        }
        migrator.registerMigration("2: orders to erase") { db in
            // Kept, so that they can be handed on; of older erasures there is none.
            try db.execute(sql: "ALTER TABLE erased ADD COLUMN key BLOB")
            try db.execute(sql: "ALTER TABLE erased ADD COLUMN signature BLOB")
        }
        try migrator.migrate(queue)
    }

    /// Keeps a profile. One that was erased does not come back.
    ///
    /// - Returns: whether it is kept now.
    /// - Throws: ``RegistryError``, as all of these do.
    package func store(_ json: Data, root: Digest) async throws -> Bool {
        try await write { db in
            let key = Data(root.bytes)
            let isErased = try Bool.fetchOne(
                db, sql: "SELECT EXISTS (SELECT 1 FROM erased WHERE root = ?)", arguments: [key])
            guard isErased != true else { return false }
            try db.execute(
                sql: "INSERT OR IGNORE INTO profile VALUES (?, ?)", arguments: [key, json])
            return true
        }
    }

    package func profile(root: Digest) async throws -> Data? {
        try await reading { db in
            try Data.fetchOne(
                db, sql: "SELECT json FROM profile WHERE root = ?",
                arguments: [Data(root.bytes)])
        }
    }

    /// Erases profiles by their owners' orders and remembers these, so that no other member brings
    /// a profile back.
    package func erase(_ orders: [Order]) async throws {
        guard !orders.isEmpty else { return }
        try await write { db in
            for order in orders {
                let root = Data(order.root.bytes)
                try db.execute(sql: "DELETE FROM profile WHERE root = ?", arguments: [root])
                try db.execute(
                    sql: "INSERT OR IGNORE INTO erased (root) VALUES (?)", arguments: [root])
                // The first order stays; a second one says the same.
                try db.execute(
                    sql: "UPDATE erased SET key = ?, signature = ? WHERE root = ? AND key IS NULL",
                    arguments: [Data(order.key.bytes), Data(order.signature.bytes), root])
            }
        }
        // Rebuilding a page leaves copies of its cells that secure_delete does not see.
        try await mapping { try await queue.vacuum() }
    }

    package func close() throws {
        try queue.close()
    }

    func reading<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws -> Value {
        try await mapping { try await queue.read(body) }
    }

    private func write<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws -> Value {
        try await mapping { try await queue.write(body) }
    }

    private func mapping<Value>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let error as DatabaseError {
            throw RegistryError(error)
        }
    }
}
