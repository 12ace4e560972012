package import Primitives

/// What came of a run.
package struct Verdict: Sendable {
    /// A rule that was broken.
    package struct Violation: Sendable, Equatable, CustomStringConvertible {
        /// `S1` to `S10`, `L1` to `L5`.
        package let rule: String
        package let reason: String
        /// When it was seen, in the run's milliseconds.
        package let time: UInt64

        package var description: String { "\(rule) at \(time) ms: \(reason)" }
    }

    package let seed: UInt64
    package let members: Int
    package let violations: [Violation]
    /// SHA-256 over all that happened: equal in each run of a seed.
    package let digest: Digest
    package let eventCount: UInt64
    package let height: UInt64
    /// Of the next block.
    package let epoch: UInt64
    /// Members that led the views of the epochs' last blocks.
    package let boundaryLeaders: [Int]
    /// Virtual time in milliseconds.
    package let duration: UInt64

    init(_ simulation: Simulation) {
        seed = simulation.scenario.seed
        members = simulation.scenario.members
        violations = simulation.auditor.violations
        digest = simulation.trace.value
        eventCount = simulation.trace.eventCount
        height = simulation.auditor.greatestHeight
        epoch = simulation.auditor.epoch
        let members = simulation.world.members
        boundaryLeaders = simulation.auditor.boundaryLeaders.compactMap { key in
            members.firstIndex { $0.voteKey == key }
        }
        duration = simulation.now
    }

    package var isSound: Bool { violations.isEmpty }

    /// One line: how to repeat a failed run, and why it failed; nil for a sound one.
    ///
    /// - Parameter options: what the run was given besides its seed.
    package func complaint(options: String = "") -> String? {
        guard let first = violations.first else { return nil }
        let more = violations.count > 1 ? " (and \(violations.count - 1) more)" : ""
        return "swift run -c release simulate --seed \(seed)\(options)  # \(first)\(more)"
    }
}
