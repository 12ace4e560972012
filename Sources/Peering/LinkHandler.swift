import NIOCore
import NIOSSL
import NIOTLS
import Primitives
import Synchronization

/// The end of a connection's pipeline: makes frames of bytes, and stops reading when whoever takes
/// the frames does not keep up.
final class LinkHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let link: Link
    private let shown: ShownKey
    private var parser: FrameParser
    private var mayRead = true
    private var owesRead = false
    private var isSecured = false

    init(_ link: Link, shown: ShownKey, limitAfterHello: Int?) {
        self.link = link
        self.shown = shown
        parser = FrameParser(limitAfterHello: limitAfterHello)
    }

    func read(context: ChannelHandlerContext) {
        if mayRead {
            context.read()
        } else {
            owesRead = true
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard link.end == nil else { return }
        let bytes = unwrapInboundIn(data)
        parser.append(bytes)
        var messages = 0
        do {
            while let frame = try parser.next() {
                switch frame {
                case .message: messages += 1
                case .goodbye(let goodbye):
                    // At once, or the end of the connection would be taken for its reason.
                    return link.close(.farewell(goodbye))
                case .hello, .heartbeat: break
                }
                if !link.mailbox.put(.frame(frame)) { mayRead = false }
            }
            link.meter.received(
                bytes: bytes.readableBytes, messages: messages,
                isInsideFrame: parser.isInsideFrame)
        } catch {
            link.close(error)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted(let agreed) = event as? TLSUserEvent {
            if agreed != TLSIdentity.applicationProtocol {
                link.close(.otherProtocol)
            } else if let key = shown.key.withLock({ $0 }) {
                isSecured = true
                if !link.mailbox.put(.secured(key)) { mayRead = false }
            } else {
                link.close(.handshake("no certificate"))
            }
        }
        context.fireUserInboundEventTriggered(event)
    }

    func triggerUserOutboundEvent(
        context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?
    ) {
        guard let command = event as? LinkCommand else {
            return context.triggerUserOutboundEvent(event, promise: promise)
        }
        switch command {
        case .open(let limit): parser.open(limit: limit)
        case .resume:
            mayRead = true
            if owesRead {
                owesRead = false
                context.read()
            }
        }
        promise?.succeed()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A farewell without an end of TLS is no news: the goodbye frame was the farewell.
        let text = String("\(error)".prefix(200))
        link.close(
            error is NIOSSLError || error is BoringSSLError ? .handshake(text) : .closed(text))
    }

    func channelInactive(context: ChannelHandlerContext) {
        link.close(isSecured ? .closed("") : .handshake("closed"))
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { link.close(.closed("")) }
}

/// Lets a listening socket rest for a moment after an error such as too many open files, instead
/// of trying again at once for ever.
final class AcceptRest: ChannelInboundHandler {
    typealias InboundIn = any Channel

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        let channel = context.channel
        channel.setOption(ChannelOptions.autoRead, value: false).whenSuccess {
            channel.eventLoop.scheduleTask(in: .seconds(1)) {
                channel.setOption(ChannelOptions.autoRead, value: true)
            }
        }
    }
}
