import Gateway
import Primitives
import Synchronization

/// Where the head is, and who waits for it to move.
final class HeadWatch: Sendable {
    private struct State {
        var height = Height(0)
        var isStopping = false
        var waiting: [UInt64: AsyncStream<Void>.Continuation] = [:]
        var count: UInt64 = 0

        func news(beyond height: Height) -> HeadNews {
            if isStopping { return .stopping }
            return self.height > height ? .moved(self.height) : .unchanged
        }

        /// Lets all who wait look again.
        mutating func wake() -> [AsyncStream<Void>.Continuation] {
            defer { waiting = [:] }
            return Array(waiting.values)
        }
    }

    private let state = Mutex(State())

    /// How many wait now.
    var waitingCount: Int { state.withLock { $0.waiting.count } }

    func moved(to height: Height) {
        let woken = state.withLock { state -> [AsyncStream<Void>.Continuation] in
            guard height > state.height else { return [] }
            state.height = height
            return state.wake()
        }
        for one in woken { one.finish() }
    }

    func stops() {
        let woken = state.withLock { state in
            state.isStopping = true
            return state.wake()
        }
        for one in woken { one.finish() }
    }

    /// Waits until the head is beyond a height, the time is over, or the node stops.
    func head(beyond height: Height, withinMilliseconds limit: Int) async -> HeadNews {
        let (stream, continuation) = AsyncStream<Void>.makeStream()
        let (number, news) = state.withLock { state -> (UInt64, HeadNews) in
            let news = state.news(beyond: height)
            guard news == .unchanged, limit > 0 else { return (0, news) }
            state.count += 1
            state.waiting[state.count] = continuation
            return (state.count, news)
        }
        guard news == .unchanged, limit > 0 else { return news }
        _ = await stream.first(withinMilliseconds: limit)
        return state.withLock { state in
            state.waiting[number] = nil
            return state.news(beyond: height)
        }
    }
}
