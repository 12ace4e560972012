package import Foundation
package import NIOCore

/// What waits to be sent on one connection: two bounded lanes, votes first.
package struct OutgoingQueue {
    /// What became of a message.
    package enum Outcome: Equatable, Sendable {
        case queued
        /// Queued, and so many of the oldest votes gave way.
        case droppedVotes(Int)
        /// No room for what must not be dropped.
        case overflowed
    }

    private let limits: PeeringLimits
    private var votes = CircularBuffer<Data>()
    private var bulk = CircularBuffer<Data>()
    package private(set) var voteBytes = 0
    package private(set) var bulkBytes = 0
    private var owesHeartbeat = false

    package init(_ limits: PeeringLimits) { self.limits = limits }

    package var isEmpty: Bool { votes.isEmpty && bulk.isEmpty && !owesHeartbeat }
    package var voteCount: Int { votes.count }
    package var bulkCount: Int { bulk.count }

    package mutating func put(_ message: Data, _ lane: Lane) -> Outcome {
        switch lane {
        case .bulk:
            guard bulk.count < limits.queuedBulk,
                bulkBytes + message.count <= limits.queuedBulkBytes
            else { return .overflowed }
            bulk.append(message)
            bulkBytes += message.count
            return .queued
        case .votes:
            var dropped = 0
            while let oldest = votes.first,
                votes.count >= limits.queuedVotes
                    || voteBytes + message.count > limits.queuedVoteBytes
            {
                votes.removeFirst()
                voteBytes -= oldest.count
                dropped += 1
            }
            votes.append(message)
            voteBytes += message.count
            return dropped == 0 ? .queued : .droppedVotes(dropped)
        }
    }

    /// A heartbeat goes out with the next batch; two that wait are one.
    package mutating func putHeartbeat() { owesHeartbeat = true }

    /// Frames for the socket, at most ``PeeringLimits/batchBytes`` unless the first is longer, and
    /// the number of messages in them; nil when nothing waits.
    package mutating func takeBatch() -> (frames: ByteBuffer, messages: Int)? {
        guard !isEmpty else { return nil }
        var frames = ByteBuffer()
        var messages = 0
        while let message = votes.first ?? bulk.first {
            let size = message.count + Frame.headerBytes
            if messages > 0, frames.readableBytes + size > limits.batchBytes { break }
            if votes.isEmpty {
                bulk.removeFirst()
                bulkBytes -= message.count
            } else {
                votes.removeFirst()
                voteBytes -= message.count
            }
            Frame.message(message).append(to: &frames)
            messages += 1
        }
        if owesHeartbeat, messages == 0 { Frame.heartbeat.append(to: &frames) }
        owesHeartbeat = false
        return (frames, messages)
    }
}
