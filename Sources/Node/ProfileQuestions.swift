import Foundation
import Primitives
import Synchronization

/// Questions for profiles that were sent and wait for an answer: one for each peer.
final class ProfileQuestions: Sendable {
    private let open = Mutex<[PublicKey: AsyncStream<Data>.Continuation]>([:])

    /// Sends a question and waits for the peer's next answer.
    ///
    /// - Returns: nil when none comes in time, or one is open already.
    func ask(
        _ key: PublicKey, withinMilliseconds limit: Int, send: @Sendable () -> Void
    ) async -> Data? {
        let (stream, continuation) = AsyncStream<Data>.makeStream(
            bufferingPolicy: .bufferingOldest(1))
        let isFree = open.withLock { open in
            guard open[key] == nil else { return false }
            open[key] = continuation
            return true
        }
        guard isFree else { return nil }
        defer { open.withLock { $0[key] = nil } }
        send()
        return await stream.first(withinMilliseconds: limit)
    }

    /// An answer came; one that nobody asked for is let go.
    func deliver(_ answer: Data, from key: PublicKey) {
        let continuation = open.withLock { $0[key] }
        continuation?.yield(answer)
    }
}
