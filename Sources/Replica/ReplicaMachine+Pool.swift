import Consensus
import Ledger
import Primitives
import Wire

/// Waiting transactions, and whether there is work (C9).
extension ReplicaMachine {
    mutating func submit(
        _ transaction: CheckedTransaction, _ isOwn: Bool, _ final: any FinalChain
    ) throws {
        let id = transaction.id
        if pool.contains(id) {
            if isOwn { pool.markOwn(id) }
            return
        }
        if let place = try final.place(ofTransaction: id) {
            if isOwn { effects.append(.answer(id, .final(place))) }
            return
        }
        guard pool.insert(transaction, isOwn: isOwn) else {
            if isOwn { effects.append(.answer(id, .full)) }
            return
        }
        if isOwn, hasOthers {
            effects.append(.forward([transaction.transaction]))
            if forwardDue == nil { armForward() }
        }
        if hasWork {
            tell(.workChanged(isPending: true))
        } else {
            try judgePool(final, saysAgain: true)
        }
    }

    private var hasOthers: Bool { consensus.committee.count > (isAuthority ? 1 : 0) }

    private mutating func armForward() {
        forwardDue = now.advanced(byMilliseconds: ReplicaLimits.forwardMilliseconds)
    }

    /// What clients of this node wait for is sent again until it is final.
    mutating func forwardAgain() {
        guard pool.ownCount > 0, hasOthers else {
            forwardDue = nil
            return
        }
        guard let due = forwardDue, due <= now else {
            if forwardDue == nil { armForward() }
            return
        }
        armForward()
        let own = pool.entries.lazy.filter(\.isOwn).map(\.transaction.transaction)
        effects.append(.forward(Array(own.prefix(ReplicaLimits.forwardedTransactions))))
    }

    /// C9: work is pending while a waiting transaction is valid on the final state, or an
    /// authority change is due.
    ///
    /// Tries from the oldest on, to the first one that is valid; those before it are refused, for
    /// nothing that could help them came earlier. While blocks are open or missing that may
    /// change the answer, nothing is refused.
    mutating func judgePool(_ final: any FinalChain, saysAgain: Bool) throws {
        var isPending = !pool.isEmpty
        let isUpToDate = targets.isEmpty && claims.isEmpty && unwritten == nil
        if isPending, isUpToDate, executed.blocks.isEmpty {
            isPending = try refuseUntilValid(finalTip(final))
        }
        isPending = isPending || isChangeDue
        guard isPending != hasWork || saysAgain else { return }
        guard isPending || hasWork else { return }
        hasWork = isPending
        tell(.workChanged(isPending: isPending))
    }

    private mutating func refuseUntilValid(_ tip: BlockTip) throws -> Bool {
        let time = max(head.timeMilliseconds &+ 1, timeMilliseconds)
        let parameters = try chain.parametersInForce(at: time, on: tip)
        var execution = BlockExecution(
            context: chain.context(time: time, parameters: parameters, on: tip),
            over: tip.leaves)
        while let entry = pool.first {
            do {
                _ = try execution.apply(entry.transaction.transaction)
                return true
            } catch let refusal as Refusal {
                pool.remove(entry.transaction.id)
                if entry.isOwn {
                    effects.append(.answer(entry.transaction.id, .refused(refusal)))
                }
            }
        }
        return false
    }

    mutating func settleTransactions(of block: FinalBlock) {
        for applied in block.transactions {
            guard let entry = pool.remove(applied.transaction.id), entry.isOwn else { continue }
            let place = TransactionPlace(
                index: applied.index, height: Height(block.header.height))
            effects.append(.answer(applied.transaction.id, .final(place)))
        }
    }

    /// The transactions of blocks that lost wait again. Those that came with a block alone are
    /// passed on: perhaps no other living authority has them, and it may not be this one's turn.
    mutating func putBack(_ losers: [ExecutedBlock], _ final: any FinalChain) throws {
        var returned: [Transaction] = []
        for applied in losers.flatMap(\.applied) where !pool.contains(applied.transaction.id) {
            guard try final.place(ofTransaction: applied.transaction.id) == nil,
                pool.insert(CheckedTransaction(executed: applied.transaction), isOwn: false)
            else { continue }
            returned.append(applied.transaction)
        }
        if !returned.isEmpty, hasOthers { effects.append(.forward(returned)) }
    }
}
