import Foundation
import GRDB
package import Ledger
package import Merkle
import Primitives
import Wire

/// `chain.sqlite`: blocks, log, state and read models, one transaction for each height.
///
/// A sendable handle with named operations; callers see no SQL.
package struct ChainStore: Sendable {
    let pool: DatabasePool
    /// The block of a snapshot after which this file's chain begins; nil where it has all blocks.
    package let base: FinalHeader?
    /// Whether commits wait for the disk.
    let isDurable: Bool
    /// From which proofs are made.
    package let proofTree = ProofTree()

    /// Opens the chain of a network.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - genesis: the network's founding document.
    ///   - creating: whether the file must not exist yet and is founded here, or must exist.
    ///   - durable: false only for copies that can be made again.
    /// - Throws: ``StoreError``.
    package init(
        path: String, genesis: GenesisDocument, creating: Bool, durable: Bool = true
    ) throws {
        let exists = FileManager.default.fileExists(atPath: path)
        isDurable = durable
        guard creating || exists else { throw StoreError.missing(path) }
        guard !creating || !exists else { throw StoreError.exists(path) }
        do {
            if creating { try ChainStore.create(path, genesis) }
            guard try ChainStore.isFounded(path) else {
                throw StoreError.damaged("founding was cut short")
            }
            pool = try DatabasePool(path: path, configuration: ChainStore.configuration())
            try ChainStore.setDurability(durable ? .full : .off, of: pool)
            try ChainSchema.migrator.migrate(pool)
            let network = try pool.read { db in try ChainStore.meta("network", in: db) }
            guard network == Data(genesis.hash.bytes) else { throw StoreError.otherNetwork }
            base = try pool.read { db in try ChainAccess(db).base() }
        } catch let error as DatabaseError {
            throw StoreError(error)
        }
    }

    /// Page caches, KiB for each connection.
    private static let writerCacheKiB = 65_536
    private static let readerCacheKiB = 8_192

    /// SQLite's levels: what a commit waits for.
    enum Durability: Int {
        /// Nothing, ever.
        case off = 0
        /// Nothing; the file is whole after a crash, without the last commits.
        case normal = 1
        /// That it is on the disk.
        case full = 2
    }

    /// Set on the one connection that writes, after the pool was made: making it sets `normal`.
    static func setDurability(_ level: Durability, of pool: DatabasePool) throws {
        try pool.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA synchronous = \(level.rawValue)")
            guard try Int.fetchOne(db, sql: "PRAGMA synchronous") == level.rawValue else {
                throw StoreError.damaged("the level of durability cannot be set")
            }
        }
    }

    /// A commit that finds this many pages in the write-ahead log, 128 MB, moves them into the
    /// file. Pages of the state tree change in nearly every block, so a long log spares most of the
    /// moves; a batch of blocks adds half as many at once.
    static let logPages = 32_000

    static func configuration(readonly: Bool = false) -> Configuration {
        var configuration = Configuration()
        configuration.readonly = readonly
        configuration.maximumReaderCount = 8
        configuration.busyMode = .timeout(5)
        // A batch of blocks is one transaction over several calls.
        configuration.allowsUnsafeTransactions = true
        configuration.prepareDatabase { db in
            // The one writer holds what a block changes; readers find the rest in the system's.
            let cache = db.configuration.readonly ? readerCacheKiB : writerCacheKiB
            try db.execute(sql: "PRAGMA cache_size = -\(cache)")
            try db.execute(sql: "PRAGMA temp_store = MEMORY")
            try db.execute(sql: "PRAGMA wal_autocheckpoint = \(logPages)")
            try db.execute(sql: "PRAGMA journal_size_limit = 134217728")
        }
        return configuration
    }

    /// Founds the chain in a file beside the path and then gives it its name: a crash in between
    /// leaves nothing at the path.
    private static func create(_ path: String, _ genesis: GenesisDocument) throws {
        let draft = path + ".founding"
        for suffix in ["", "-journal"] {
            try? FileManager.default.removeItem(atPath: draft + suffix)
        }
        // With a rollback journal SQLite's own default is FULL.
        let queue = try DatabaseQueue(path: draft, configuration: configuration())
        try ChainSchema.migrator.migrate(queue)
        try found(genesis, in: queue)
        try queue.close()
        try FileManager.default.moveItem(atPath: draft, toPath: path)
    }

    private static func isFounded(_ path: String) throws -> Bool {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return (attributes[.size] as? NSNumber)?.intValue ?? 0 > 0
    }

    /// Bytes of the chain's files, and what is free beside them; nil where the system does not say.
    package var diskUse: (chainBytes: UInt64, freeBytes: UInt64?) {
        let bytes = ["", "-wal"].reduce(UInt64(0)) { sum, suffix in
            let attributes = try? FileManager.default.attributesOfItem(atPath: pool.path + suffix)
            return sum + ((attributes?[.size] as? NSNumber)?.uint64Value ?? 0)
        }
        let system = try? FileManager.default.attributesOfFileSystem(forPath: pool.path)
        return (bytes, (system?[.systemFreeSize] as? NSNumber)?.uint64Value)
    }

    /// Closes the file; every connection must be idle.
    package func close() throws {
        try pool.close()
    }

    // MARK: Founding and loading

    private static func found(_ genesis: GenesisDocument, in queue: DatabaseQueue) throws {
        let changes = genesis.state.changes
        let tree = try StateTree(depth: 0)
        let overlay = try tree.update(
            changes.map { change in
                StateChange(
                    key: change.key.path,
                    valueHash: change.value.map { Digest.sha256($0) })
            }, bucket: { _ in [] })
        try queue.write { db in
            let access = ChainAccess(db)
            try setMeta("network", Data(genesis.hash.bytes), in: db)
            try setMeta("depth", Data([0]), in: db)
            try setMeta("frontier", Data(count: 8), in: db)
            try setMeta("founded", Data(String(genesis.founded.rawValue).utf8), in: db)
            try access.write(changes)
            try access.write(overlay.changedBuckets, depth: 0)
            try access.indexLists()
        }
    }

    /// What the chain ends with, and the state tree's upper levels.
    package func load() throws -> (head: ChainHead, tree: StateTree, authorities: AuthoritySet) {
        try mapping {
            try pool.read { db in
                let access = ChainAccess(db)
                let tree = try access.tree()
                let frontier = try access.frontier()
                let head = try access.head(frontier: frontier, stateRoot: tree.root)
                guard
                    let leaf = try access.last(
                        atOrBefore: .authorities(Epoch(.max)), downTo: .authorities(Epoch(0)))
                else { throw StoreError.damaged("no authority set") }
                let value = try access.decode(
                    ProtoAuthoritySetValue.self, leaf.value, leaf.key)
                return (
                    head, tree, AuthoritySet(epoch: Epoch(leaf.key.word0), value: value)
                )
            }
        }
    }

    // MARK: The driver's access

    /// One transaction of the driver: reads the final state, writes what became final, and commits
    /// durably before it returns. An error rolls everything back.
    ///
    /// - Throws: ``StoreError``; what the closure throws.
    package func advance<Result>(
        _ body: (ChainAccess) throws -> Result
    ) throws -> Result {
        try mapping {
            try pool.write { db in try body(ChainAccess(db, followedBy: proofTree)) }
        }
    }

    /// One look of the driver at the final state, on the connection that writes, whose pages and
    /// statements are at hand; within an open transaction, at what that has written. Nothing may be
    /// written in it.
    ///
    /// - Throws: ``StoreError``; what the closure throws.
    package func inspect<Result>(_ body: (ChainAccess) throws -> Result) throws -> Result {
        try mapping {
            try pool.writeWithoutTransaction { db in
                if db.isInsideTransaction { return try body(ChainAccess(db)) }
                var result: Result?
                try db.inTransaction(.deferred) {
                    result = try body(ChainAccess(db))
                    return .commit
                }
                guard let result else { throw StoreError.damaged("no result") }
                return result
            }
        }
    }

    /// A consistent view for queries.
    package func read<Result: Sendable>(
        _ body: @Sendable @escaping (ChainAccess) throws -> Result
    ) async throws -> Result {
        do {
            return try await pool.read { db in try body(ChainAccess(db)) }
        } catch let error as DatabaseError {
            throw StoreError(error)
        }
    }

    /// A consistent view, for tools that have nothing else to do.
    package func readNow<Result>(_ body: (ChainAccess) throws -> Result) throws -> Result {
        try mapping { try pool.read { db in try body(ChainAccess(db)) } }
    }

    func mapping<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as DatabaseError {
            throw StoreError(error)
        }
    }

    static func meta(_ name: String, in db: Database) throws -> Data? {
        try Data.fetchOne(db, sql: "SELECT value FROM meta WHERE name = ?", arguments: [name])
    }

    static func setMeta(_ name: String, _ value: Data, in db: Database) throws {
        try db.execute(
            sql: "INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)",
            arguments: [name, value])
    }
}
