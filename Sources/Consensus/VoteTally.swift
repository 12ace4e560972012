import Primitives

/// The first vote of each authority of one kind in one view.
struct VoteTally: Sendable {
    /// Ascending by signer; no more than the committee has members.
    private var votes: [Vote] = []

    enum Outcome {
        case added
        case known
        /// The authority has voted otherwise; its first vote stands.
        case conflict(Vote)
    }

    var count: Int { votes.count }

    func vote(of signer: Int) -> Vote? {
        let place = place(of: signer)
        return place < votes.count && votes[place].signer == signer ? votes[place] : nil
    }

    private func place(of signer: Int) -> Int {
        votes.firstIndex { $0.signer >= signer } ?? votes.count
    }

    mutating func add(_ vote: Vote) -> Outcome {
        if let first = self.vote(of: vote.signer) {
            return first.statement == vote.statement ? .known : .conflict(first)
        }
        votes.insert(vote, at: place(of: vote.signer))
        return .added
    }

    /// The first `quorum` votes by index for a statement, nil when there are fewer.
    func quorum(_ quorum: Int, for statement: Statement) -> [Vote]? {
        guard votes.count >= quorum else { return nil }
        let agreeing = Array(votes.lazy.filter { $0.statement == statement }.prefix(quorum))
        return agreeing.count == quorum ? agreeing : nil
    }

    mutating func removeAll() { votes.removeAll() }
}
