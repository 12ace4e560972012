import Ledger
import Primitives
import Synchronization

/// What becomes of one submission: decided once, by the driver, and heard by everybody who waits.
final class Verdict: Sendable {
    typealias Decision = Result<Digest, any Error>

    private struct State {
        var decision: Decision?
        var listeners: [UInt64: AsyncStream<Decision>.Continuation] = [:]
        var nextListener: UInt64 = 0
    }

    private let state = Mutex(State())

    /// The transaction is final, was refused, or the node cannot say what becomes of it.
    func decide(_ decision: Decision) {
        let listeners = state.withLock { state -> [AsyncStream<Decision>.Continuation] in
            guard state.decision == nil else { return [] }
            state.decision = decision
            defer { state.listeners = [:] }
            return Array(state.listeners.values)
        }
        for listener in listeners {
            listener.yield(decision)
            listener.finish()
        }
    }

    /// The rules' reason, where they said no.
    var refusal: Refusal? {
        guard case .failure(let error)? = state.withLock({ $0.decision }) else { return nil }
        return error as? Refusal
    }

    /// The decision, as soon as it falls.
    ///
    /// - Returns: nil when it does not fall within the time.
    func decision(withinMilliseconds limit: Int, _ deadlines: Deadlines) async -> Decision? {
        if let known = state.withLock({ $0.decision }) { return known }
        guard limit > 0 else { return nil }
        let (stream, continuation) = listen()
        return await deadlines.first(of: stream, continuation, withinMilliseconds: limit)
    }

    /// A stream of the one decision; none gets lost between looking and listening.
    private func listen() -> (AsyncStream<Decision>, AsyncStream<Decision>.Continuation) {
        let (stream, continuation) = AsyncStream<Decision>.makeStream(
            bufferingPolicy: .bufferingNewest(1))
        let (known, id) = state.withLock { state -> (Decision?, UInt64) in
            state.nextListener += 1
            if state.decision == nil { state.listeners[state.nextListener] = continuation }
            return (state.decision, state.nextListener)
        }
        if let known {
            continuation.yield(known)
            continuation.finish()
        } else {
            continuation.onTermination = { [self] _ in
                _ = state.withLock { $0.listeners.removeValue(forKey: id) }
            }
        }
        return (stream, continuation)
    }
}
