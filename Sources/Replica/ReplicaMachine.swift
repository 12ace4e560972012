package import Consensus
package import Ledger
package import Merkle
package import Primitives

/// One authority's or observer's whole part in a network: it joins the agreement to the ledger.
///
/// Makes blocks of waiting transactions, checks those of others, certifies by executing on top of
/// what is not final yet, hands out final ones, fetches what is missing, and begins again from what
/// was kept. A value without clock, disk, socket, thread or random source: events go in, ordered
/// effects come out.
package struct ReplicaMachine {
    package internal(set) var consensus: ConsensusMachine
    /// The end of the final chain, as written.
    package internal(set) var chain: ChainReplica
    let committeeDeviations: Deviations

    var pool: Mempool
    var executed = BlockTree()
    var candidates: CandidateTable
    /// Blocks whose headers no transactions could make right; the newest ones.
    var condemned: [Digest] = []
    /// Blocks that were handed out to be kept before the vote for them.
    var keptBlocks: [(hash: Digest, height: UInt64)] = []
    /// Of the own proposals in views above the final one: those with transactions.
    var ownProposals: [View] = []
    package internal(set) var effort = BlockEffort()
    /// Waiting transactions that found no place in own blocks, by the rules.
    var refused: [RefusedTransactions] = []

    // What the agreement asked for.
    var building: ConsensusMachine.BuildRequest?
    var checking: ProposalCheck?
    var certifying: [VoteSubject] = []
    /// Finalizations of blocks that are not written yet.
    var targets: [Certificate] = []
    /// Final blocks that were handed out for writing.
    var unwritten: UnwrittenBlocks?

    var fetches = BlockFetches()
    var claims: [HeightClaim] = []
    /// Peers other than authorities that blocks may be asked of.
    var observers: [Peer] = []
    var silence: SigningPause?

    var hasWork = false
    /// From when on blocks are wanted for a change of authorities, by the final state (C9).
    var changeDue: Timestamp?
    /// When to look at the clock for it.
    var changeWake: Instant?
    /// When a proposal that is ahead of the own clock is looked at again.
    var clockWake: Instant?
    var forwardDue: Instant?
    var now = Instant(milliseconds: 0)
    var timeMilliseconds: UInt64 = 0
    var effects: [Effect] = []
    var consensusTimer: Instant?
    var announcedTimer: Instant?
    /// A call failed: what the machine holds is worth nothing any more (D6).
    private var isStopped = false

    /// A proposal that the agreement wants checked.
    struct ProposalCheck {
        let subject: VoteSubject
        let parent: Digest
    }

    /// Blocks on their way to the store.
    struct UnwrittenBlocks {
        var blocks: [FinalBlock]
        let target: Certificate
        /// Whether the last of them is the target's own block.
        let reachesTarget: Bool
        /// Whether all of the target's blocks are among them.
        let isWhole: Bool
    }

    /// What a peer said about its height, without proof.
    struct HeightClaim {
        let peer: Peer
        var height: Height
    }

    /// The moment of a call.
    package struct Moment: Sendable {
        /// Of the monotonic clock; for timers.
        package let instant: Instant
        /// Since 1970, by the own clock; for the times of blocks (C11).
        package let timeMilliseconds: UInt64

        package init(instant: Instant, timeMilliseconds: UInt64) {
            self.instant = instant
            self.timeMilliseconds = timeMilliseconds
        }
    }

    /// Takes an event in and says what is to be done, in this order (D1).
    ///
    /// - Parameters:
    ///   - moment: its instant is never earlier than in the call before.
    ///   - final: the chain up to the last block that ``Event/wrote(_:)`` named, read by nobody
    ///     after the call.
    /// - Throws: what reading throws, and ``ReplicaError`` when a final block does not execute:
    ///   the state is damaged, or the program another one. The machine is then of no use; its
    ///   driver stops (D6).
    package mutating func handle(
        _ event: Event, at moment: Moment, on final: any FinalChain
    ) throws -> [Effect] {
        guard !isStopped else { throw ReplicaError.stopped }
        now = max(now, moment.instant)
        timeMilliseconds = moment.timeMilliseconds
        effects.removeAll(keepingCapacity: true)
        isStopped = true
        try take(event, final)
        try settle(final)
        isStopped = false
        return effects
    }

    package var head: ChainHead { chain.head }
    package var isAuthority: Bool { consensus.ownIndex != nil }
    /// The committee that messages are checked with.
    package var committee: Committee { consensus.committee }
    package var pooledCount: Int { pool.count }
    package func isPooled(_ id: Digest) -> Bool { pool.contains(id) }
    /// Executed blocks that are not final.
    package var openBlockCount: Int { executed.blocks.count }

    /// Blocks were handed out and are not answered for.
    package var isWriting: Bool { unwritten != nil }
    /// Once they are written, more blocks are handed out at once: the end is known already.
    package var hasMoreToWrite: Bool { unwritten.map { !$0.reachesTarget } ?? false }

    /// The protocol's times have changed; between two calls.
    package mutating func use(_ parameters: ConsensusParameters) {
        consensus.parameters = parameters
    }

    var network: Digest { chain.network }

    func finalState(_ final: any FinalChain) -> ChainReplica.FinalState {
        let depth = chain.tree.depth
        return ChainReplica.FinalState(
            leaves: final.leaves, bucket: { try final.bucket($0, depth: depth) })
    }

    func has(_ deviation: ReplicaDeviations) -> Bool { chain.deviations.contains(deviation) }

    // MARK: The tree's depth

    /// Makes the state tree deeper where its buckets have become too full; between two calls.
    package mutating func deepenTree(
        bucket: (Int) throws -> [UInt8], store: (StateBucket) throws -> Void
    ) throws {
        guard unwritten == nil else { return }
        var deeper = executed
        try deeper.deepen()
        try chain.deepenTree(bucket: bucket, store: store)
        executed = deeper
    }
}
