import Foundation
import GRDB

/// Transactions over several calls, for many blocks that nobody waits for.
///
/// Nothing of one is visible to readers before ``commit()``, and none need be on the disk before
/// ``flush()``: after a crash in between, the file ends with an earlier commit. Whoever begins one
/// is the only writer until it ends.
extension ChainStore {
    /// - Throws: ``StoreError``.
    package func begin() throws {
        try mapping {
            do {
                try settle(for: .batch)
                try pool.writeWithoutTransaction { try $0.beginTransaction(.immediate) }
            } catch {
                // No block may ever be committed as a batch is.
                try settle(for: .block)
                throw error
            }
        }
    }

    /// Reads and writes within the open transaction.
    ///
    /// - Throws: ``StoreError``; what the closure throws. The transaction is then to be rolled
    ///   back.
    package func proceed<Result>(_ body: (ChainAccess) throws -> Result) throws -> Result {
        try mapping { try pool.writeWithoutTransaction { db in try body(ChainAccess(db)) } }
    }

    /// Ends the open transaction.
    ///
    /// - Throws: ``StoreError``. The transaction is then to be rolled back.
    package func commit() throws {
        try mapping {
            try pool.writeWithoutTransaction { try $0.commit() }
            try settle(for: .block)
        }
    }

    /// Undoes the open transaction, where there is one.
    package func rollBack() throws {
        try mapping {
            try pool.writeWithoutTransaction { db in
                if db.isInsideTransaction { try db.rollback() }
            }
            try settle(for: .block)
        }
    }

    private enum Transaction {
        case block, batch
    }

    /// A block's commit waits for the disk, a batch's does not.
    private func settle(for transaction: Transaction) throws {
        let isBatch = transaction == .batch
        if isDurable { try ChainStore.setDurability(isBatch ? .normal : .full, of: pool) }
        try pool.writeWithoutTransaction { db in
            let pages = isBatch ? ChainStore.logPagesOfBatches : ChainStore.logPages
            try ChainStore.setLogPages(pages, in: db)
        }
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
