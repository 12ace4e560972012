package import Foundation
import GRDB
package import Primitives

/// `safety.sqlite`: what an authority has signed, and what it signed it on.
///
/// A second vote of one slot is a violated constraint, not an `if` (D2). The file is never restored
/// from a backup, and one process holds it at a time. A sendable handle; callers see no SQL.
package struct SafetyStore: Sendable {
    private let queue: DatabaseQueue

    /// A place in the agreement; its numbers are opaque here.
    package struct Place: Hashable, Sendable {
        package let epoch: UInt64
        package let view: UInt64

        package init(epoch: UInt64, view: UInt64) {
            self.epoch = epoch
            self.view = view
        }
    }

    /// One row, as it is kept and given back.
    package enum Row: Hashable, Sendable {
        /// An own vote; slot 1 is notarize, slot 2 nullify or finalize.
        case vote(Place, slot: UInt8, bytes: Data)
        case certificate(Place, kind: UInt8, bytes: Data)
        /// A block that a kept vote names.
        case block(Place, hash: Digest, bytes: Data)
    }

    /// What is known about the rows.
    package enum Memory: Hashable, Sendable {
        /// All that was ever signed with the key.
        case complete
        /// All that was signed above a place; below it something was lost once.
        case completeAbove(Place)
        /// Something may be missing, and nothing may be signed yet.
        case lost
    }

    /// Opens the votes of a key in a network.
    ///
    /// - Parameters:
    ///   - creating: the state of the memory that a new file begins with; nil where the file must
    ///     exist.
    ///   - durable: false only in tests that never lose power.
    /// - Throws: ``StoreError``.
    package init(
        path: String, network: Digest, key: PublicKey, creating: Memory?, durable: Bool = true
    ) throws {
        let exists = FileManager.default.fileExists(atPath: path)
        guard creating != nil || exists else { throw StoreError.missing(path) }
        guard creating == nil || !exists else { throw StoreError.exists(path) }
        do {
            queue = try DatabaseQueue(
                path: path, configuration: SafetyStore.configuration(durable: durable))
            try SafetyStore.migrator.migrate(queue)
            try queue.write { db in
                let level = try Int.fetchOne(db, sql: "PRAGMA synchronous")
                guard level == (durable ? 2 : 0) else {
                    throw StoreError.damaged("the level of durability cannot be set")
                }
                if let creating {
                    try SafetyStore.set("network", Data(network.bytes), in: db)
                    try SafetyStore.set("key", Data(key.bytes), in: db)
                    try SafetyStore.set(creating, in: db)
                }
                guard try SafetyStore.get("network", in: db) == Data(network.bytes) else {
                    throw StoreError.otherNetwork
                }
                guard try SafetyStore.get("key", in: db) == Data(key.bytes) else {
                    throw StoreError.damaged("the votes in \(path) are another key's")
                }
            }
        } catch let error as DatabaseError {
            throw StoreError(error)
        }
    }

    private static func configuration(durable: Bool) -> Configuration {
        var configuration = Configuration()
        configuration.prepareDatabase { db in
            // Held from the first access to the end: a second process finds it locked.
            try db.execute(sql: "PRAGMA locking_mode = EXCLUSIVE")
            try db.execute(sql: "PRAGMA journal_mode = WAL")
            try db.execute(sql: "PRAGMA synchronous = \(durable ? "FULL" : "OFF")")
            try db.execute(sql: "PRAGMA temp_store = MEMORY")
        }
        return configuration
    }

    private static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1: votes, certificates, blocks") { db in
            try db.execute(
                sql: """
                    CREATE TABLE meta (
                        name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;
                    CREATE TABLE vote (
                        epoch INTEGER NOT NULL, view INTEGER NOT NULL, slot INTEGER NOT NULL,
                        bytes BLOB NOT NULL, PRIMARY KEY (epoch, view, slot))
                        STRICT, WITHOUT ROWID;
                    CREATE TABLE certificate (
                        epoch INTEGER NOT NULL, view INTEGER NOT NULL, kind INTEGER NOT NULL,
                        bytes BLOB NOT NULL, PRIMARY KEY (epoch, view, kind))
                        STRICT, WITHOUT ROWID;
                    CREATE TABLE block (
                        hash BLOB PRIMARY KEY, epoch INTEGER NOT NULL, view INTEGER NOT NULL,
                        bytes BLOB NOT NULL) STRICT;
                    """)
        }
        return migrator
    }

    package func close() throws { try queue.close() }

    // MARK: Rows

    /// Keeps rows, all or none, and returns once they are durable (D1).
    ///
    /// - Parameter place: what is at or below it goes with the same sync, but for the newest
    ///   certificate: it shows how far the rows once reached (D5).
    /// - Throws: ``StoreError``; a second vote of a slot is one whose disposition is `stop`.
    package func persist(_ rows: [Row], forgettingThrough place: Place? = nil) throws {
        try write { db in
            for row in rows {
                switch row {
                case .vote(let place, let slot, let bytes):
                    try SafetyStore.run(
                        "INSERT INTO vote VALUES (?, ?, ?, ?)",
                        [place.sqlEpoch, place.sqlView, Int64(slot), bytes], in: db)
                case .certificate(let place, let kind, let bytes):
                    try SafetyStore.run(
                        "INSERT OR IGNORE INTO certificate VALUES (?, ?, ?, ?)",
                        [place.sqlEpoch, place.sqlView, Int64(kind), bytes], in: db)
                case .block(let place, let hash, let bytes):
                    try SafetyStore.run(
                        "INSERT OR IGNORE INTO block VALUES (?, ?, ?, ?)",
                        [Data(hash.bytes), place.sqlEpoch, place.sqlView, bytes], in: db)
                }
            }
            if let place { try SafetyStore.forget(through: place, in: db) }
        }
    }

    private static func forget(through place: Place, in db: Database) throws {
        for table in ["vote", "block"] {
            try run(
                "DELETE FROM \(table) WHERE (epoch, view) <= (?, ?)",
                [place.sqlEpoch, place.sqlView], in: db)
        }
        try run(
            """
            DELETE FROM certificate WHERE (epoch, view) <= (?1, ?2) AND (epoch, view) <
            (SELECT epoch, view FROM certificate ORDER BY epoch DESC, view DESC LIMIT 1)
            """, [place.sqlEpoch, place.sqlView], in: db)
    }

    /// All rows, in no order that means anything.
    package func rows() throws -> [Row] {
        try read { db in
            var rows: [Row] = []
            for row in try GRDB.Row.fetchAll(db, sql: "SELECT * FROM vote") {
                rows.append(
                    .vote(Place(row[0], row[1]), slot: try SafetyStore.small(row[2]), bytes: row[3])
                )
            }
            for row in try GRDB.Row.fetchAll(db, sql: "SELECT * FROM certificate") {
                rows.append(
                    .certificate(
                        Place(row[0], row[1]), kind: try SafetyStore.small(row[2]), bytes: row[3]))
            }
            for row in try GRDB.Row.fetchAll(db, sql: "SELECT * FROM block") {
                let bytes: Data = row[0]
                guard let hash = Digest(bytes: bytes) else { throw StoreError.damaged("block") }
                rows.append(.block(Place(row[1], row[2]), hash: hash, bytes: row[3]))
            }
            return rows
        }
    }

    private static func small(_ value: Int64) throws -> UInt8 {
        guard let small = UInt8(exactly: value) else { throw StoreError.damaged("vote") }
        return small
    }

    // MARK: Memory

    package func memory() throws -> Memory {
        try read { db in
            guard let bytes = try SafetyStore.get("memory", in: db) else {
                throw StoreError.damaged("no memory")
            }
            switch (bytes.first, bytes.count) {
            case (0, 1): return .complete
            case (1, 1): return .lost
            case (2, 17):
                let numbers = [UInt8](bytes.dropFirst())
                func number(_ part: ArraySlice<UInt8>) -> UInt64 {
                    part.reduce(0) { $0 << 8 | UInt64($1) }
                }
                return .completeAbove(
                    Place(epoch: number(numbers[..<8]), view: number(numbers[8...])))
            default: throw StoreError.damaged("memory")
            }
        }
    }

    package func setMemory(_ memory: Memory) throws {
        try write { try SafetyStore.set(memory, in: $0) }
    }

    private static func set(_ memory: Memory, in db: Database) throws {
        var bytes: [UInt8]
        switch memory {
        case .complete: bytes = [0]
        case .lost: bytes = [1]
        case .completeAbove(let place):
            bytes = [2]
            bytes.append(bigEndian: place.epoch)
            bytes.append(bigEndian: place.view)
        }
        try set("memory", Data(bytes), in: db)
    }

    // MARK: SQL

    private static func get(_ name: String, in db: Database) throws -> Data? {
        try Data.fetchOne(db, sql: "SELECT value FROM meta WHERE name = ?", arguments: [name])
    }

    private static func set(_ name: String, _ value: Data, in db: Database) throws {
        try run("INSERT OR REPLACE INTO meta VALUES (?, ?)", [name, value], in: db)
    }

    private static func run(
        _ sql: String, _ arguments: StatementArguments, in db: Database
    ) throws {
        let statement = try db.cachedStatement(sql: sql)
        statement.setUncheckedArguments(arguments)
        try statement.execute()
    }

    private func write(_ body: (Database) throws -> Void) throws {
        do {
            try queue.write(body)
        } catch let error as DatabaseError {
            throw StoreError(error)
        }
    }

    private func read<Result>(_ body: (Database) throws -> Result) throws -> Result {
        do {
            return try queue.read(body)
        } catch let error as DatabaseError {
            throw StoreError(error)
        }
    }
}

extension SafetyStore.Place {
    fileprivate init(_ epoch: Int64, _ view: Int64) {
        self.init(epoch: unsigned(epoch), view: unsigned(view))
    }

    /// Epochs and views that a network can reach are far below 2⁶³, so that rows are ordered.
    fileprivate var sqlEpoch: Int64 { Int64(clamping: epoch) }
    fileprivate var sqlView: Int64 { Int64(clamping: view) }
}
