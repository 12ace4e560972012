import Consensus

/// The machine's one deadline, kept by few sleeping tasks.
///
/// A later deadline costs nothing: the task that sleeps for the earlier one looks again when it
/// wakes.
struct Alarm {
    private static let longestNap: UInt64 = 3_600_000
    private var deadline: Instant?
    /// Moments at which a task wakes.
    private var sleeping: [Instant] = []

    mutating func want(_ instant: Instant?) { deadline = instant }

    /// A task has woken.
    ///
    /// - Returns: whether the deadline has come.
    mutating func woke(_ instant: Instant, _ now: UInt64) -> Bool {
        if let place = sleeping.firstIndex(of: instant) { sleeping.remove(at: place) }
        guard let deadline, deadline.milliseconds <= now else { return false }
        return true
    }

    /// Lets a task sleep for the deadline, where none wakes in time.
    mutating func set(
        in group: inout ReplicaLoop.Group, _ now: UInt64, _ inbox: Inbox
    ) {
        guard let deadline, !sleeping.contains(where: { $0 <= deadline }) else { return }
        sleeping.append(deadline)
        let delay = deadline.milliseconds > now ? deadline.milliseconds - now : 0
        let nap = Int64(min(delay, Alarm.longestNap))
        group.addTask {
            // One more, so that it is never too early.
            try? await Task.sleep(for: .milliseconds(nap + 1))
            inbox.put(.woke(deadline))
        }
    }
}
