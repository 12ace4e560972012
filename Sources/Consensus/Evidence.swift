import Primitives

/// Two signed votes of one authority in one view that no honest one casts both.
package struct Evidence: Hashable, Sendable {
    /// Which rule was broken.
    package enum Fault: UInt8, Sendable {
        case conflictingNotarize = 1
        case conflictingFinalize = 2
        case nullifyFinalize = 3
    }

    package let fault: Fault
    package let first: Vote
    package let second: Vote

    /// Nil unless both votes are of one authority and view, and contradict each other.
    package init?(_ first: Vote, _ second: Vote) {
        guard first.signer == second.signer, first.epoch == second.epoch,
            first.view == second.view, first.statement != second.statement
        else { return nil }
        switch (first.kind, second.kind) {
        case (.notarize, .notarize): fault = .conflictingNotarize
        case (.finalize, .finalize): fault = .conflictingFinalize
        case (.nullify, .finalize), (.finalize, .nullify): fault = .nullifyFinalize
        default: return nil
        }
        self.first = first
        self.second = second
    }
}
