/// How much longer than its base a view's timers run (C1): so that a network whose messages take
/// longer than these comes to a view that is long enough for it.
///
/// Each node's own, never said and never signed; nodes may differ.
struct ViewPatience: Sendable {
    /// How often the base timers are doubled; at most ``ConsensusLimits/timerDoublings``.
    private(set) var doublings = 0
    /// Views lost one after the other, since the last one that was not, or the last final block.
    private(set) var lostInARow = 0
    /// How long the slowest of the latest certified views took, in milliseconds: a quarter less
    /// with each further one. Not the last alone: who enters a view late finds everything there,
    /// and only in its own turn waits for a message's way to the others and back.
    private(set) var pace: UInt64 = 0

    /// A base time as it is now.
    func stretched(_ milliseconds: UInt64) -> UInt64 {
        let (product, overflow) = milliseconds.multipliedReportingOverflow(by: 1 << doublings)
        return overflow ? .max : product
    }

    /// - Parameter faults: so many views in a row are lost to dead or lying leaders alone, which
    ///   longer timers would only make dearer (C10).
    mutating func viewWasLost(faults: Int) {
        lostInARow += 1
        guard lostInARow > faults else { return }
        doublings = min(doublings + 1, ConsensusLimits.timerDoublings)
    }

    /// - Parameter elapsed: from its entry, or the work that began later, in milliseconds.
    mutating func viewWasCertified(after elapsed: UInt64) {
        pace = max(elapsed, pace - pace / 4)
    }

    /// A view that was not given up has been certified, or its block is final: one doubling less,
    /// if the latest views were quick enough for that too.
    ///
    /// - Parameter leaderTimeout: the base of the shorter timer.
    mutating func viewWasKept(leaderTimeout: UInt64) {
        lostInARow = 0
        guard doublings > 0 else { return }
        var less = self
        less.doublings -= 1
        if pace <= less.stretched(leaderTimeout) { self = less }
    }

    mutating func blockBecameFinal() { lostInARow = 0 }
}
