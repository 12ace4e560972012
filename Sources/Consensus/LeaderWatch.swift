import Primitives

/// Which leaders seem dead (C10).
struct LeaderWatch: Sendable {
    /// For each authority whose last view ended without a proposal: who was heard from since then,
    /// this node included; nil for those that are not suspected.
    private var heardSince: [Set<Int>?]
    /// Views given up on entry since the last final block.
    private(set) var skips = 0

    init(memberCount: Int) {
        heardSince = Array(repeating: nil, count: memberCount)
    }

    /// Those that were not heard from since their last view ended without a proposal.
    var suspects: [Int] { heardSince.indices.filter { heardSince[$0] != nil } }

    mutating func suspect(_ leader: Int, ownIndex: Int?) {
        guard heardSince.indices.contains(leader), leader != ownIndex, heardSince[leader] == nil
        else { return }
        heardSince[leader] = Set([ownIndex].compactMap(\.self))
    }

    mutating func heard(_ index: Int) {
        guard heardSince.indices.contains(index) else { return }
        heardSince[index] = nil
        for other in heardSince.indices { heardSince[other]?.insert(index) }
    }

    /// Silent while a quorum of others was not.
    func isDead(_ leader: Int, quorum: Int) -> Bool {
        guard heardSince.indices.contains(leader), let heard = heardSince[leader] else {
            return false
        }
        return heard.count >= quorum && skips < heardSince.count
    }

    mutating func countSkip() { skips += 1 }
    /// A block became final.
    mutating func startCounting() { skips = 0 }
}
