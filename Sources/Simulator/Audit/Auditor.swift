import Foundation
import Primitives
import Wire

/// Watches all messages, disks and chains of a run by rules of its own: S1 to S9.
///
/// It shares no code with the replica: it reads bytes, counts quorums anew, and computes hashes and
/// roots again. Votes of honest members are counted as if every liar had voted for everything: so
/// a hole is found where a quorum *could* be made, whether or not somebody made it.
struct Auditor {
    typealias Verifier = (Signature, PublicKey, HashTag, [UInt8]) -> Bool

    let network: Digest
    let genesis: Digest
    /// The key of each process's member; nil for observers.
    let keys: [PublicKey?]
    /// Keys that sign what honest ones do not.
    private(set) var lying: Set<PublicKey>
    /// Keys whose votes were lost where every vote is needed: they may contradict themselves, and
    /// nothing else (D5).
    private(set) var forgetful: Set<PublicKey> = []
    let verify: Verifier

    private(set) var violations: [Verdict.Violation] = []
    private var now: UInt64 = 0

    /// The authorities of each epoch that began or can begin.
    var sets: [UInt64: [PublicKey]]
    /// The height of each epoch's last block.
    var boundaries: [UInt64: UInt64] = [:]
    /// Who led the view of each epoch's last block.
    var boundaryLeaders: [PublicKey] = []
    var ballots: [ViewID: Ballot] = [:]
    var certified: [ViewID: Certified] = [:]
    var verified: Set<SeenCertificate> = []
    var chain: [FinalLink] = []
    /// Blocks that a finalization names, until they are written.
    var owed: [Digest: String] = [:]
    var places: [Digest: UInt64] = [:]
    var logRoots = LogRoots()
    /// Energy of all reads that are final, in watt-hours.
    var readEnergy: UInt64 = 0
    var nodes: [NodeView]

    /// What is known of a process from outside.
    struct NodeView {
        var height: UInt64 = 0
        var votes: Set<SeenVote> = []
        var certificates: Set<SeenCertificate> = []
    }

    /// A block of the final chain.
    struct FinalLink {
        let hash: Digest
        let epoch: UInt64
        let view: UInt64
        let timeMilliseconds: UInt64
        let stateRoot: Data
        let bytes: Data
        let isBoundary: Bool
    }

    init(
        network: Digest, genesis: Digest, authorities: [PublicKey], keys: [PublicKey?],
        lying: Set<PublicKey>, verify: @escaping Verifier
    ) {
        self.network = network
        self.genesis = genesis
        self.keys = keys
        self.lying = lying
        self.verify = verify
        sets = [0: authorities]
        nodes = Array(repeating: NodeView(), count: keys.count)
    }

    mutating func look(at time: UInt64) { now = time }

    mutating func report(_ rule: String, _ reason: String) {
        guard violations.count < 20 else { return }
        violations.append(Verdict.Violation(rule: rule, reason: reason, time: now))
    }

    // MARK: What is known

    func height(of node: Int) -> UInt64 { nodes[node].height }
    var greatestHeight: UInt64 { UInt64(chain.count) }
    /// Of the next block.
    var epoch: UInt64 { chain.last.map { $0.isBoundary ? $0.epoch + 1 : $0.epoch } ?? 0 }

    /// Whether an honest node has written a transaction.
    func isFinal(_ id: Digest) -> Bool { places[id] != nil }

    // MARK: Quorums

    /// Most liars that so many authorities stand: fewer than a third of them.
    static func mostLiars(_ count: Int) -> Int {
        var liars = 0
        while 3 * (liars + 1) < count { liars += 1 }
        return liars
    }

    /// Votes that decide: any two such groups share more than the liars.
    static func quorum(_ count: Int) -> Int { count - mostLiars(count) }

    func liarCount(_ epoch: UInt64) -> Int {
        (sets[epoch] ?? []).count { lying.contains($0) }
    }

    /// Whether so many honest votes could make a certificate with all liars' help.
    func suffice(_ votes: Int, in epoch: UInt64) -> Bool {
        guard let set = sets[epoch] else { return false }
        return votes + liarCount(epoch) >= Auditor.quorum(set.count)
    }

    // MARK: Processes

    /// A process's files are gone.
    mutating func wiped(_ node: Int) { nodes[node] = NodeView() }

    /// A process begins with another one's files.
    mutating func copied(from node: Int, to other: Int) { nodes[other] = nodes[node] }

    /// A member's own votes are gone, and it has its operator's word to go on (D5).
    ///
    /// Alone, it has told nobody of them. Of two or three, each certificate needs every vote: a
    /// member that contradicts itself makes none that contradict each other. In a larger set it
    /// must not contradict itself.
    mutating func lostVotes(_ node: Int) {
        guard let key = keys[node] else { return }
        let count = sets[epoch]?.count ?? 0
        if count == 1 {
            let view = chain.last.map { $0.isBoundary ? 0 : $0.view } ?? 0
            let epoch = chain.last?.epoch ?? 0
            let isOpen: (ViewID) -> Bool = {
                $0.epoch > epoch || ($0.epoch == epoch && $0.view > view)
            }
            ballots = ballots.filter { !isOpen($0.key) }
            certified = certified.filter { !isOpen($0.key) }
            owed.removeAll()
        } else if count <= 3 {
            forgetful.insert(key)
            lying.insert(key)
            // What it signed before does not count twice.
            for place in Array(ballots.keys) {
                guard let seat = sets[place.epoch]?.firstIndex(of: key) else { continue }
                ballots[place]?.notarize[seat] = nil
                ballots[place]?.finalize[seat] = nil
                ballots[place]?.nullify.remove(seat)
            }
        }
    }

    /// S5: a client is told that its transaction is final.
    mutating func acknowledged(_ id: Digest, by node: Int) {
        guard let height = places[id], height <= nodes[node].height else {
            report("S5", "node \(node) acknowledged \(id) before it was durable")
            return
        }
    }
}
