import Consensus
import Foundation
import Ledger
import Primitives
import Replica

/// Checks that were made already: all of them are functions of bytes, and in a network the same
/// bytes come to many. So a whole network costs little more than one node.
struct CheckMemo {
    private struct Key: Hashable {
        let bytes: Data
        let epoch: Epoch
        let deviations: UInt32
    }

    private enum Outcome<Value> {
        case good(Value)
        case bad

        var value: Value? {
            if case .good(let value) = self { return value }
            return nil
        }

        init(_ value: Value?) { self = value.map { .good($0) } ?? .bad }
    }

    private static let limit = 4_096

    private var messages: [Data: Outcome<PeerMessage>] = [:]
    private var events: [Key: Outcome<ReplicaMachine.Event>] = [:]
    private var candidates: [Data: Outcome<CandidateBlock>] = [:]
    private var transactions: [Data: Outcome<CheckedTransaction>] = [:]

    mutating func message(_ bytes: Data) -> PeerMessage? {
        if let known = messages[bytes] { return known.value }
        let message = try? PeerMessage(
            decoding: bytes, memberCount: ConsensusLimits.authorities)
        if messages.count >= CheckMemo.limit { messages.removeAll() }
        messages[bytes] = Outcome(message)
        return message
    }

    /// The event that a message is, its sender still to be named.
    mutating func event(
        _ message: PeerMessage, _ bytes: Data, committee: Committee, network: Digest,
        verifier: any VoteVerifier
    ) -> ReplicaMachine.Event? {
        let key = Key(
            bytes: bytes, epoch: committee.epoch, deviations: committee.deviations.rawValue)
        if let known = events[key] { return known.value }
        let event = ReplicaMachine.Event(
            checking: message, from: .observer(0), committee: committee, network: network,
            with: verifier)
        if events.count >= CheckMemo.limit { events.removeAll() }
        events[key] = Outcome(event)
        return event
    }

    mutating func candidate(_ bytes: Data, network: Digest) -> CandidateBlock? {
        if let known = candidates[bytes] { return known.value }
        let block = try? CandidateBlock(checking: bytes, network: network)
        if candidates.count >= CheckMemo.limit { candidates.removeAll() }
        candidates[bytes] = Outcome(block)
        return block
    }

    mutating func transaction(_ bytes: Data, network: Digest) -> CheckedTransaction? {
        if let known = transactions[bytes] { return known.value }
        let transaction = try? CheckedTransaction(decoding: bytes, network: network)
        if transactions.count >= CheckMemo.limit { transactions.removeAll() }
        transactions[bytes] = Outcome(transaction)
        return transaction
    }
}

extension ReplicaMachine.Event {
    /// The same message from another peer.
    func sent(by peer: Peer) -> ReplicaMachine.Event {
        switch self {
        case .received(let message, let block, _):
            .received(message, block: block, from: peer)
        case .receivedBlocks(let blocks, let finalization, _):
            .receivedBlocks(blocks, finalization: finalization, from: peer)
        case .asked(let query, _): .asked(query, by: peer)
        default: self
        }
    }
}
