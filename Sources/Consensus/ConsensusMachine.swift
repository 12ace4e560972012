package import Primitives

/// An authority's or observer's part in the agreement on a chain of opaque blocks: practical
/// Simplex with round-robin leaders. The rules C1 to C13 are on this target's page.
///
/// A value without clock, disk, socket, thread or random source. Events go in, ordered effects come
/// out, and the same events give the same effects. The state is looked at anew after each event, so
/// that no rule depends on having seen the moment when it began to hold.
package struct ConsensusMachine: Sendable {
    package let network: Digest
    /// May be changed between two calls; what is timed already keeps its time.
    package var parameters: ConsensusParameters
    package internal(set) var committee: Committee

    /// Makes the votes; nil for an observer, and after this authority's key was seen elsewhere.
    var signer: (any VoteSigner)?
    /// Index of the own key in the committee.
    package internal(set) var ownIndex: Int?
    /// Nothing up to this position is ever signed, after votes may have been lost (D5).
    var signsAbove: Position?

    /// The view that is worked on; it only grows (C1).
    package internal(set) var current: View
    /// The newest final block that is known to be final.
    package internal(set) var finalised: FinalPoint
    /// The newest view that the driver has applied; behind it a node does not vote (C12).
    package internal(set) var applied: View
    /// Height of the last applied block.
    var height: Height
    /// Finalization of the last epoch's boundary, to help those that did not see it.
    var epochEntry: Certificate?

    var rounds = RoundTable()
    var timers = ViewTimers()
    var patience = ViewPatience()
    /// When stored finalize votes are sent again; nil when there are none to send.
    var finalizeResend: Instant?
    var leaders: LeaderWatch
    var fetches = FetchQueue()
    var aid: PeerAid
    /// Each authority's newest vote, for the operator.
    package internal(set) var lastVotes: [Position?]

    var hasWork = false
    /// When a block became final last, or the start; the heartbeat counts from here (C9).
    var lastFinalAt = Instant(milliseconds: 0)
    var lastProposalAt: Instant?
    var hasHeardPeer = false
    var isReplaying = false

    var now = Instant(milliseconds: 0)
    /// What the present event asks for.
    var effects: [Effect] = []
    var announcedTimer: Instant?

    /// The end of the final chain, as far as the machine sees it.
    package struct FinalPoint: Hashable, Sendable {
        /// 0 at an epoch's start.
        package let view: View
        package let blockHash: Digest
        /// What proves it; nil at view 0.
        package let certificate: Certificate?

        package init(view: View, blockHash: Digest, certificate: Certificate?) {
            self.view = view
            self.blockHash = blockHash
            self.certificate = certificate
        }
    }

    /// Where a machine begins: the newest block that is applied and durable.
    package struct Start: Sendable {
        package let network: Digest
        package let committee: Committee
        package let floor: FinalPoint
        package let height: Height
        /// The finalization of the boundary that the epoch began on; nil in the first epoch.
        package let epochEntry: Certificate?

        package init(
            network: Digest, committee: Committee, floor: FinalPoint, height: Height,
            epochEntry: Certificate? = nil
        ) {
            self.network = network
            self.committee = committee
            self.floor = floor
            self.height = height
            self.epochEntry = epochEntry
        }
    }

    /// Begins, or begins again, from what is final and from the own records, in any order (D4).
    ///
    /// - Parameters:
    ///   - signer: nil for a node that does not vote.
    ///   - signsAbove: nothing up to this position is signed (D5); nil when no record was lost.
    ///   - records: what ``Effect/persist(_:)`` kept; those of other epochs are left alone.
    package init(
        start: Start, parameters: ConsensusParameters = ConsensusParameters(),
        signer: (any VoteSigner)? = nil, signsAbove: Position? = nil, records: [Record] = []
    ) {
        network = start.network
        committee = start.committee
        self.parameters = parameters
        self.signer = signer
        self.signsAbove = signsAbove
        ownIndex = signer.flatMap { start.committee.index(of: $0.publicKey) }
        finalised = start.floor
        applied = start.floor.view
        height = start.height
        epochEntry = start.epochEntry
        current = View(start.floor.view.rawValue &+ 1)
        leaders = LeaderWatch(memberCount: start.committee.count)
        aid = PeerAid(memberCount: start.committee.count)
        lastVotes = Array(repeating: nil, count: start.committee.count)
        replay(records)
    }

    /// Takes an event in and says what is to be done.
    ///
    /// - Parameter now: never earlier than in the call before; an earlier one counts as that one.
    package mutating func handle(_ event: Event, at now: Instant) -> [Effect] {
        self.now = max(self.now, now)
        effects.removeAll(keepingCapacity: true)
        take(event)
        settle()
        announceTimer()
        return effects
    }

    package var epoch: Epoch { committee.epoch }
    package var leader: Int { committee.leader(of: current) }
    /// A final block is known that is not applied yet (C12).
    package var isBehind: Bool { applied < finalised.view }
    /// There is work, and the current view's timers run (C9).
    package var isBusy: Bool { timers.isBusy }
    /// How often this node's timers are doubled, because views were lost (C1).
    package var timerDoublings: Int { patience.doublings }
    /// Authorities that seem dead (C10).
    package var silentAuthorities: [Int] { leaders.suspects }

    /// Whether this node may sign in a view at all.
    func maySign(in view: View) -> Bool {
        guard signer != nil, ownIndex != nil, view > finalised.view else { return false }
        return signsAbove.map { $0 < Position(epoch: epoch, view: view) } ?? true
    }

    /// Nobody else is in the committee; an observer of one authority has that one.
    var isAlone: Bool { committee.count == 1 && ownIndex != nil }
    func has(_ deviation: Deviations) -> Bool { committee.deviations.contains(deviation) }
}
