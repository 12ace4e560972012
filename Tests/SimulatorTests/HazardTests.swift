import Simulator
import Testing

/// Each fault and each lie of the menu by itself.
@Suite("Faults and lies") struct HazardTests {
    @Test("one kind of fault, again and again", arguments: Hazard.allCases)
    func alone(_ hazard: Hazard) throws {
        for seed in 1...4 as ClosedRange<UInt64> {
            var scenario = Scenario(calm: seed == 4 ? 3 : 4, seed: seed, observers: 1)
            scenario.hazards = [hazard]
            scenario.hazardPaceMilliseconds = 1_500
            scenario.delayMilliseconds = 60
            let verdict = try Simulation(scenario).run()
            #expect(verdict.isSound, "\(hazard), seed \(seed): \(verdict.violations)")
        }
    }

    @Test("one kind of liar among four, and two of it among seven", arguments: LiarRole.allCases)
    func liars(_ role: LiarRole) throws {
        for seed in 1...4 as ClosedRange<UInt64> {
            var scenario = Scenario(calm: seed % 2 == 0 ? 7 : 4, seed: seed, observers: 1)
            scenario.liars = seed % 2 == 0 ? [1: role, 4: role] : [Int(seed): role]
            scenario.delayMilliseconds = seed > 2 ? 300 : 20
            scenario.loss = seed > 2 ? 5 : 0
            scenario.crashPerMille = seed > 3 ? 2 : 0
            let verdict = try Simulation(scenario).run()
            #expect(verdict.isSound, "\(role), seed \(seed): \(verdict.violations)")
        }
    }

    /// Fixed timers of 2 s and 4 s would lose every view for ever from about 2 s on.
    @Test(
        "messages that take longer than the base timers",
        arguments: [1, 2, 3, 4, 7], [1_500, 2_600, 6_000] as [UInt64])
    func distance(_ members: Int, _ distance: UInt64) throws {
        for seed in 1...2 as ClosedRange<UInt64> {
            var scenario = Scenario(calm: members, seed: seed, observers: 1)
            scenario.distanceMilliseconds = distance
            scenario.hazards = seed == 2 ? [.crash] : []
            scenario.loss = seed == 2 ? 5 : 0
            let verdict = try Simulation(scenario).run()
            #expect(verdict.isSound, "\(members), seed \(seed): \(verdict.violations)")
        }
    }

    @Test("a key that runs twice", arguments: 1...6)
    func clone(_ seed: UInt64) throws {
        var scenario = Scenario(calm: 4, seed: seed)
        scenario.clone = Int(seed % 4)
        scenario.delayMilliseconds = 100
        scenario.crashPerMille = seed > 3 ? 2 : 0
        let verdict = try Simulation(scenario).run()
        #expect(verdict.isSound, "seed \(seed): \(verdict.violations)")
    }

    @Test("votes that are lost", arguments: [1, 2, 3, 4, 5, 7], 1...4)
    func amnesia(_ members: Int, _ seed: UInt64) throws {
        var scenario = Scenario(calm: members, seed: seed)
        scenario.amnesiac = Int(seed) % members
        scenario.delayMilliseconds = 100
        scenario.crashPerMille = seed > 2 ? 8 : 0
        let verdict = try Simulation(scenario).run()
        #expect(verdict.isSound, "\(members), seed \(seed): \(verdict.violations)")
    }

    @Test(
        "a process that dies before any one of its effects",
        arguments: [(1, 0), (2, 1), (4, 0), (4, 1), (4, 2)])
    func everyEffect(_ members: Int, _ node: Int) throws {
        for effect in 1...90 as ClosedRange<UInt64> {
            var scenario = Scenario(calm: members, seed: effect)
            scenario.submissions = 4
            scenario.chaosMilliseconds = 4_000
            scenario.crashPoint = Scenario.CrashPoint(node: node, effect: effect)
            let verdict = try Simulation(scenario).run()
            #expect(verdict.isSound, "effect \(effect): \(verdict.violations)")
        }
    }
}
