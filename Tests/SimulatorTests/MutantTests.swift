import Consensus
import Replica
import Simulator
import Testing

/// Bugs of others, switched on in whole networks: a checker reports each of these within a few
/// seeds, and none of them without the bug.
@Suite("Bugs of others in simulated networks") struct MutantTests {
    struct Mutant: CustomTestStringConvertible, Sendable {
        let name: String
        var deviations: Deviations = []
        var replicaDeviations: ReplicaDeviations = []
        /// Of whom one has the bug; nil where all have it.
        var deviant: Int?
        let members: Int
        var seeds: ClosedRange<UInt64> = 1...20
        /// What may be reported.
        let rules: Set<String>
        var change: @Sendable (inout Scenario) -> Void = { _ in }

        var testDescription: String { name }
    }

    /// Storms: losses, long ways and crashes.
    @Sendable private static func storm(_ scenario: inout Scenario) {
        scenario.loss = 15
        scenario.delayMilliseconds = 1_500
        scenario.crashPerMille = 10
        scenario.chaosMilliseconds = 20_000
    }

    static let mutants: [Mutant] = [
        Mutant(
            name: "quorum 2f+1 at n=5", deviations: .quorumOfTwoThirds, members: 5,
            rules: ["S6"]),
        Mutant(
            name: "finalize after nullify in rebroadcast", deviations: .finalizesAfterNullify,
            members: 4, rules: ["S4"], change: storm),
        Mutant(
            name: "parent without nullification", deviations: .skipsWithoutNullification,
            members: 4, rules: ["S1", "S2", "S3"],
            change: { $0.liars = [1: .parentSkipper] }),
        Mutant(
            name: "resume from last record", deviations: .resumesFromLastRecord, members: 4,
            rules: ["S4"], change: storm),
        Mutant(
            name: "own nullify not counted again", deviations: .forgetsOwnNullify, members: 3,
            rules: ["L1", "L2"], change: storm),
        Mutant(
            name: "no certify after nullify", deviations: .stopsCertifyingAfterNullify,
            members: 4, seeds: 1...60, rules: ["L1", "L2", "L4"], change: storm),
        Mutant(
            name: "send before sync", deviations: .sendsBeforePersisting, members: 4,
            rules: ["S5"]),
        Mutant(
            name: "double-sign check off by one", deviations: .forgetsVotesOfHighestView,
            members: 4, rules: ["S4"], change: storm),
        Mutant(
            name: "fetch by view only", deviations: .fetchesByViewAlone, members: 4,
            seeds: 1...60, rules: ["L1", "L2", "L4"], change: storm),
        Mutant(
            name: "nullification dropped below the floor", deviations: .dropsNullifications,
            members: 4, seeds: 1...60, rules: ["L1", "L2", "L4"], change: storm),
        Mutant(
            name: "finalize not resent when idle", deviations: .sendsFinalizeOnce, members: 4,
            seeds: 1...60, rules: ["L1", "L2", "L4"], change: storm),
        Mutant(
            name: "old-epoch journal replayed", deviations: .replaysOtherEpochs, members: 4,
            seeds: 1...40, rules: ["S2", "S4", "S5", "S7", "S9", "L1"],
            change: { scenario in
                storm(&scenario)
                scenario.epochs = [.init(height: 3, members: [1, 0, 2, 3])]
            }),
        Mutant(
            name: "height reused", replicaDeviations: .reusesHeights, members: 4,
            rules: ["S1", "S2"],
            change: { $0.epochs = [.init(height: 3, members: [1, 0, 2, 3])] }),
        Mutant(
            name: "unbounded reply field", deviations: .believesSignerCount, members: 4,
            rules: ["S6"], change: { $0.liars = [2: .certificateSpammer] }),
        Mutant(
            name: "signer index unchecked", deviations: .believesSignerIndex, members: 4,
            rules: ["S6"], change: { $0.liars = [2: .certificateSpammer] }),
        Mutant(
            name: "timestamp checked inside apply", replicaDeviations: .judgesTimeWhenApplying,
            members: 4, rules: ["L1", "L2", "L4", "L5"],
            change: {
                $0.hazards = [.clockJump]
                $0.hazardPaceMilliseconds = 500
            }),
        Mutant(
            name: "root depends on map order", replicaDeviations: .ordersLogByHashing,
            members: 4, rules: ["L1", "L2", "S7"],
            change: {
                $0.submissions = 30
                $0.chaosMilliseconds = 6_000
            }),
        Mutant(
            name: "apply error ignored", replicaDeviations: .ignoresApplyErrors, deviant: 3,
            members: 4, rules: ["S1", "S7", "S8"],
            change: { scenario in
                scenario.liars = [1: .falseServer]
                scenario.hazards = [.isolate, .crash]
                scenario.loss = 20
            }),
        Mutant(
            name: "lone authority waits for peers", deviations: .waitsForPeers, members: 1,
            rules: ["L1", "L2"]),
    ]

    private func verdict(_ mutant: Mutant, _ seed: UInt64, isMutant: Bool) throws -> Verdict {
        var scenario = Scenario(calm: mutant.members, seed: seed)
        mutant.change(&scenario)
        if isMutant {
            scenario.deviations = mutant.deviations
            scenario.replicaDeviations = mutant.replicaDeviations
            scenario.deviant = mutant.deviant
        }
        return try Simulation(scenario).run()
    }

    @Test("a bug is reported under one of its rules", arguments: mutants)
    func killed(_ mutant: Mutant) throws {
        var found: Verdict?
        for seed in mutant.seeds where found == nil {
            let verdict = try verdict(mutant, seed, isMutant: true)
            if verdict.violations.contains(where: { mutant.rules.contains($0.rule) }) {
                found = verdict
            }
        }
        let seed = try #require(found?.seed, "the bug is not noticed")
        let sound = try verdict(mutant, seed, isMutant: false)
        #expect(sound.isSound, "without the bug: \(sound.violations)")
    }
}
