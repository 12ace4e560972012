import Consensus
import Foundation
import Ledger
import Primitives
import Replica

/// Checks what peers send, off the driver's task and on all cores.
struct MessageChecker: Sendable {
    /// Transactions that one task decodes and checks.
    private static let chunk = 64
    /// Blocks of a run that are checked at a time.
    private static let blocksAtOnce: UInt64 = 4

    let network: Digest
    let checked: CheckedTransactions

    /// The event that a message is, or nil when it is not worth handing in.
    func event(
        of message: PeerMessage, from peer: Consensus.Peer, committee: Committee
    ) async -> ReplicaMachine.Event? {
        switch message {
        case .blocks(let run):
            var finalization: Verified<ConsensusMessage>?
            if let certificate = run.finalization {
                finalization = committee.verify(
                    .certificate(certificate), network: network, with: Ed25519VoteVerifier())
                guard finalization != nil else { return nil }
            }
            guard let blocks = await blocks(run.blocks) else { return nil }
            return .receivedBlocks(blocks, finalization: finalization, from: peer)
        case .proposal(_, let bytes):
            // The leader's signature first: nobody else's block costs more than that.
            guard let part = message.consensus,
                let verified = committee.verify(
                    part, network: network, with: Ed25519VoteVerifier())
            else { return nil }
            return .received(verified, block: await block(bytes), from: peer)
        default:
            return ReplicaMachine.Event(
                checking: message, from: peer, committee: committee, network: network,
                with: Ed25519VoteVerifier())
        }
    }

    /// The blocks of a run, a few checked side by side: all at once, whatever the driver has to do
    /// would wait behind them. Nil when one is not well-formed.
    private func blocks(_ run: [Data]) async -> [CandidateBlock]? {
        var blocks: [CandidateBlock] = []
        do {
            try await Lookahead.run(0..<UInt64(run.count), ahead: MessageChecker.blocksAtOnce) {
                guard let block = await block(run[Int($0)]) else { throw NotWellFormed() }
                return block
            } take: {
                blocks.append($1)
            }
        } catch {
            return nil
        }
        return blocks
    }

    private struct NotWellFormed: Error {}

    /// A block with its transactions, those that are known not checked again; nil when it is not
    /// well-formed.
    private func block(_ bytes: Data) async -> CandidateBlock? {
        guard let envelope = try? BlockEnvelope(decoding: bytes) else { return nil }
        let count = envelope.transactionBytes.count
        guard count > MessageChecker.chunk else {
            return CandidateBlock(envelope, bytes: bytes, parts: part(envelope, 0..<count))
        }
        let parts = await withTaskGroup(of: (Int, [CheckedTransaction]?).self) { group in
            for start in stride(from: 0, to: count, by: MessageChecker.chunk) {
                group.addTask {
                    (start, part(envelope, start..<min(start + MessageChecker.chunk, count)))
                }
            }
            var parts: [Int: [CheckedTransaction]?] = [:]
            for await (start, part) in group { parts[start] = part }
            return parts
        }
        var all: [CheckedTransaction]? = []
        for start in parts.keys.sorted() {
            if let part = parts[start] ?? nil { all?.append(contentsOf: part) } else { all = nil }
        }
        return CandidateBlock(envelope, bytes: bytes, parts: all)
    }

    private func part(
        _ envelope: BlockEnvelope, _ range: Range<Int>
    ) -> [CheckedTransaction]? {
        guard let transactions = try? envelope.transactions(range, network: network) else {
            return nil
        }
        var result: [CheckedTransaction] = []
        result.reserveCapacity(range.count)
        for transaction in transactions {
            if let known = checked[transaction.submissionHash],
                known.transaction.bytes == transaction.bytes
            {
                result.append(known)
            } else if let new = try? CheckedTransaction(checking: transaction) {
                result.append(new)
            } else {
                return nil
            }
        }
        return result
    }
}
