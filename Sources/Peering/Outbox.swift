import Foundation
import NIOCore
import Synchronization

/// A connection's outgoing queue, filled by anyone and emptied by the connection's writer.
final class Outbox: Sendable {
    private struct State {
        var queue: OutgoingQueue
        var isClosed = false
    }

    private let state: Mutex<State>
    private let bell: AsyncStream<Void>
    private let ring: AsyncStream<Void>.Continuation

    init(_ limits: PeeringLimits) {
        state = Mutex(State(queue: OutgoingQueue(limits)))
        (bell, ring) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Nil when the connection is about to end.
    func put(_ message: Data, _ lane: Lane) -> OutgoingQueue.Outcome? {
        let outcome = state.withLock { $0.isClosed ? nil : $0.queue.put(message, lane) }
        ring.yield()
        return outcome
    }

    func putHeartbeat() {
        state.withLock { $0.queue.putHeartbeat() }
        ring.yield()
    }

    /// Takes nothing in any more and gives nothing out.
    func close() {
        state.withLock { $0.isClosed = true }
        ring.finish()
    }

    /// The next batch, as soon as there is one; nil at the end, and when the task is cancelled.
    func next() async -> (frames: ByteBuffer, messages: Int)? {
        while !Task.isCancelled {
            let (batch, isClosed) = state.withLock { state in
                state.isClosed ? (nil, true) : (state.queue.takeBatch(), false)
            }
            if isClosed { return nil }
            if let batch { return batch }
            var rings = bell.makeAsyncIterator()
            _ = await rings.next()
        }
        return nil
    }
}
