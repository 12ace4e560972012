/// The checks of a proof, in the order in which they are made. The names are frozen.
package enum ProofStep: String, CaseIterable, Sendable {
    /// The file is what the format says, to the byte.
    case format
    /// The genesis document is the one that the file is about.
    case genesis
    /// Each change of authorities since genesis was voted final by those before it.
    case authorities
    /// The head was voted final by the present authorities.
    case head
    /// Every entry is in the head's log.
    case log
    /// Every entry was signed by exactly those whom it names.
    case signatures
    /// Every leaf is in the head's state.
    case state
    /// The signers' keys, and delegations, were in force at their entries and permit them.
    case keys
    /// From the mints to the owners of today no step is missing, and each is its owner's.
    case lineage
    /// Reads and placements add up to the D-RECs, without a gap.
    case energy
    /// Cosignatures over the head's log, and an older log that it goes on from.
    case witnesses
}

/// Why a proof does not hold.
package struct ProofFailure: Error, Equatable, Sendable, CustomStringConvertible {
    /// The check that found it.
    package let step: ProofStep
    package let reason: String

    package init(_ step: ProofStep, _ reason: String) {
        self.step = step
        self.reason = reason
    }

    package var description: String { "\(step.rawValue): \(reason)" }
}
