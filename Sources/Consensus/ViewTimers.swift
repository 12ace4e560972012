/// The deadlines of the current view; all nil while there is nothing to do (C9).
struct ViewTimers: Sendable {
    /// When there began to be work in this view.
    var busySince: Instant?
    var leaderDeadline: Instant?
    var certificationDeadline: Instant?
    /// When the nullify vote is sent again.
    var nullifyResend: Instant?

    var isBusy: Bool { busySince != nil }
}

/// When a lagging authority may be sent certificates that it did not ask for.
struct PeerAid: Sendable {
    private var next: [Instant]

    init(memberCount: Int) {
        next = Array(repeating: Instant(milliseconds: 0), count: memberCount)
    }

    /// Whether the peer may be helped now; if so, not again for a while.
    mutating func take(_ index: Int, at now: Instant, interval: UInt64) -> Bool {
        guard next.indices.contains(index), next[index] <= now else { return false }
        next[index] = now.advanced(byMilliseconds: interval)
        return true
    }
}
