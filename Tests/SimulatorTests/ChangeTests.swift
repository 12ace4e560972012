import Simulator
import Testing

/// The set that votes changes by transactions, while things break.
@Suite("Authority changes in simulated networks") struct ChangeTests {
    struct Story: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let members: Int
        var newcomers = 0
        let changes: [ChangePlan]
    }

    private static let stories: [Story] = [
        Story(
            testDescription: "one more", members: 4, newcomers: 1,
            changes: [ChangePlan(.add(4), time: 3_000)]),
        Story(
            testDescription: "one less", members: 4,
            changes: [ChangePlan(.remove(2), time: 3_000)]),
        Story(
            testDescription: "another in its place", members: 4, newcomers: 1,
            changes: [ChangePlan(.replace(1, by: 4), time: 3_000)]),
        Story(
            testDescription: "another vote key", members: 4, newcomers: 1,
            changes: [ChangePlan(.rotateVoteKey(3, to: 4), time: 3_000)]),
        Story(
            testDescription: "another log key", members: 4,
            changes: [ChangePlan(.rotateLogKey(0), time: 3_000)]),
        Story(
            testDescription: "from two to one", members: 2,
            changes: [ChangePlan(.remove(0), time: 3_000)]),
        Story(
            testDescription: "from one to two", members: 1, newcomers: 1,
            changes: [ChangePlan(.add(1), time: 3_000)]),
        Story(
            testDescription: "another vote key of the only one", members: 1, newcomers: 1,
            changes: [ChangePlan(.rotateVoteKey(0, to: 1), time: 3_000)]),
        Story(
            testDescription: "from four to one", members: 4,
            changes: [
                ChangePlan(.remove(0), time: 1_000), ChangePlan(.remove(2)), ChangePlan(.remove(3)),
            ]),
        Story(
            testDescription: "from one to four", members: 1, newcomers: 3,
            changes: [
                ChangePlan(.add(1), time: 1_000), ChangePlan(.add(2)), ChangePlan(.add(3)),
            ]),
        Story(
            testDescription: "two that are due at once", members: 4, newcomers: 1,
            changes: [
                ChangePlan(.add(4), time: 1_000, effective: 12_000),
                ChangePlan(.remove(1), effective: 12_000),
            ]),
        Story(
            testDescription: "one that left comes back in another's place", members: 5,
            newcomers: 1,
            changes: [
                ChangePlan(.remove(1), time: 1_000, effective: 12_000),
                ChangePlan(.add(5), effective: 12_000),
                ChangePlan(.rotateVoteKey(2, to: 1), time: 15_000),
            ]),
    ]

    /// The weather of a story; the seeds differ in who has the accounts and in what breaks.
    private func scenario(_ story: Story, seed: UInt64) -> Scenario {
        var scenario = Scenario(calm: story.members, seed: seed, observers: 1)
        scenario.newcomers = story.newcomers
        scenario.changes = story.changes
        scenario.membersHaveAccounts = seed % 2 == 0
        scenario.delayMilliseconds = 60
        return scenario
    }

    private func expectAll(_ story: Story, _ scenario: Scenario) throws {
        let verdict = try Simulation(scenario).run()
        #expect(verdict.isSound, "seed \(scenario.seed): \(verdict.violations)")
        #expect(verdict.epoch == UInt64(story.changes.count))
    }

    @Test("A change takes effect in good weather, and the network goes on", arguments: stories)
    func calm(_ story: Story) throws {
        for seed in 1...2 as ClosedRange<UInt64> {
            var scenario = scenario(story, seed: seed)
            scenario.checksIdleness = true
            scenario.checksStandstill = true
            try expectAll(story, scenario)
        }
    }

    @Test("A change takes effect while the network is split again and again", arguments: stories)
    func split(_ story: Story) throws {
        for seed in 1...3 as ClosedRange<UInt64> {
            var scenario = scenario(story, seed: seed)
            scenario.hazards = [.split, .isolate, .cutOneWay]
            scenario.hazardPaceMilliseconds = 1_500
            try expectAll(story, scenario)
        }
    }

    @Test("A change takes effect in a storm with crashes", arguments: stories)
    func storm(_ story: Story) throws {
        for seed in 1...3 as ClosedRange<UInt64> {
            var scenario = scenario(story, seed: seed)
            scenario.loss = 10
            scenario.delayMilliseconds = 500
            scenario.crashPerMille = 8
            scenario.hazards = [.crash, .crashAll]
            try expectAll(story, scenario)
        }
    }

    @Test("The leader of an epoch's last block may be the one that leaves")
    func leaderLeaves() throws {
        var leaders: Set<Int> = []
        for member in 0..<4 {
            var scenario = Scenario(calm: 4, seed: 5, observers: 1)
            scenario.changes = [ChangePlan(.remove(member), time: 3_000)]
            let verdict = try Simulation(scenario).run()
            #expect(verdict.isSound, "\(member): \(verdict.violations)")
            if verdict.boundaryLeaders == [member] { leaders.insert(member) }
        }
        #expect(!leaders.isEmpty, "none of them led")
    }

    @Test(
        "A process that dies before any one of its effects around an epoch's end",
        arguments: [(1, 0), (2, 0), (2, 1), (4, 1)])
    func everyEffect(_ members: Int, _ node: Int) throws {
        for effect in 1...40 as ClosedRange<UInt64> {
            var scenario = Scenario(calm: members, seed: effect)
            scenario.submissions = 3
            scenario.chaosMilliseconds = 6_000
            scenario.newcomers = members == 1 ? 1 : 0
            scenario.changes = [ChangePlan(members == 1 ? .add(1) : .remove(1))]
            scenario.crashPoint = Scenario.CrashPoint(
                node: node, effect: effect, isAtBoundary: true)
            let verdict = try Simulation(scenario).run()
            #expect(verdict.isSound, "effect \(effect): \(verdict.violations)")
            #expect(verdict.epoch == 1)
        }
    }
}
