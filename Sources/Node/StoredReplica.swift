package import Ledger
import Merkle
package import Primitives
package import Replica
package import Store
package import Wire

/// A replica and the store that it stands on, moved forward together: execute, write, advance,
/// and make the tree deeper where its buckets have become too full.
///
/// The one piece by which driver, audit and benchmark take blocks in. A value with one owner: no
/// copy of the replica lives while its tree is advanced, so the tree's upper levels are changed in
/// place.
package struct StoredReplica {
    package let store: ChainStore
    package private(set) var replica: ChainReplica
    /// Whether there are blocks that were added and not committed.
    private var isOpen = false
    /// What the blocks that were added still wait for.
    private var open = OpenFinalizations()

    /// The replica at the end of a store's chain.
    ///
    /// - Throws: ``StoreError``, ``MerkleError``.
    package init(_ store: ChainStore, network: Digest) throws {
        let loaded = try store.load()
        self.store = store
        replica = ChainReplica(
            network: network, head: loaded.head, authorities: loaded.authorities,
            tree: loaded.tree)
    }

    /// Makes the next block out of transactions whose signatures were checked, and writes it.
    ///
    /// - Parameters:
    ///   - now: the leader's clock in milliseconds.
    ///   - evenIfEmpty: makes a block without transactions too, for a heartbeat.
    ///   - finalise: the votes that make the block final; they become durable with it.
    ///   - choose: which transactions, seen from the final state.
    /// - Returns: the block, nil when nothing applied; what became of each transaction.
    /// - Throws: ``StoreError``, and then nothing has changed unless its disposition is `stop`.
    package mutating func make(
        now: UInt64, evenIfEmpty: Bool = false, finalise: (VoteSubject) -> ProtoFinalization,
        choose: (ChainAccess) throws -> [Transaction]
    ) throws -> (block: FinalBlock?, outcomes: [ChainReplica.Outcome]) {
        let result = try store.advance { access in
            let transactions = try choose(access)
            let (draft, outcomes) = try replica.propose(
                transactions, now: now, on: finalState(access), evenIfEmpty: evenIfEmpty)
            guard let draft else { return (FinalBlock?.none, outcomes) }
            let block = draft.finalised(by: finalise(draft.subject))
            try access.write(block)
            return (block, outcomes)
        }
        if let block = result.0 { try replica.advance(to: block) }
        return (result.0, result.1)
    }

    /// Executes a final block of others, or of an older self, and writes it in a transaction that
    /// stays open until ``commit()``: nobody waits for the block, and pages that several change are
    /// written once. Nobody else writes meanwhile.
    ///
    /// A block may be final by the votes for a later one: see ``isProven``.
    ///
    /// - Throws: ``ReplicaError`` when it is not the chain's next block; ``StoreError``. Then the
    ///   blocks since the last commit are undone.
    package mutating func add(_ block: CheckedBlock) throws {
        do {
            if !isOpen { try store.begin() }
            isOpen = true
            let final = try store.proceed { access in
                let final = try replica.execute(
                    header: block.header, transactions: block.transactions,
                    finalization: block.finalization, open: &open, on: finalState(access))
                try access.write(final)
                return final
            }
            try replica.advance(to: final)
        } catch {
            try abandon()
            throw error
        }
    }

    /// Whether all blocks that were added are final, by what came with them.
    package var isProven: Bool { open.isEmpty }

    /// Ends the transaction. What is in it is whole or absent after a crash, and durable with
    /// the store's next flush.
    ///
    /// - Throws: ``ReplicaError/notFinal`` unless it is proven; ``StoreError``. Then what was added
    ///   is undone.
    package mutating func commit() throws {
        guard isOpen else { return }
        do {
            guard isProven else { throw ReplicaError.notFinal }
            try store.commit()
            isOpen = false
        } catch {
            try abandon()
            throw error
        }
    }

    /// Undoes what was added and not committed: store and replica are as they were before.
    ///
    /// - Throws: ``StoreError``, ``MerkleError``.
    package mutating func abandon() throws {
        guard isOpen else { return }
        isOpen = false
        open = OpenFinalizations()
        try store.rollBack()
        replica = try StoredReplica(store, network: replica.network).replica
    }

    /// Makes the tree deeper as long as it wants to be.
    ///
    /// - Returns: whether it was made deeper.
    @discardableResult
    package mutating func deepenIfNeeded() throws -> Bool {
        let before = replica.tree.depth
        while replica.tree.wantsDeepening {
            let depth = replica.tree.depth
            // A failure leaves the replica as it was, as the store's transaction does.
            var deeper = replica
            try store.advance { access in
                try deeper.deepenTree(
                    bucket: { try access.bucket($0, depth: depth) },
                    store: { try access.storeDeepened($0, depth: depth + 1) })
                try access.finishDeepening(to: depth + 1)
            }
            replica = deeper
        }
        return replica.tree.depth > before
    }

    private func finalState(_ access: ChainAccess) -> ChainReplica.FinalState {
        let depth = replica.tree.depth
        return ChainReplica.FinalState(
            leaves: access, bucket: { try access.bucket($0, depth: depth) })
    }
}
