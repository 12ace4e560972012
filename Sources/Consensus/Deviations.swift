/// Bugs that other projects had, to be switched on by tests that must notice them.
///
/// Production passes none: a ``Committee`` is made without deviations unless it is told otherwise,
/// and nothing read from a disk or a peer can add one. Each is asked for at exactly one place, next
/// to the rule that it breaks.
package struct Deviations: OptionSet, Sendable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }

    /// Counts 2f + 1 votes as a quorum whatever n is (celo-blockchain 117).
    package static let quorumOfTwoThirds = Deviations(rawValue: 1 << 0)
    /// Makes new finalize votes when it sends them again, in nullified views too (ava-labs 280).
    package static let finalizesAfterNullify = Deviations(rawValue: 1 << 1)
    /// Accepts a parent without nullifications for the views between (ava-labs 281).
    package static let skipsWithoutNullification = Deviations(rawValue: 1 << 2)
    /// Resumes from the record written last (ava-labs 328).
    package static let resumesFromLastRecord = Deviations(rawValue: 1 << 3)
    /// Does not count its own nullify vote again after a restart (commonware 4275).
    package static let forgetsOwnNullify = Deviations(rawValue: 1 << 4)
    /// Certifies nothing in a view that it nullified (commonware 2695).
    package static let stopsCertifyingAfterNullify = Deviations(rawValue: 1 << 5)
    /// Sends a vote before it is durable.
    package static let sendsBeforePersisting = Deviations(rawValue: 1 << 6)
    /// After a restart looks for own votes up to the view below the highest (cometbft 5668).
    package static let forgetsVotesOfHighestView = Deviations(rawValue: 1 << 7)
    /// Answers a request for a certificate by its view alone.
    package static let fetchesByViewAlone = Deviations(rawValue: 1 << 8)
    /// Drops nullifications below the highest certified view although it is not final.
    package static let dropsNullifications = Deviations(rawValue: 1 << 9)
    /// Sends a finalize vote once only.
    package static let sendsFinalizeOnce = Deviations(rawValue: 1 << 10)
    /// Replays another epoch's records as this one's (ava-labs 551).
    package static let replaysOtherEpochs = Deviations(rawValue: 1 << 11)
    /// Believes the count of signers that a certificate claims (ava-labs 559).
    package static let believesSignerCount = Deviations(rawValue: 1 << 12)
    /// Takes a signer's index as it comes (commonware 2131); wrapped, so that it does not trap,
    /// which gives each authority as many votes as it likes.
    package static let believesSignerIndex = Deviations(rawValue: 1 << 13)
    /// Does nothing alone before it heard from a peer (besu 6457).
    package static let waitsForPeers = Deviations(rawValue: 1 << 14)
    /// Notarizes every proposal of a view's leader (a defect for checkers, rule C3).
    package static let notarizesTwice = Deviations(rawValue: 1 << 15)
    /// Enters a view again that it has left (a defect for checkers, rule C1).
    package static let entersBackwards = Deviations(rawValue: 1 << 16)
    /// Waits no longer, however many views are lost (a defect for checkers, rule C1).
    package static let keepsTimersFixed = Deviations(rawValue: 1 << 17)
}
