package import Consensus
import Ledger
import Primitives
import Wire

/// D4, D5: where a machine begins.
extension ReplicaMachine {
    /// What is final and durable.
    package struct Start {
        package let chain: ChainReplica
        /// What the store keeps with the head; nil at height 0.
        package let finalization: Certificate?
        /// The finalization of the boundary that the epoch began on, if that is not the head.
        package let epochEntry: Certificate?

        package init(
            chain: ChainReplica, finalization: Certificate?, epochEntry: Certificate? = nil
        ) {
            self.chain = chain
            self.finalization = finalization
            self.epochEntry = epochEntry
        }
    }

    /// What is known of the own votes.
    package enum VoteMemory: Sendable {
        /// The records are all that were ever kept; found out to be false where they are older
        /// than the chain.
        case complete
        /// Some were lost before the node began to sign again above that position; the records are
        /// all that were kept since then.
        case completeAbove(Position)
        /// Some may be missing: the file is new, or an old copy (D5).
        case lost
    }

    /// - Parameters:
    ///   - signer: nil for an observer.
    ///   - mayResume: the operator's word that a node may sign although its votes were lost (D5).
    ///   - records: what ``Effect/persist(_:)`` kept, in any order.
    ///   - blocks: those among the records, checked again.
    /// - Throws: ``ReplicaError/stateWithoutAuthorities``.
    package init(
        start: Start, parameters: ConsensusParameters = ConsensusParameters(),
        signer: (any VoteSigner)? = nil, memory: VoteMemory = .complete,
        mayResume: Bool = false, records: [Record] = [], blocks: [CandidateBlock] = [],
        deviations: Deviations = []
    ) throws(ReplicaError) {
        let chain = start.chain
        guard let committee = chain.authorities.committee(deviations: deviations) else {
            throw .stateWithoutAuthorities
        }
        let own = signer.flatMap { committee.index(of: $0.publicKey) }
        let isSilent =
            own != nil && ReplicaMachine.hasLostVotes(memory, records: records, head: chain.head)
        self.chain = chain
        committeeDeviations = deviations
        pool = Mempool(
            countLimit: ReplicaLimits.pooledTransactions, byteLimit: ReplicaLimits.pooledBytes)
        candidates = CandidateTable(
            countLimit: ReplicaLimits.candidateBlocks, byteLimit: ReplicaLimits.candidateBytes)
        silence =
            isSilent ? SigningPause(hasWord: mayResume, authorities: committee.count) : nil
        consensus = ConsensusMachine(
            start: ReplicaMachine.start(start, committee), parameters: parameters,
            signer: signer,
            signsAbove: isSilent ? Position(epoch: Epoch(.max), view: View(.max)) : memory.floor,
            records: records)
        for block in blocks where block.header.height > chain.head.height.rawValue {
            candidates.insert(block, from: nil)
            keptBlocks.append((block.hash, block.header.height))
        }
    }

    /// Votes were lost where the newest record is older than the chain: a store keeps the newest.
    private static func hasLostVotes(
        _ memory: VoteMemory, records: [Record], head: ChainHead
    ) -> Bool {
        if case .lost = memory { return true }
        guard head.height > Height(0) else { return false }
        let newest = (records.map(\.position) + [memory.floor].compactMap(\.self)).max()
        return newest.map { $0 < Position(epoch: head.epoch, view: head.view) } ?? true
    }

    /// The agreement's floor. A head that became final with a descendant, which a crash kept from
    /// being written, has no proof of its own yet; after a boundary the next epoch has begun.
    private static func start(_ start: Start, _ committee: Committee) -> ConsensusMachine.Start {
        let head = start.chain.head
        let proof = start.finalization.flatMap { proof in
            proof.subject?.blockHash == head.hash ? proof : nil
        }
        let hasEnded = committee.epoch != head.epoch
        let floor = ConsensusMachine.FinalPoint(
            view: hasEnded ? View(0) : proof?.view ?? head.view, blockHash: head.hash,
            certificate: hasEnded ? nil : proof)
        return ConsensusMachine.Start(
            network: start.chain.network, committee: committee, floor: floor,
            height: head.height, epochEntry: hasEnded ? start.finalization : start.epochEntry)
    }
}

extension ReplicaMachine.VoteMemory {
    /// Nothing up to there is signed.
    fileprivate var floor: Position? {
        if case .completeAbove(let position) = self { position } else { nil }
    }
}
