/// Bugs that other projects had, to be switched on by tests that must notice them; those of the
/// agreement itself are `Deviations`.
///
/// Production passes none: nothing read from a disk or a peer can add one. Each is asked for at
/// exactly one place, next to the rule that it breaks.
package struct ReplicaDeviations: OptionSet, Sendable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }

    /// Starts an epoch at the height of the block that ended the last one (ava-labs 545).
    package static let reusesHeights = ReplicaDeviations(rawValue: 1 << 0)
    /// Judges a block's time by its own clock when it certifies and applies it too.
    package static let judgesTimeWhenApplying = ReplicaDeviations(rawValue: 1 << 1)
    /// Puts a block's entries into the log in the order in which a hash table gives them.
    package static let ordersLogByHashing = ReplicaDeviations(rawValue: 1 << 2)
    /// Takes a final block's header at its word when executing it fails (cometbft 496).
    package static let ignoresApplyErrors = ReplicaDeviations(rawValue: 1 << 3)
    /// Loses the authority changes that wait behind one that takes effect (parity 11344).
    package static let secondQueuedChangeLost = ReplicaDeviations(rawValue: 1 << 4)
}
