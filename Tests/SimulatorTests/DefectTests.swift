import Simulator
import Testing

/// Each checker catches a node that breaks just its invariant, and is silent without it.
@Suite("Checkers") struct DefectTests {
    private func scenario(_ defect: Defect?) -> Scenario {
        var scenario = Scenario(calm: 4, seed: 7, observers: 1)
        scenario.checksIdleness = true
        scenario.checksStandstill = true
        scenario.submissions = 12
        scenario.defect = defect
        scenario.stopsAtFirstFault = false
        return scenario
    }

    @Test("a defect is reported under its rule", arguments: Defect.allCases)
    func reported(_ defect: Defect) throws {
        let verdict = try Simulation(scenario(defect)).run()
        #expect(
            verdict.violations.contains { $0.rule == defect.rawValue },
            "\(defect): \(verdict.violations)")
    }

    @Test("nothing is reported without one")
    func silent() throws {
        let verdict = try Simulation(scenario(nil)).run()
        #expect(verdict.violations == [] && verdict.height > 5)
    }

    @Test("a failed run says in one line how to repeat it, and why it failed")
    func complaint() throws {
        let verdict = try Simulation(scenario(.anotherBlock)).run()
        let line = try #require(verdict.complaint(options: " --members 4"))
        #expect(line.hasPrefix("swift run -c release simulate --seed 7 --members 4  # "))
        #expect(line.contains("S1 at ") && !line.contains("\n"))
    }
}
