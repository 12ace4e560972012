import NIOCore
import NIOHTTPTypes
import Synchronization

/// Watches one connection: a client that sends or takes too slowly is let go.
///
/// The server's own idle timeout counts any byte as a sign of life; this one wants a whole head, a
/// whole request and an answer that moves.
final class ConnectionWatch: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// What a head is counted as, in bytes.
    private static let headBytes: Int64 = 256

    private let table: ConnectionTable
    private var connection: ConnectionTable.Connection?
    private var looks: RepeatedTask?
    private var openedAt = NIODeadline.now()
    private var hasSentHead = false
    /// When the head came of a request that is not complete.
    private var receivingSince: NIODeadline?
    /// Requests whose head came and that are not answered. A refusal may come before the rest of
    /// what it refuses, so this says nothing of how much of a request is here.
    private var unanswered = 0
    /// Bytes that were written for the client since it came.
    private var written: Int64 = 0
    /// What it had taken when it last took something, and when that was seen.
    private var taken: (bytes: Int64, at: NIODeadline) = (0, .now())
    private var stopsAt: NIODeadline?
    private let queue = RequestQueue()

    init(_ table: ConnectionTable) { self.table = table }

    func handlerAdded(context: ChannelHandlerContext) {
        do {
            try HTTP1Rules.add(to: context.pipeline)
        } catch {
            return context.close(promise: nil)
        }
        if context.channel.isActive { begin(context) }
    }

    func channelActive(context: ChannelHandlerContext) {
        begin(context)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { end() }

    private func begin(_ context: ChannelHandlerContext) {
        guard connection == nil else { return }
        openedAt = .now()
        taken = (0, openedAt)
        connection = table.admit(context.channel, at: openedAt.uptimeNanoseconds)
        guard connection != nil else { return context.close(promise: nil) }
        _ = context.channel.setOption(
            ChannelOptions.socketOption(.so_sndbuf),
            value: SocketOptionValue(table.limits.sendBuffer))
        let interval = TimeAmount.seconds(table.limits.lookSeconds)
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        looks = context.eventLoop.scheduleRepeatedTask(initialDelay: interval, delay: interval) {
            _ in
            let (watch, context) = bound.value
            watch.look(context)
        }
    }

    private func end() {
        looks?.cancel()
        looks = nil
        if let connection { table.remove(connection) }
        connection = nil
    }

    // MARK: What comes and goes

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        let isOpen = context.channel.isWritable
        guard !queue.holds(part, whileAnswering: isAnswering, isOpen: isOpen) else {
            if queue.count > table.limits.queuedParts { context.close(promise: nil) }
            return
        }
        pass(part, context)
    }

    /// Whether a request was passed on that is not whole or not answered.
    private var isAnswering: Bool { receivingSince != nil || unanswered > 0 }

    /// Whether it is the client's turn.
    private var isClientsTurn: Bool { receivingSince != nil || unanswered == 0 }

    private func pass(_ part: HTTPRequestPart, _ context: ChannelHandlerContext) {
        switch part {
        case .head:
            hasSentHead = true
            receivingSince = .now()
            unanswered += 1
        case .body: break
        case .end:
            receivingSince = nil
            wait(isClientsTurn)
        }
        context.fireChannelRead(wrapInboundOut(part))
    }

    /// Passes the next request on that came before the one ahead of it was answered.
    private func passNext(_ context: ChannelHandlerContext) {
        guard !queue.isEmpty, !isAnswering, context.channel.isWritable else { return }
        for part in queue.next() { pass(part, context) }
        context.fireChannelReadComplete()
        guard queue.isEmpty else { return }
        if queue.takeClosing() { context.fireUserInboundEventTriggered(ChannelEvent.inputClosed) }
        if queue.takeReading() { context.read() }
    }

    func read(context: ChannelHandlerContext) {
        if !queue.holdsReading() { context.read() }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head:
            written += ConnectionWatch.headBytes
            context.write(data, promise: promise)
        case .body(let bytes):
            let count = bytes.readableBytes
            written += Int64(count)
            guard count >= ServerLimits.largeAnswer, let connection else {
                return context.write(data, promise: promise)
            }
            let table = table
            table.hold(count, connection)
            let promise = promise ?? context.eventLoop.makePromise()
            promise.futureResult.whenComplete { _ in table.release(count, connection) }
            context.write(data, promise: promise)
        case .end:
            unanswered = max(0, unanswered - 1)
            if isClientsTurn { wait(true) }
            context.write(data, promise: promise)
            passNext(context)
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        wait(!context.channel.isWritable || isClientsTurn)
        context.fireChannelWritabilityChanged()
        passNext(context)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event as? ChannelEvent == .inputClosed, queue.holdsClosing() { return }
        if event is ChannelShouldQuiesceEvent {
            stopsAt = .now() + .seconds(table.limits.stopSeconds)
        }
        context.fireUserInboundEventTriggered(event)
    }

    /// Notes whether the node waits for the client, or the client for the node.
    private func wait(_ isWaiting: Bool) {
        guard let connection else { return }
        let since = connection.waitingSince.load(ordering: .relaxed)
        guard isWaiting == (since == 0) else { return }
        connection.waitingSince.store(
            isWaiting ? NIODeadline.now().uptimeNanoseconds : 0, ordering: .relaxed)
    }

    // MARK: Looking

    private func look(_ context: ChannelHandlerContext) {
        let now = NIODeadline.now()
        let limits = table.limits
        let isLate =
            !hasSentHead && now - openedAt >= .seconds(limits.headSeconds)
            || receivingSince.map { now - $0 >= .seconds(limits.requestSeconds) } ?? false
            || stopsAt.map { now >= $0 } ?? false
        if isStalled(context, now) {
            connection?.breakOff()
        } else if isLate {
            context.close(promise: nil)
        }
    }

    /// Whether an answer waits for the client and it takes nothing of it.
    private func isStalled(_ context: ChannelHandlerContext, _ now: NIODeadline) -> Bool {
        let waiting =
            (try? context.channel.syncOptions?.getOption(ChannelOptions.bufferedWritableBytes)) ?? 0
        let bytes = written - Int64(waiting)
        guard waiting > 0, bytes <= taken.bytes else {
            taken = (bytes, now)
            return false
        }
        return now - taken.at >= .seconds(table.limits.stallSeconds)
    }
}
