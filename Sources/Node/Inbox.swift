import Ledger
import Primitives
import Synchronization

/// A transaction on its way to the driver, and who waits for the answer.
struct Arrival: Sendable {
    let transaction: Transaction
    let reply: CheckedContinuation<Digest, any Error>
}

/// The driver's one bounded inbox.
///
/// Senders never wait for room: a full inbox is an answer, `busy`, and is counted.
final class Inbox: Sendable {
    private struct State {
        var arrivals: [Arrival] = []
        var pending: Set<Digest> = []
        var dropped: UInt64 = 0
        var isClosed = false
    }

    enum Acceptance {
        case taken, full, closed, known
    }

    private let limit: Int
    private let state = Mutex(State())
    private let signal: AsyncStream<Void>.Continuation
    /// Wakes the driver; many arrivals are one signal.
    let signals: AsyncStream<Void>

    init(limit: Int) {
        self.limit = limit
        (signals, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    func put(_ arrival: Arrival) -> Acceptance {
        let result = state.withLock { state -> Acceptance in
            if state.isClosed { return .closed }
            if state.pending.contains(arrival.transaction.id) { return .known }
            guard state.pending.count < limit else {
                state.dropped += 1
                return .full
            }
            state.pending.insert(arrival.transaction.id)
            state.arrivals.append(arrival)
            return .taken
        }
        if result == .taken { signal.yield() }
        return result
    }

    /// Wakes the driver without an arrival.
    func poke() { signal.yield() }

    func takeAll() -> [Arrival] {
        state.withLock { state in
            let taken = state.arrivals
            state.arrivals = []
            return taken
        }
    }

    /// The driver has answered these.
    func settle(_ ids: some Sequence<Digest>) {
        state.withLock { $0.pending.subtract(ids) }
    }

    func isPending(_ id: Digest) -> Bool { state.withLock { $0.pending.contains(id) } }
    var pendingCount: Int { state.withLock { $0.pending.count } }
    var droppedCount: UInt64 { state.withLock { $0.dropped } }

    /// Takes nothing in any more and gives what was left.
    func close() -> [Arrival] {
        let left = state.withLock { state in
            state.isClosed = true
            let left = state.arrivals
            state.arrivals = []
            return left
        }
        signal.finish()
        return left
    }
}

/// Tells whoever waits that there is a new final block.
final class FinalityBell: Sendable {
    private let listeners = Mutex<[UInt64: AsyncStream<Void>.Continuation]>([:])
    private let next = Mutex<UInt64>(0)

    func ring() {
        for listener in listeners.withLock({ Array($0.values) }) { listener.yield() }
    }

    /// A stream with a value for each time that the bell rang since the last one was taken.
    func listen() -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream<Void>.makeStream(
            bufferingPolicy: .bufferingNewest(1))
        let id = next.withLock { value in
            value += 1
            return value
        }
        continuation.onTermination = { [self] _ in
            _ = listeners.withLock { $0.removeValue(forKey: id) }
        }
        listeners.withLock { $0[id] = continuation }
        return stream
    }
}
