package import Ledger
package import Store

/// Final blocks in one transaction of the store: none of them is there after a crash before
/// ``commit(to:)``, and all are after it.
///
/// A value that remembers its blocks: what a full disk undid is written anew.
package struct BlockBatch {
    package private(set) var blocks: [FinalBlock] = []
    /// How many of them are in the transaction, nil while there is none.
    private var written: Int?
    /// When the first one came.
    private(set) var started = ContinuousClock.now
    private var transactionCount = 0

    package init() {}

    package var isEmpty: Bool { blocks.isEmpty }
    var isFull: Bool {
        blocks.count >= NodeLimits.batchBlocks || transactionCount >= NodeLimits.batchTransactions
    }

    /// Takes blocks in that follow one another; nothing is written yet.
    package mutating func add(_ more: [FinalBlock]) {
        if isEmpty { started = .now }
        blocks += more
        transactionCount += more.reduce(0) { $0 + $1.transactions.count }
    }

    /// Writes those that are not in the transaction, which begins with the first.
    ///
    /// - Throws: ``StoreError``; the transaction is then undone, and the next call writes all anew.
    package mutating func write(to store: ChainStore) throws {
        do {
            if written == nil {
                try store.begin(durably: true)
                written = 0
            }
            let rest = blocks[(written ?? 0)...]
            try store.proceed { access in
                for block in rest { try access.write(block) }
            }
            written = blocks.count
        } catch {
            written = nil
            // What cannot be rolled back cannot be begun anew, and that error stops the node.
            try? store.rollBack()
            throw error
        }
    }

    /// Makes all of them durable.
    ///
    /// - Throws: ``StoreError``; the transaction is then undone.
    package mutating func commit(to store: ChainStore) throws {
        guard !isEmpty else { return }
        try write(to: store)
        written = nil
        do {
            try store.commit(durably: true)
        } catch {
            try? store.rollBack()
            throw error
        }
    }
}
