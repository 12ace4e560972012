package import Foundation
package import Ledger
import Merkle
import Primitives
package import Wire

extension ChainReplica {
    /// The transactions of a block, decoded; their signatures still have to be checked.
    ///
    /// - Throws: ``ReplicaError/malformedBlock``, ``ReplicaError/invalidTransaction(_:_:)``.
    package func decode(_ bytes: Data) throws -> (header: ProtoHeader, transactions: [Transaction])
    {
        let envelope = try BlockEnvelope(decoding: bytes)
        return (
            envelope.header,
            try envelope.transactions(envelope.transactionBytes.indices, network: network)
        )
    }

    /// Executes a block on top of the head and finds it to be exactly what its header says, and
    /// final by votes for this very block.
    ///
    /// The transactions' signatures were checked by the caller, on all cores.
    ///
    /// - Throws: ``ReplicaError``; whatever the state's reader throws.
    package func execute(
        header: ProtoHeader, transactions: [Transaction], finalization: ProtoFinalization,
        on state: FinalState
    ) throws -> FinalBlock {
        var open = OpenFinalizations()
        let block = try execute(
            header: header, transactions: transactions, finalization: finalization, open: &open,
            on: state)
        guard open.isEmpty else { throw ReplicaError.notFinal }
        return block
    }

    /// The same for one of many: it may be final by the votes for a block that comes later, and is
    /// final only when nothing is open any more.
    package func execute(
        header: ProtoHeader, transactions: [Transaction], finalization: ProtoFinalization,
        open: inout OpenFinalizations, on state: FinalState
    ) throws -> FinalBlock {
        let draft = try execute(
            header: header, transactions: transactions, on: tip(on: state),
            bucket: state.bucket)
        try open.judge(draft, finalization, by: authorities, network: network)
        return draft.finalised(by: finalization)
    }

    /// Executes a block on any other one and finds it to be exactly what its header says; no
    /// clock is asked (C4, C11).
    ///
    /// Voting, certifying, recovery, catch-up and audit run this very function.
    ///
    /// - Throws: ``ReplicaError``; whatever the state's reader throws.
    package func execute(
        header: ProtoHeader, transactions: [Transaction], on tip: BlockTip,
        bucket: (Int) throws -> [UInt8]
    ) throws -> Draft {
        guard header.height == height(after: tip).rawValue,
            header.parentHash.elementsEqual(tip.head.hash.bytes)
        else { throw ReplicaError.differs("parent_hash") }
        guard header.timeMilliseconds > tip.head.timeMilliseconds,
            header.timeMilliseconds <= Timestamp.maximum.rawValue * 1_000
        else { throw ReplicaError.differs("time_milliseconds") }
        let view = View(header.view)
        guard view > tip.view, view.rawValue < .max,
            Int(header.proposer) == tip.authorities.leader(of: view)
        else {
            throw ReplicaError.differs("proposer")
        }
        let parameters = try parametersInForce(at: header.timeMilliseconds, on: tip)
        var execution = BlockExecution(
            context: context(time: header.timeMilliseconds, parameters: parameters, on: tip),
            over: tip.leaves)
        for (index, transaction) in transactions.enumerated() {
            guard
                execution.work.hasRoom(
                    for: transaction, leaves: execution.state.changeCount, in: parameters)
            else { throw ReplicaError.overBudget(index) }
            do {
                _ = try execution.apply(transaction)
            } catch let refusal as Refusal {
                throw ReplicaError.invalidTransaction(index, refusal)
            }
        }
        let draft = try seal(
            execution, view: view, proposer: Int(header.proposer),
            time: header.timeMilliseconds, parameters: parameters, on: tip, bucket: bucket)
        guard draft.header == header else {
            if deviations.contains(.ignoresApplyErrors) { return draft.claimed(by: header) }
            throw ReplicaError.differs(firstDifference(draft.header, header))
        }
        return draft
    }

    private func firstDifference(_ left: ProtoHeader, _ right: ProtoHeader) -> String {
        if left.logRoot != right.logRoot { return "log_root" }
        if left.stateRoot != right.stateRoot { return "state_root" }
        if left.logSize != right.logSize { return "log_size" }
        if left.parametersHash != right.parametersHash { return "parameters_hash" }
        if left.authoritiesHash != right.authoritiesHash { return "authorities_hash" }
        return "header"
    }
}
