import Consensus
import Foundation
import Ledger
import Primitives
import Replica
import Wire

/// Harness nodes that break one invariant each, so that its checker can prove itself.
extension Simulation {
    /// The node that a defect is in.
    var defective: Int { 0 }

    /// A block as a defective node writes it.
    func distorted(_ block: FinalBlock, _ index: Int) -> FinalBlock {
        guard block.header.height == 2 else { return block }
        switch scenario.defect {
        case .anotherBlock where index == defective:
            var header = block.header
            header.timeMilliseconds += 1
            return block.with(header: header)
        case .appliedTwice:
            return block.with(transactions: block.transactions + block.transactions)
        default: return block
        }
    }

    /// Whether a defective node leaves a block out.
    func omits(_ block: FinalBlock, _ index: Int) -> Bool {
        scenario.defect == .missingBlock && index == defective && block.header.height == 2
    }

    /// What a defective node says and keeps after its second block.
    func breakRule(_ index: Int) {
        let view = View(nodes[index].disk.head.view.rawValue)
        let epoch = epoch(of: index)
        let subject = VoteSubject(
            epoch: epoch, view: view, parentView: View(0), blockHash: Digest.sha256([1]))
        switch scenario.defect {
        case .finalAndNullified:
            hold(certificate(.nullify(epoch, view), Array(0..<scenario.members)), index)
        case .tooFewSigners: hold(certificate(.notarize(subject), [0]), index)
        case .twoVotes:
            guard let vote = vote(.notarize(subject), index) else { return }
            auditor.synced(PeerMessage.vote(vote).bytes, by: index)
            utter(.vote(vote), from: index, to: authorities(for: index))
        case .unwrittenVote:
            guard let vote = vote(.nullify(epoch, View(view.rawValue + 9)), index) else { return }
            utter(.vote(vote), from: index, to: authorities(for: index))
        case .epochTooEarly:
            let next = Epoch(epoch.rawValue + 1)
            guard let vote = vote(.nullify(next, View(1)), index) else { return }
            auditor.synced(PeerMessage.vote(vote).bytes, by: index)
        default: return
        }
    }

    private func certificate(_ statement: Statement, _ members: [Int]) -> Certificate {
        Certificate(
            statement: statement, signers: SignerSet(members),
            signatures: members.map { member in
                world.members[member].signer.sign(
                    statement.kind.tag, statement.payload(network: world.network))
            })
    }

    private func hold(_ certificate: Certificate, _ index: Int) {
        auditor.synced(PeerMessage.certificate(certificate).bytes, by: index)
    }
}

extension FinalBlock {
    fileprivate func with(
        header: ProtoHeader? = nil, transactions: [AppliedTransaction]? = nil
    ) -> FinalBlock {
        let header = header ?? self.header
        let bytes = header.canonicalBytes
        return FinalBlock(
            hash: Digest.tagged(.header, Array(bytes)), header: header, headerBytes: bytes,
            finalization: finalization, transactions: transactions ?? self.transactions,
            changes: changes, tree: tree, frontier: frontier, logNodes: logNodes,
            nextAuthorities: nextAuthorities)
    }
}
