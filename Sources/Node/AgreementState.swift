import Consensus
import Primitives

/// Where the agreement stands, for operators.
struct AgreementState: Sendable {
    var epoch: Epoch
    var view: View
    /// Whose turn the view is.
    var leader: Int
    /// This node's index; nil for an observer.
    var ownIndex: Int?
    /// There is work, and the view's timers run.
    var isBusy: Bool
    /// Final blocks are known that are not here yet.
    var isBehind: Bool
    /// Each authority's newest vote.
    var lastVotes: [Position?]
    /// Authorities that seem dead.
    var silent: [Int]
    /// The authorities by index.
    var members: [PeerDirectory.Member]

    func vote(of index: Int) -> Position? {
        lastVotes.indices.contains(index) ? lastVotes[index] : nil
    }

    init(_ machine: ConsensusMachine, _ members: [PeerDirectory.Member]) {
        self.members = members
        epoch = machine.epoch
        view = machine.current
        leader = machine.leader
        ownIndex = machine.ownIndex
        isBusy = machine.isBusy
        isBehind = machine.isBehind
        lastVotes = machine.lastVotes
        silent = machine.silentAuthorities
    }
}
