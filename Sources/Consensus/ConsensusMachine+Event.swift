package import Primitives

extension ConsensusMachine {
    /// What happened, as the driver tells it.
    package enum Event: Sendable {
        /// The driver is ready to obey effects. Comes once, first.
        case started
        /// A checked message over an authenticated link. A vote is taken only from its signer.
        case received(Verified<ConsensusMessage>, from: Peer)
        /// An authenticated message that is not worth a check, see
        /// ``ConsensusMachine/admission(of:)``, with the statement of its vote, if it is one.
        case heard(Peer, Statement?)
        /// A link came up.
        case connected(Peer)
        /// The moment of the last ``Effect/setTimer(_:)`` has come. Harmless when early.
        case timerFired
        /// Whether transactions wait that are valid on the final state, or an authority change is
        /// unfinished (C9). Said again whenever new ones come, and after each final block.
        case workChanged(isPending: Bool)
        /// Answers ``Effect/build(_:)``: the block is here and executes.
        case built(View, blockHash: Digest)
        /// Answers ``Effect/build(_:)``: there is no transaction for it, and it may not be empty.
        case nothingToBuild(View)
        /// Answers ``Effect/build(_:)``: it cannot be done; the view is given up (C10).
        case buildFailed(View)
        /// Answers ``Effect/verify(_:parent:)``. No answer means that something is missing still.
        case verified(VoteSubject, isValid: Bool)
        /// Answers ``Effect/certify(_:)``. All authorities must come to the same answer.
        case certified(VoteSubject, isValid: Bool)
        /// Answers ``Effect/finalise(_:)``: everything up to that view is applied and durable.
        case finalised(View, height: Height)
        /// The boundary block is final and applied; its successors are another committee's.
        case epochStarted(Committee)
        /// After votes may have been lost: what is above that position was never voted on (D5).
        case maySign(above: Position)
    }

    /// What the machine wants done. The order is part of the meaning: each effect is complete,
    /// durable where it persists, before the next one begins (D1). When one fails, stop (D6).
    package enum Effect: Hashable, Sendable {
        /// Write and sync. A notarize or finalize vote's block is durable no later than the vote.
        case persist(Record)
        /// Send to every other authority; a proposal together with its block.
        case broadcast(ConsensusMessage)
        case send(ConsensusMessage, to: Peer)
        /// Make a block for a view.
        case build(BuildRequest)
        /// Check a proposal: header, the parent's hash, time (C11), execution, roots.
        case verify(VoteSubject, parent: Digest)
        /// Check that a notarized block is here, or fetch it, and executes to its roots; no clock.
        case certify(VoteSubject)
        /// Apply the block of a finalization, and its ancestors, and make them durable with it.
        case finalise(Certificate)
        /// Call ``Event/timerFired`` at that moment, and forget any earlier request.
        case setTimer(Instant?)
        /// Records at or below this position are no longer needed.
        case forget(through: Position)
        /// Tell the operator; some of it is worth keeping.
        case report(Notice)
    }

    /// What a leader builds on.
    package struct BuildRequest: Hashable, Sendable {
        package let view: View
        package let parentView: View
        package let parentHash: Digest
        /// A block without transactions is wanted, if there is none with.
        package let mayBeEmpty: Bool
    }

    /// Why a view was given up.
    package enum Reason: String, Hashable, Sendable {
        case leaderTimeout
        case certificationTimeout
        case invalidProposal
        case equivocation
        case certificationFailed
        case leaderGaveUp
        case deadLeader
        case buildFailed
    }

    /// Something that an operator may want to know.
    package enum Notice: Hashable, Sendable {
        case entered(View)
        case gaveUp(View, leader: Int, Reason)
        /// Kept, shown, and good for a governance transaction.
        case evidence(Evidence)
        /// Somebody else signs with this authority's key: it signs nothing any more.
        case ownKeyElsewhere(Vote)
        /// A peer is in a later epoch, or has final blocks that are not known here (C12).
        case peerIsAhead(Peer, Position, Height)
    }
}
