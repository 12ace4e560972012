import Gateway
import Hummingbird
import NIOCore
import Primitives

/// One listener's way along the chain, written as server-sent events (WHATWG HTML §9.2).
///
/// It asks for a block only when the connection has taken the one before, so a slow listener holds
/// one chunk and no queue.
struct EventListener: Sendable {
    /// Blocks that are passed in silence before a listener hears how far it is.
    private static let silentBlocks = 1_000

    let feed: EventFeed
    let filter: EventFilter
    let start: EventStart
    /// Held as long as the listener is there.
    let seat: EventFeed.Seat

    /// Tells events until the client goes or the node stops.
    ///
    /// - Throws: what writing throws: the client is gone, or so slow that it was let go.
    func run(_ writer: inout any ResponseBodyWriter) async throws {
        var (told, place) = (start.height, start.place)
        var silent = 0
        try await write("retry: 2000\n: events of final blocks\n\(mark(place))", to: &writer)
        while true {
            try Task.checkCancellation()
            let wait = silent > 0 ? 0 : feed.limits.heartbeatMilliseconds
            switch await feed.gateway.head(beyond: told, withinMilliseconds: wait) {
            case .stopping: return
            case .unchanged:
                try await write(": \n\(mark(place))", to: &writer)
                silent = 0
            case .moved:
                let next = Height(told.rawValue + 1)
                guard let block = try await feed.blockInTime(next) else { return }
                silent = try await tell(block, to: &writer) ? 0 : silent + 1
                (told, place) = (block.height, start.place(behind: block))
                if silent >= EventListener.silentBlocks {
                    try await write(": \n\(mark(place))", to: &writer)
                    silent = 0
                }
            }
        }
    }

    /// Where a client goes on that comes back: an id without an event (WHATWG HTML §9.2.6).
    private func mark(_ place: EventPlace) -> String {
        "id: \(EventID(place, of: feed.gateway.network.hash).text)\n\n"
    }

    /// - Returns: whether there was something to tell.
    private func tell(
        _ block: ToldBlock, to writer: inout any ResponseBodyWriter
    ) async throws -> Bool {
        let network = feed.gateway.network.hash
        var chunk = ByteBuffer()
        var isTold = false
        for event in block.events where filter.passes(event) && start.tells(event, of: block) {
            chunk.writeBytes(event.frame(in: network))
            isTold = true
            if chunk.readableBytes >= feed.limits.chunkBytes {
                try await writer.write(chunk)
                chunk = ByteBuffer()
            }
        }
        if chunk.readableBytes > 0 { try await writer.write(chunk) }
        return isTold
    }

    private func write(_ text: String, to writer: inout any ResponseBodyWriter) async throws {
        try await writer.write(ByteBuffer(string: text))
    }
}
