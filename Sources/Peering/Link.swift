import NIOCore
import NIOSSL
import Primitives
import Synchronization

/// A connection in the hands of the shell.
final class Link: Sendable {
    enum Verdict: Sendable {
        case admitted(PeerRole)
        case refused
    }

    let id: LinkID
    /// Whether this side dialled.
    let isDialed: Bool
    let channel: any Channel
    let mailbox: LinkMailbox
    let outbox: Outbox
    let meter = LinkMeter()
    /// Has one value, once the greeting was judged.
    let verdict: AsyncStream<Verdict>
    private let judge: AsyncStream<Verdict>.Continuation
    private let ending = Mutex<LinkEnd?>(nil)

    init(id: LinkID, isDialed: Bool, channel: any Channel, limits: PeeringLimits) {
        self.id = id
        self.isDialed = isDialed
        self.channel = channel
        mailbox = LinkMailbox(limits)
        outbox = Outbox(limits)
        (verdict, judge) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Why the connection ends, as soon as anybody has said so. The first reason stays.
    var end: LinkEnd? { ending.withLock { $0 } }

    var reading: LinkReading { meter.reading(isHeld: mailbox.isHeld) }

    func admit(_ role: PeerRole) {
        judge.yield(.admitted(role))
        judge.finish()
    }

    /// Tells the other side, where it can be told, and closes. Only the first call counts.
    func close(_ end: LinkEnd) {
        let isFirst = ending.withLock { ending in
            guard ending == nil else { return false }
            ending = end
            return true
        }
        guard isFirst else { return }
        if let goodbye = end.goodbye { write(.goodbye(goodbye)) }
        outbox.close()
        judge.yield(.refused)
        judge.finish()
        mailbox.finish()
        channel.close(promise: nil)
    }

    /// Sends a frame past the queue.
    func write(_ frame: Frame) {
        var buffer = ByteBuffer()
        frame.append(to: &buffer)
        meter.sent(bytes: buffer.readableBytes, messages: 0)
        channel.writeAndFlush(buffer, promise: nil)
    }

    /// The next item from the other side; nil at the end.
    func next() async -> LinkMailbox.Item? {
        guard let (item, resume) = await mailbox.next() else { return nil }
        if resume { channel.triggerUserOutboundEvent(LinkCommand.resume, promise: nil) }
        return item
    }
}

/// What the serving task tells the connection's handler.
enum LinkCommand: Sendable {
    /// The greeting is over: messages of so many bytes may come.
    case open(limit: Int)
    /// There is room in the mailbox again.
    case resume
}
