import Simulator
import Testing

/// Bugs of others, switched on in whole networks: a checker reports each of these within a few
/// seeds, and nothing without the bug.
@Suite("Bugs of others in simulated networks") struct MutantTests {
    @Test("a bug is reported under one of its rules", arguments: Mutant.all)
    func killed(_ mutant: Mutant) throws {
        let found = try #require(try mutant.firstFault(), "the bug is not noticed")
        let sound = try mutant.verdict(seed: found.seed, isMutant: false)
        #expect(sound.isSound, "without the bug: \(sound.violations)")
    }

    @Test("each of them has its own name")
    func names() {
        #expect(Set(Mutant.all.map(\.name)).count == Mutant.all.count)
        #expect(Mutant.all.count == 17)
    }
}

extension Mutant: CustomTestStringConvertible {
    package var testDescription: String { name }
}
