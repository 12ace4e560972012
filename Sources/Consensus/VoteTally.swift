import Primitives

/// The first vote of each authority of one kind in one view.
struct VoteTally: Sendable {
    private(set) var votes: [Vote?]
    private(set) var count = 0

    init(memberCount: Int) {
        votes = Array(repeating: nil, count: memberCount)
    }

    enum Outcome {
        case added
        case known
        /// The authority has voted otherwise; its first vote stands.
        case conflict(Vote)
    }

    func vote(of signer: Int) -> Vote? {
        votes.indices.contains(signer) ? votes[signer] : nil
    }

    mutating func add(_ vote: Vote) -> Outcome {
        guard votes.indices.contains(vote.signer) else { return .known }
        if let first = votes[vote.signer] {
            return first.statement == vote.statement ? .known : .conflict(first)
        }
        votes[vote.signer] = vote
        count += 1
        return .added
    }

    /// The first `quorum` votes by index for a statement, nil when there are fewer.
    func quorum(_ quorum: Int, for statement: Statement) -> [Vote]? {
        guard count >= quorum else { return nil }
        let agreeing = votes.lazy.compactMap(\.self).filter { $0.statement == statement }
        let first = Array(agreeing.prefix(quorum))
        return first.count == quorum ? first : nil
    }

    mutating func removeAll() {
        votes = Array(repeating: nil, count: votes.count)
        count = 0
    }
}
