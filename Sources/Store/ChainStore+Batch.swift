import Foundation
import GRDB

/// Transactions over several calls, for many blocks.
///
/// Nothing of one is visible to readers before ``commit(durably:)``, and unless it is durable none
/// need be on the disk before ``flush()``: after a crash in between, the file ends with an earlier
/// commit. Whoever begins one is the only writer until it ends.
extension ChainStore {
    /// - Parameter durably: whether its commit will wait for the disk as a block's does.
    /// - Throws: ``StoreError``.
    package func begin(durably: Bool = false) throws {
        try mapping {
            do {
                if !durably { try setWaiting(false) }
                try pool.writeWithoutTransaction { try $0.beginTransaction(.immediate) }
            } catch {
                // No block may ever be committed as a batch is.
                try setWaiting(true)
                throw error
            }
        }
    }

    /// Reads and writes within the open transaction.
    ///
    /// - Throws: ``StoreError``; what the closure throws. The transaction is then to be rolled
    ///   back.
    package func proceed<Result>(_ body: (ChainAccess) throws -> Result) throws -> Result {
        try mapping {
            try pool.writeWithoutTransaction { db in
                // Without it every statement would be a commit of its own.
                guard db.isInsideTransaction else {
                    throw StoreError.damaged("no transaction is open")
                }
                return try body(ChainAccess(db, followedBy: proofTree))
            }
        }
    }

    /// Ends the open transaction.
    ///
    /// - Parameter durably: as it was begun.
    /// - Throws: ``StoreError``. The transaction is then to be rolled back.
    package func commit(durably: Bool = false) throws {
        try mapping {
            try pool.writeWithoutTransaction { try $0.commit() }
            if !durably { try setWaiting(true) }
        }
    }

    /// Undoes the open transaction, where there is one.
    package func rollBack() throws {
        try mapping {
            try pool.writeWithoutTransaction { db in
                if db.isInsideTransaction { try db.rollback() }
            }
            try setWaiting(true)
        }
    }

    /// A block's commit waits for the disk, a batch's does not.
    private func setWaiting(_ isWaiting: Bool) throws {
        if isDurable { try ChainStore.setDurability(isWaiting ? .full : .normal, of: pool) }
    }

    /// Makes all that was committed durable: it is in the file, which every move into it syncs, or
    /// in the write-ahead log.
    ///
    /// - Throws: ``StoreError``.
    package func flush() throws {
        guard isDurable else { return }
        do {
            let log = try FileHandle(forUpdating: URL(fileURLWithPath: pool.path + "-wal"))
            defer { try? log.close() }
            try log.synchronize()
        } catch {
            throw StoreError.damaged("the write-ahead log cannot be synced")
        }
    }
}
