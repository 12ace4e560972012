import Synchronization

/// Ends waits whose time is up, with one task for all of them.
///
/// A timer of its own for each wait costs more than the wait, and goes on after its end. A time is
/// kept to a tenth of a second. Where nobody runs this, each wait has its own timer after all.
package final class Deadlines: Sendable {
    private struct Wait {
        let until: ContinuousClock.Instant
        let end: @Sendable () -> Void
    }

    private struct State {
        var waits: [UInt64: Wait] = [:]
        var count: UInt64 = 0
        var isRunning = false
        /// Nobody waits for longer than this; nil while there is no such end.
        var last: ContinuousClock.Instant?
    }

    private static let interval = Duration.milliseconds(100)

    private let state = Mutex(State())
    private let signals: AsyncStream<Void>
    private let signal: AsyncStream<Void>.Continuation

    package init() {
        (signals, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// How many wait now.
    package var count: Int { state.withLock { $0.waits.count } }
    package var isRunning: Bool { state.withLock { $0.isRunning } }

    /// Looks at the time while somebody waits, until it is cancelled; can run once.
    ///
    /// Who waits then is not ended: whoever gives the answers closes its streams when it stops.
    package func run() async {
        state.withLock { $0.isRunning = true }
        defer { state.withLock { $0.isRunning = false } }
        for await _ in signals {
            while sweep(), (try? await Task.sleep(for: Deadlines.interval)) != nil {}
        }
    }

    /// From now on nobody waits for longer than that.
    package func shorten(to time: Duration) {
        let last = ContinuousClock.now + time
        state.withLock { state in
            state.last = last
            state.waits = state.waits.mapValues { wait in
                Wait(until: min(wait.until, last), end: wait.end)
            }
        }
    }

    /// The first element of a stream; nil where it does not come within the time, or the stream
    /// ends.
    package func first<Element: Sendable>(
        of stream: AsyncStream<Element>, _ continuation: AsyncStream<Element>.Continuation,
        withinMilliseconds limit: Int
    ) async -> Element? {
        guard let number = begin(.milliseconds(limit), { continuation.finish() }) else {
            return await stream.first(withinMilliseconds: limit)
        }
        defer { state.withLock { _ = $0.waits.removeValue(forKey: number) } }
        for await element in stream { return element }
        return nil
    }

    private func begin(_ time: Duration, _ end: @escaping @Sendable () -> Void) -> UInt64? {
        let wanted = ContinuousClock.now + time
        let (number, isFirst) = state.withLock { state -> (UInt64?, Bool) in
            guard state.isRunning else { return (nil, false) }
            state.count += 1
            let until = min(wanted, state.last ?? wanted)
            state.waits[state.count] = Wait(until: until, end: end)
            return (state.count, state.waits.count == 1)
        }
        if isFirst { signal.yield() }
        return number
    }

    /// - Returns: whether somebody waits still.
    private func sweep() -> Bool {
        let now = ContinuousClock.now
        let (late, isWaiting) = state.withLock { state -> ([Wait], Bool) in
            let late = state.waits.filter { $0.value.until <= now }
            for number in late.keys { state.waits[number] = nil }
            return (Array(late.values), !state.waits.isEmpty)
        }
        for wait in late { wait.end() }
        return isWaiting
    }
}
