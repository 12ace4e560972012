import Synchronization

/// How much of what one peer sent waits for the driver: beyond that its connection is not read, and
/// the peer feels it.
final class PeerWindow: Sendable {
    /// Messages of a peer that wait at once.
    static let messages = 256
    /// Bytes of a peer that wait at once, unless it is one message.
    static let bytes = 20 * 1_024 * 1_024

    private struct State {
        var messages = 0
        var bytes = 0
        /// The events of one peer never overlap, so there is one who waits at most.
        var waiter: AsyncStream<Void>.Continuation?
    }

    private let state = Mutex(State())

    /// Room taken by one message; given back once.
    final class Share: Sendable {
        private let window: PeerWindow
        private let bytes: Mutex<Int?>

        fileprivate init(_ window: PeerWindow, _ bytes: Int) {
            self.window = window
            self.bytes = Mutex(bytes)
        }

        func giveBack() {
            let size = bytes.withLock { bytes in
                defer { bytes = nil }
                return bytes
            }
            if let size { window.leave(size) }
        }
    }

    /// Waits until there is room; returns early when the task is cancelled.
    func enter(_ bytes: Int) async -> Share {
        while let room = state.withLock({ state -> AsyncStream<Void>? in
            let fits =
                state.messages < PeerWindow.messages
                && (state.messages == 0 || state.bytes + bytes <= PeerWindow.bytes)
            guard !fits, !Task.isCancelled else {
                state.messages += 1
                state.bytes += bytes
                return nil
            }
            let (stream, continuation) = AsyncStream<Void>.makeStream()
            state.waiter = continuation
            return stream
        }) {
            for await _ in room {}
        }
        return Share(self, bytes)
    }

    private func leave(_ bytes: Int) {
        let waiter = state.withLock { state in
            state.messages -= 1
            state.bytes -= bytes
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.finish()
    }
}
