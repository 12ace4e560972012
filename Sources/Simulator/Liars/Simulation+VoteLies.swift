import Consensus
import Foundation
import Primitives
import Replica

/// Lies of votes, certificates and claims.
extension Simulation {
    /// For and against the same view, each to a half of the others.
    func contradictions(_ message: PeerMessage, _ index: Int, _ others: [Int]) -> [Lie] {
        guard let view = message.votedView else { return [(message, others)] }
        let (one, other) = halves(others)
        var lies: [Lie] = [(message, one)]
        lies += votes(.nullify(epoch(of: index), view), index, other)
        if case .vote(let vote) = message, let subject = vote.subject {
            lies += votes(.finalize(subject), index, one)
        }
        return lies
    }

    func impersonation(_ message: PeerMessage, _ index: Int, _ others: [Int]) -> [Lie] {
        guard case .vote(let vote) = message,
            let count = nodes[index].machine?.committee.count
        else { return [] }
        let victim = (vote.signer + 1 + numbers.index(max(1, count - 1))) % count
        return [
            (
                .vote(
                    Vote(statement: vote.statement, signer: victim, signature: vote.signature)),
                others
            )
        ]
    }

    func otherEpoch(_ message: PeerMessage, _ index: Int, _ others: [Int]) -> [Lie] {
        guard let view = message.votedView else { return [] }
        let epoch = Epoch(epoch(of: index).rawValue + 1)
        let subject = VoteSubject(
            epoch: epoch, view: view, parentView: View(view.rawValue - 1),
            blockHash: Digest.zero)
        return votes(.nullify(epoch, view), index, others)
            + votes(.finalize(subject), index, others)
    }

    /// Certificates that the liar alone signed: under its own name too few times, under all names,
    /// and under names that nobody has.
    func forgedCertificates(_ index: Int, _ others: [Int]) -> [Lie] {
        guard let machine = nodes[index].machine, let seat = machine.consensus.ownIndex,
            numbers.chance(percent: 40)
        else { return [] }
        let count = machine.committee.count
        let statement = forgedStatement(index)
        guard let vote = vote(statement, index) else { return [] }
        let signers: [Int]
        switch numbers.below(3) {
        case 0: signers = [seat]
        case 1: signers = Array(0..<count)
        default: signers = (0..<count).map { seat + $0 * count }
        }
        let certificate = Certificate(
            statement: statement, signers: SignerSet(signers),
            signatures: Array(repeating: vote.signature, count: signers.count))
        return [(.certificate(certificate), others)]
    }

    private func forgedStatement(_ index: Int) -> Statement {
        let epoch = epoch(of: index)
        let view = nodes[index].machine?.consensus.current ?? View(1)
        let subject = numbers.pick(nodes[index].liar?.subjects ?? [])
        switch numbers.below(3) {
        case 0: return .nullify(epoch, view)
        case 1: return subject.map { .notarize($0) } ?? .nullify(epoch, view)
        default: return subject.map { .finalize($0) } ?? .nullify(epoch, view)
        }
    }

    func farFuture(_ index: Int, _ others: [Int]) -> [Lie] {
        let epoch = epoch(of: index)
        let view = View(1 << 40 + numbers.below(1_000))
        let key = CertificateKey(epoch: epoch, view: view, kind: .nullify)
        return votes(.nullify(epoch, view), index, others) + [(.fetch(key), others)]
    }

    /// Answers, but with something else.
    func stale(_ message: PeerMessage, _ liar: Liar, _ others: [Int]) -> [Lie] {
        switch message {
        case .blocks, .certificate, .hello:
            let old = liar.said.first { $0.isAnswer }
            return [(old ?? message, others)]
        default: return [(message, others)]
        }
    }

    func anything(_ message: PeerMessage, _ index: Int, _ others: [Int]) -> [Lie] {
        guard let liar = nodes[index].liar else { return [] }
        switch numbers.below(6) {
        case 0: return []
        case 1: return twoProposals(message, index, others)
        case 2: return skipping(message, index, others)
        case 3: return spoiled(message, index, others)
        case 4: return [(message, others)] + anyLie(liar, index, others)
        default: return [(message, others)]
        }
    }

    /// Any vote on anything seen, or an old certificate.
    func anyLie(_ liar: Liar, _ index: Int, _ targets: [Int]) -> [Lie] {
        let view = nodes[index].machine?.consensus.current ?? View(1)
        let subject = numbers.pick(liar.subjects)
        switch numbers.below(7) {
        case 0: return votes(.nullify(epoch(of: index), view), index, targets)
        case 1:
            return votes(.nullify(epoch(of: index), View(view.rawValue + 1)), index, targets)
        case 2:
            return subject.map { votes(.nullify($0.epoch, $0.view), index, targets) } ?? []
        case 3: return subject.map { votes(.notarize($0), index, targets) } ?? []
        case 4: return subject.map { votes(.finalize($0), index, targets) } ?? []
        case 5: return forgedCertificates(index, targets)
        default:
            return numbers.pick(liar.certificates).map { [(.certificate($0), targets)] } ?? []
        }
    }
}

extension PeerMessage {
    var isAnswer: Bool {
        switch self {
        case .blocks, .certificate, .hello: true
        default: false
        }
    }

    /// A hello that claims blocks and views that its sender has not.
    func claimingMore(_ numbers: inout SeededNumbers) -> PeerMessage {
        guard case .hello(let hello) = self else { return self }
        return .hello(
            Hello(
                network: hello.network, epoch: hello.epoch,
                view: View(hello.view.rawValue + numbers.below(1_000_000)),
                height: Height(hello.height.rawValue + 1 + numbers.below(1_000_000)),
                finalization: hello.finalization, entry: hello.entry))
    }
}
