import Ledger
import Primitives

/// Transactions that the rules refuse while there are always open blocks: they are judged when an
/// own block becomes final beside which they found no place, so that they do not wait for an idle
/// moment, at the head of the pool and in everybody's way.
extension ReplicaMachine {
    /// What was refused when an own block was made, which is not final yet.
    struct RefusedTransactions {
        let block: Digest
        let ids: [Digest]
    }

    mutating func noteRefused(
        _ transactions: [Transaction], _ outcomes: [ChainReplica.Outcome], beside block: Digest
    ) {
        let ids = zip(transactions, outcomes).compactMap { transaction, outcome in
            if case .refused = outcome { transaction.id } else { nil }
        }
        if !ids.isEmpty { refused.append(RefusedTransactions(block: block, ids: ids)) }
    }

    /// Own blocks have become final: what was refused beside them, and is refused on the final
    /// state too, leaves the pool.
    mutating func settleRefused(_ final: any FinalChain, written: [FinalBlock]) throws {
        guard !refused.isEmpty else { return }
        let hashes = Set(written.map(\.hash))
        let ids = refused.filter { hashes.contains($0.block) }.flatMap(\.ids)
        refused.removeAll { hashes.contains($0.block) || executed[$0.block] == nil }
        let entries = ids.compactMap { pool[$0] }
        guard !entries.isEmpty else { return }
        let tip = finalTip(final)
        let time = max(head.timeMilliseconds &+ 1, timeMilliseconds)
        let parameters = try chain.parametersInForce(at: time, on: tip)
        var execution = BlockExecution(
            context: chain.context(time: time, parameters: parameters, on: tip),
            over: tip.leaves)
        for entry in entries {
            do {
                _ = try execution.apply(entry.transaction.transaction)
            } catch let refusal as Refusal {
                pool.remove(entry.transaction.id)
                guard entry.isOwn else { continue }
                effects.append(.answer(entry.transaction.id, .refused(refusal)))
            }
        }
    }
}
