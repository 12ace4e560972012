import Consensus
import Foundation
import Ledger
import Merkle
import Primitives
import Replica
import Wire

/// Lies of blocks.
extension Simulation {
    func withheld(_ message: PeerMessage, _ others: [Int]) -> [Lie] {
        switch message {
        case .proposal(let vote, _): [(.vote(vote), others)]
        case .blocks: []
        default: [(message, others)]
        }
    }

    /// Two blocks for one view, each for a half of the others.
    func twoProposals(_ message: PeerMessage, _ index: Int, _ others: [Int]) -> [Lie] {
        guard case .proposal(let vote, _) = message,
            let second = emptyBlock(in: vote.view, index)
        else { return [(message, others)] }
        let (one, other) = halves(others)
        return [(message, one), (second, other)]
    }

    /// A block on the final one, as if every view since then had been given up.
    func skipping(_ message: PeerMessage, _ index: Int, _ others: [Int]) -> [Lie] {
        guard case .proposal(let vote, _) = message,
            let block = emptyBlock(in: vote.view, index)
        else { return [(message, others)] }
        return [(block, others)]
    }

    /// A proposal of a well-made empty block on the liar's final block.
    private func emptyBlock(in view: View, _ index: Int) -> PeerMessage? {
        let node = nodes[index]
        guard let chain = node.machine?.chain,
            chain.authorities.epoch == chain.head.epoch
                || chain.head.height == Height(0)
        else { return nil }
        let depth = chain.tree.depth
        let disk = node.disk
        let bucket: (Int) throws -> [UInt8] = { try disk.bucket($0, depth: depth) }
        let tip = chain.tip(
            on: ChainReplica.FinalState(leaves: disk.leaves, bucket: bucket))
        guard tip.view < view,
            let draft = try? chain.propose(
                [], now: node.clock.time(at: now) + 1, in: view, on: tip, bucket: bucket,
                evenIfEmpty: true
            ).draft
        else { return nil }
        var block = ProtoBlock()
        block.header = draft.headerBytes
        return vote(.notarize(draft.subject), index).map {
            .proposal($0, block: block.canonicalBytes)
        }
    }

    /// A proposal whose header says what executing it does not give.
    func spoiled(_ message: PeerMessage, _ index: Int, _ others: [Int]) -> [Lie] {
        guard case .proposal(let own, let bytes) = message, let subject = own.subject,
            var block = try? ProtoBlock(canonical: bytes, limit: bytes.count),
            var header = try? ProtoHeader(canonical: block.header, limit: 1_024)
        else { return [(message, others)] }
        let other = Data(repeating: 7, count: 32)
        switch numbers.below(8) {
        case 0: header.stateRoot = other
        case 1: header.logRoot = other
        case 2: header.timeMilliseconds += 3_600_000
        case 3: header.parentHash = other
        case 4: header.height += 1
        case 5: header.nextAuthoritiesHash = other
        case 6: block.transactions += block.transactions.suffix(1)
        default: block.transactions.append(Data([1, 2, 3]))
        }
        block.header = header.canonicalBytes
        let spoiled = VoteSubject(
            epoch: subject.epoch, view: subject.view, parentView: subject.parentView,
            blockHash: Digest.tagged(.header, Array(block.header)))
        return vote(.notarize(spoiled), index).map {
            [(.proposal($0, block: block.canonicalBytes), others)]
        } ?? []
    }
}

extension PeerMessage {
    /// The same headers with other transactions under them.
    func withOtherTransactions(_ numbers: inout SeededNumbers) -> PeerMessage {
        switch self {
        case .proposal(let vote, let bytes):
            .proposal(vote, block: PeerMessage.exchanged(bytes, &numbers))
        case .blocks(let run):
            .blocks(
                BlockRun(
                    blocks: run.blocks.map { PeerMessage.exchanged($0, &numbers) },
                    finalization: run.finalization))
        default: self
        }
    }

    private static func exchanged(_ bytes: Data, _ numbers: inout SeededNumbers) -> Data {
        guard var block = try? ProtoBlock(canonical: bytes, limit: bytes.count) else {
            return bytes
        }
        switch numbers.below(3) {
        case 0: block.transactions = []
        case 1: block.transactions += block.transactions.suffix(1)
        default: block.transactions = block.transactions.reversed()
        }
        return block.canonicalBytes
    }
}
