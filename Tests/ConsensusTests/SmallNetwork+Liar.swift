import Consensus
import Primitives

/// A member that signs whatever it likes: both proposals as a leader, on any parent, every vote on
/// everything, and shows old certificates to whom it pleases.
struct Liar {
    /// What it has seen, the newest last; bounded.
    private(set) var subjects: [VoteSubject] = []
    private(set) var certificates: [Certificate] = []
    var proposedViews: Set<View> = []

    mutating func see(_ message: ConsensusMessage) -> View? {
        switch message {
        case .proposal(let vote), .vote(let vote):
            if let subject = vote.subject { remember(subject) }
            return vote.view
        case .certificate(let certificate):
            if let subject = certificate.subject { remember(subject) }
            certificates.append(certificate)
            if certificates.count > 16 { certificates.removeFirst() }
            return certificate.view
        case .hello(let hello): return hello.view
        case .fetch: return nil
        }
    }

    private mutating func remember(_ subject: VoteSubject) {
        guard !subjects.contains(subject) else { return }
        subjects.append(subject)
        if subjects.count > 16 { subjects.removeFirst() }
    }
}

extension SmallNetwork {
    /// Answers a message with lies to some of the others.
    mutating func lie(_ message: ConsensusMessage, _ index: Int) {
        guard let view = liar.see(message), numbers.chance(60) else { return }
        for candidate in [view, View(view.rawValue + 1)]
        where members.committee.leader(of: candidate) == processes[index].member
            && liar.proposedViews.insert(candidate).inserted
        {
            proposeTwice(candidate, index)
        }
        let target = Int(numbers.below(UInt64(processes.count)))
        guard target != index, let lie = anyLie(view, index) else { return }
        send(lie, from: index, to: target)
    }

    private mutating func anyLie(_ view: View, _ index: Int) -> ConsensusMessage? {
        let member = processes[index].member
        let subject =
            liar.subjects.isEmpty
            ? nil : liar.subjects[Int(numbers.below(UInt64(liar.subjects.count)))]
        switch numbers.below(5) {
        case 0: return .vote(members.vote(member, members.nullify(view.rawValue)))
        case 1: return .vote(members.vote(member, members.nullify(view.rawValue + 1)))
        case 2:
            guard let subject else { return nil }
            let vote = members.vote(member, .notarize(subject))
            return .vote(vote)
        case 3: return subject.map { .vote(members.vote(member, .finalize($0))) }
        default:
            guard !liar.certificates.isEmpty else { return nil }
            return .certificate(
                liar.certificates[Int(numbers.below(UInt64(liar.certificates.count)))])
        }
    }

    /// Two blocks for one view, each on any parent that was ever seen, each for half of the others.
    private mutating func proposeTwice(_ view: View, _ index: Int) {
        for version in 0..<2 {
            var parent = (view: View(0), hash: Members.genesis, height: UInt64(0))
            let known = liar.subjects.filter {
                $0.view < view && processes[index].disk.blocks[$0.blockHash] != nil
            }
            if !known.isEmpty {
                let subject = known[Int(numbers.below(UInt64(known.count)))]
                let height = processes[index].disk.blocks[subject.blockHash]?.height ?? 0
                parent = (subject.view, subject.blockHash, height)
            }
            let block = SmallBlock(
                parent: parent.hash, height: parent.height + 1, numbers: [-version - 1])
            processes[index].disk.blocks[block.hash] = block
            let subject = VoteSubject(
                epoch: members.committee.epoch, view: view, parentView: parent.view,
                blockHash: block.hash)
            let vote = members.vote(processes[index].member, .notarize(subject))
            for other in processes.indices where other != index {
                if other % 2 == version || numbers.chance(10) {
                    send(.proposal(vote), from: index, to: other)
                }
            }
        }
    }
}
