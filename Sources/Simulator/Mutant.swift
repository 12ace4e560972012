import Consensus
import Replica

/// A bug of another project, switched on in a whole network, where a checker must report it.
package struct Mutant: Sendable {
    package let name: String
    var deviations: Deviations = []
    var replicaDeviations: ReplicaDeviations = []
    /// The node that alone has the bug; nil where all have it.
    var deviant: Int?
    let members: Int
    /// Tried in turn.
    var seeds: ClosedRange<UInt64> = 1...20
    /// What may be reported.
    package let rules: Set<String>
    var change: @Sendable (inout Scenario) -> Void = { _ in }

    /// The same network and weather with the bug or without it.
    package func verdict(seed: UInt64, isMutant: Bool) throws -> Verdict {
        var scenario = Scenario(calm: members, seed: seed)
        change(&scenario)
        if isMutant {
            scenario.deviations = deviations
            scenario.replicaDeviations = replicaDeviations
            scenario.deviant = deviant
        }
        return try Simulation(scenario).run()
    }

    /// The first run that is faulty under one of the rules with the bug; nil where none is.
    package func firstFault() throws -> Verdict? {
        for seed in seeds {
            let verdict = try verdict(seed: seed, isMutant: true)
            if verdict.violations.contains(where: { rules.contains($0.rule) }) { return verdict }
        }
        return nil
    }

    /// Losses, long ways and crashes.
    @Sendable private static func storm(_ scenario: inout Scenario) {
        scenario.loss = 15
        scenario.delayMilliseconds = 1_500
        scenario.crashPerMille = 10
        scenario.chaosMilliseconds = 20_000
    }

    package static let all: [Mutant] = [
        Mutant(
            name: "quorum 2f+1 at n=5", deviations: .quorumOfTwoThirds, members: 5,
            rules: ["S6"]),
        Mutant(
            name: "finalize after nullify in rebroadcast", deviations: .finalizesAfterNullify,
            members: 4, rules: ["S4"], change: Mutant.storm),
        Mutant(
            name: "resume from last record", deviations: .resumesFromLastRecord, members: 4,
            seeds: 20...100, rules: ["S4"],
            change: { scenario in
                storm(&scenario)
                scenario.delayMilliseconds = 2_500
                scenario.crashPerMille = 25
            }),
        Mutant(
            name: "own nullify not counted again", deviations: .forgetsOwnNullify, members: 2,
            seeds: 1...60, rules: ["L1", "L2"],
            change: {
                $0.hazards = [.crashAll, .isolate]
                $0.hazardPaceMilliseconds = 1_500
                $0.chaosMilliseconds = 20_000
            }),
        Mutant(
            name: "no certify after nullify", deviations: .stopsCertifyingAfterNullify,
            members: 4, seeds: 41...120, rules: ["L1", "L2", "L4"], change: Mutant.storm),
        Mutant(
            name: "send before sync", deviations: .sendsBeforePersisting, members: 4,
            rules: ["S5"]),
        Mutant(
            name: "double-sign check off by one", deviations: .forgetsVotesOfHighestView,
            members: 4, rules: ["S4"], change: Mutant.storm),
        Mutant(
            name: "parent without nullification", deviations: .skipsWithoutNullification,
            members: 4, seeds: 25...90, rules: ["S1", "S2", "S7"],
            change: {
                $0.liars = [1: .parentSkipper]
                $0.delayMilliseconds = 400
                $0.submissions = 30
            }),
        Mutant(
            name: "height reused", replicaDeviations: .reusesHeights, members: 1,
            rules: ["S2"],
            change: { $0.epochs = [Scenario.EpochPlan(height: 3, members: [0])] }),
        Mutant(
            name: "unbounded reply field", deviations: .believesSignerCount, members: 4,
            rules: ["S6"], change: { $0.liars = [1: .certificateSpammer] }),
        Mutant(
            name: "signer index unchecked", deviations: .believesSignerIndex, members: 4,
            rules: ["S6"], change: { $0.liars = [1: .certificateSpammer] }),
        Mutant(
            name: "timestamp checked inside apply", replicaDeviations: .judgesTimeWhenApplying,
            members: 4, rules: ["L4"], change: { $0.lateClock = 3 }),
        Mutant(
            name: "root depends on map order", replicaDeviations: .ordersLogByHashing, members: 4,
            rules: ["S7", "L1", "L2"], change: { $0.burst = 16 }),
        Mutant(
            name: "apply error ignored", replicaDeviations: .ignoresApplyErrors, deviant: 4,
            members: 4, rules: ["S7"],
            change: {
                $0.observers = 1
                $0.liars = [1: .falseServer]
            }),
        Mutant(
            name: "lone authority waits for peers", deviations: .waitsForPeers, members: 1,
            rules: ["L1"]),
        Mutant(
            name: "second queued membership change lost",
            replicaDeviations: .secondQueuedChangeLost, members: 4, rules: ["L2"],
            change: {
                $0.newcomers = 1
                $0.changes = [
                    ChangePlan(.add(4), time: 1_000, effective: 12_000),
                    ChangePlan(.remove(1), effective: 12_000),
                ]
            }),
        Mutant(
            name: "timers that never grow", deviations: .keepsTimersFixed, members: 4,
            rules: ["L1"],
            change: {
                $0.distanceMilliseconds = 2_600
                $0.chaosMilliseconds = 5_000
            }),
    ]
}
