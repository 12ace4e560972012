import Consensus
import Foundation
import Primitives
import Replica

/// What a lying member has seen and can lie about; bounded.
struct Liar {
    let role: LiarRole
    private(set) var subjects: [VoteSubject] = []
    private(set) var certificates: [Certificate] = []
    private(set) var said: [PeerMessage] = []

    init(_ role: LiarRole) { self.role = role }

    mutating func see(_ message: PeerMessage) {
        switch message {
        case .proposal(let vote, _), .vote(let vote):
            if let subject = vote.subject { remember(subject) }
        case .certificate(let certificate):
            if let subject = certificate.subject { remember(subject) }
            certificates.append(certificate)
            if certificates.count > 16 { certificates.removeFirst() }
        default: break
        }
    }

    mutating func say(_ message: PeerMessage) {
        said.append(message)
        if said.count > 24 { said.removeFirst() }
    }

    private mutating func remember(_ subject: VoteSubject) {
        guard !subjects.contains(subject) else { return }
        subjects.append(subject)
        if subjects.count > 16 { subjects.removeFirst() }
    }
}

/// A lie and who is told it.
typealias Lie = (message: PeerMessage, targets: [Int])

extension Simulation {
    /// What a liar says instead of something true.
    func lies(instead message: PeerMessage, by index: Int, to others: [Int]) -> [Lie] {
        guard let liar = nodes[index].liar else { return [(message, others)] }
        nodes[index].liar?.say(message)
        let truth: Lie = (message, others)
        switch liar.role {
        case .silent: return []
        case .late: return [truth]
        case .conflicter: return contradictions(message, index, others)
        case .equivocator: return twoProposals(message, index, others)
        case .nuller:
            guard let view = message.votedView else { return [truth] }
            return [truth] + votes(.nullify(epoch(of: index), view), index, others)
        case .nullifyOnly:
            guard let view = message.votedView else { return [truth] }
            return votes(.nullify(epoch(of: index), view), index, others)
        case .outdated:
            let old = numbers.chance(percent: 50) ? liar.said.first : nil
            return [(old ?? message, others)]
        case .impersonator: return [truth] + impersonation(message, index, others)
        case .wrongEpoch: return [truth] + otherEpoch(message, index, others)
        case .withholder: return withheld(message, others)
        case .invalidBlock: return spoiled(message, index, others)
        case .lyingHeight: return [(message.claimingMore(&numbers), others)]
        case .parentSkipper: return skipping(message, index, others)
        case .certificateSpammer: return [truth] + forgedCertificates(index, others)
        case .farFutureSpammer: return [truth] + farFuture(index, others)
        case .staleServer: return stale(message, liar, others)
        case .falseServer: return [(message.withOtherTransactions(&numbers), others)]
        case .random: return anything(message, index, others)
        }
    }

    /// Now and then a liar speaks without having been asked.
    func lieOnReceipt(_ index: Int) throws {
        guard let liar = nodes[index].liar, nodes[index].isRunning else { return }
        let isTalkative = [.random, .conflicter, .certificateSpammer, .farFutureSpammer]
            .contains(liar.role)
        guard isTalkative, numbers.chance(percent: 15) else { return }
        let others = authorities(for: index)
        guard let target = numbers.pick(others) else { return }
        for (lie, targets) in anyLie(liar, index, [target]) {
            utter(lie, from: index, to: targets)
        }
    }

    // MARK: What is signed

    func epoch(of index: Int) -> Epoch { nodes[index].machine?.committee.epoch ?? Epoch(0) }

    /// A vote with the liar's own key, nothing where it has no seat.
    func votes(_ statement: Statement, _ index: Int, _ targets: [Int]) -> [Lie] {
        vote(statement, index).map { [(.vote($0), targets)] } ?? []
    }

    func vote(_ statement: Statement, _ index: Int) -> Vote? {
        guard let member = nodes[index].member,
            let seat = nodes[index].machine?.consensus.ownIndex
        else { return nil }
        let signer = world.members[member].signer
        return Vote(
            statement: statement, signer: seat,
            signature: signer.sign(
                statement.kind.tag, statement.payload(network: world.network)))
    }

    /// A half of some targets, drawn anew each time, and the other half.
    func halves(_ targets: [Int]) -> ([Int], [Int]) {
        let order = numbers.shuffled(targets)
        return (Array(order.prefix(order.count / 2)), Array(order.dropFirst(order.count / 2)))
    }
}

extension PeerMessage {
    /// The view of a vote or proposal.
    var votedView: View? {
        switch self {
        case .proposal(let vote, _), .vote(let vote): vote.view
        default: nil
        }
    }
}
