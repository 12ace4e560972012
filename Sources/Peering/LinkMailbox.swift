import NIOCore
import Primitives
import Synchronization

/// What a connection's handler has for the task that serves the connection.
///
/// Bounded by the handler, which stops reading as soon as the mailbox is full.
final class LinkMailbox: Sendable {
    enum Item: Sendable {
        /// TLS is done; the other side has this key.
        case secured(PublicKey)
        case frame(Frame)
    }

    private struct State {
        var items = CircularBuffer<Item>()
        var bytes = 0
        var isFinished = false
        /// The handler waits for ``LinkCommand/resume``.
        var isHeld = false
    }

    private let maximumItems: Int
    private let maximumBytes: Int
    private let state = Mutex(State())
    private let bell: AsyncStream<Void>
    private let ring: AsyncStream<Void>.Continuation

    init(_ limits: PeeringLimits) {
        maximumItems = limits.heldMessages
        maximumBytes = limits.heldBytes
        (bell, ring) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Whether the handler may read on.
    func put(_ item: Item) -> Bool {
        let mayRead = state.withLock { state in
            guard !state.isFinished else { return false }
            state.items.append(item)
            state.bytes += item.byteCount
            state.isHeld = state.items.count >= maximumItems || state.bytes >= maximumBytes
            return !state.isHeld
        }
        ring.yield()
        return mayRead
    }

    /// Nothing comes any more; what is there can still be taken.
    func finish() {
        state.withLock { $0.isFinished = true }
        ring.finish()
    }

    var isHeld: Bool { state.withLock { $0.isHeld } }

    /// The next item and whether the handler has to be told to resume; nil at the end, and when
    /// the task is cancelled.
    func next() async -> (item: Item, resume: Bool)? {
        while !Task.isCancelled {
            let (taken, isFinished) = state.withLock { state -> ((Item, Bool)?, Bool) in
                guard let item = state.items.popFirst() else { return (nil, state.isFinished) }
                state.bytes -= item.byteCount
                let resume =
                    state.isHeld && state.items.count <= maximumItems / 2
                    && state.bytes <= maximumBytes / 2
                if resume { state.isHeld = false }
                return ((item, resume), false)
            }
            if let taken { return taken }
            if isFinished { return nil }
            var rings = bell.makeAsyncIterator()
            _ = await rings.next()
        }
        return nil
    }
}

extension LinkMailbox.Item {
    fileprivate var byteCount: Int {
        if case .frame(.message(let bytes)) = self { bytes.count } else { 0 }
    }
}
