package import Consensus
package import Foundation
package import Ledger
package import Primitives

extension ReplicaMachine {
    /// What happened, as the driver tells it.
    package enum Event: Sendable {
        /// The driver is ready to obey effects. Comes once, first.
        case started
        /// A checked message over an authenticated link; a proposal with its block, where that is
        /// well-formed.
        case received(Verified<ConsensusMessage>, block: CandidateBlock?, from: Peer)
        /// An authenticated message that is not worth a check.
        case heard(Peer, Statement?)
        /// A link came up, or went down.
        case connected(Peer)
        case disconnected(Peer)
        /// A peer asks for blocks.
        case asked(BlockQuery, by: Peer)
        /// Blocks that were asked for, or that a peer thought worth telling.
        case receivedBlocks(
            [CandidateBlock], finalization: Verified<ConsensusMessage>?, from: Peer)
        /// A transaction of a client of this node, or passed on by a peer.
        case submitted(CheckedTransaction, isOwn: Bool)
        /// Answers ``Effect/write(_:)``: everything up to that height is durable, and what the
        /// calls read from now on is the state after it.
        case wrote(Height)
        /// The moment of the last ``Effect/setTimer(_:)`` has come. Harmless when early.
        case timerFired
    }

    /// What the machine wants done, in this order: each effect is complete, durable where it
    /// persists or writes, before the next one begins (D1). When one fails, stop (D6).
    package enum Effect: Sendable {
        /// Keep and sync; several in a row may be synced together.
        case persist(ReplicaRecord)
        /// Write a final block with all that it changes, in one transaction (D3). Several in a row
        /// may be one transaction; the last of them is answered by ``Event/wrote(_:)``.
        case write(FinalBlock)
        /// Send to every other authority.
        case broadcast(PeerMessage)
        case send(PeerMessage, to: Peer)
        /// Send to the observers.
        case publish(PeerMessage)
        /// Answer a peer by ``BlockRun/init(answering:from:)``, whenever there is time.
        case serve(BlockQuery, to: Peer)
        /// Send transactions to every other authority.
        case forward([Transaction])
        /// Call ``Event/timerFired`` at that moment, and forget any earlier request.
        case setTimer(Instant?)
        /// Records at or below this position are no longer needed; keep the newest all the same.
        case forget(through: Position)
        /// What became of a transaction of a client.
        case answer(Digest, TransactionOutcome)
        /// Tell the operator.
        case report(Notice)
    }

    /// The end of a transaction's way.
    package enum TransactionOutcome: Equatable, Sendable {
        case final(TransactionPlace)
        /// By the rules, on the final state with all that came before it in this node.
        case refused(Refusal)
        /// There is no room; nothing is known of it.
        case full
    }

    /// Something that an operator may want to know.
    package enum Notice: Equatable, Sendable {
        case agreement(ConsensusMachine.Notice)
        /// A proposal was voted against, for this reason.
        case refusedProposal(VoteSubject, Reason)
        /// A peer sent what is not what it says; its link deserves a pause.
        case misbehaved(Peer, Misdeed)
        /// Nothing is signed until enough authorities were heard, or at all without the operator's
        /// word (D5). Durable before what follows: the memory is `lost` in the next life too.
        case signsNothing(heard: Int, needed: Int, hasWord: Bool)
        /// Signing begins again above that position (D5). Durable before what follows: the memory
        /// is `completeAbove` from here on.
        case signsAbove(Position)
        case epochStarted(Epoch, Height)
    }

    /// Why a proposal is not voted for.
    package enum Reason: Equatable, Sendable {
        case foreignParent
        case wrongView
        case wrongEpoch
        /// Too far ahead of the own clock (C11).
        case timeAhead
        /// Nothing but the boundary is proposed on the boundary.
        case notTheBoundary
        case transactionsUnreadable
        case invalid(ReplicaError)
    }

    /// What a peer did that no honest one does.
    package enum Misdeed: Equatable, Sendable {
        /// Transactions that are not those of their header.
        case wrongTransactions(Digest)
        /// A run that is no chain, or does not follow the final one.
        case brokenRun
    }
}

/// What a machine asks to be kept, and is given back after a restart.
package enum ReplicaRecord: Hashable, Sendable {
    /// An own vote or a certificate.
    case consensus(Record)
    /// The block that the next vote is for, under its hash.
    case block(position: Position, hash: Digest, bytes: Data)

    package var position: Position {
        switch self {
        case .consensus(let record): record.position
        case .block(let position, _, _): position
        }
    }
}
