import NIOCore
import NIOHTTP1

/// What HTTP/1 asks of a server and the server library leaves out (RFC 9110, RFC 9112).
///
/// It stands where messages still have their version: directly above the decoder.
final class HTTP1Rules: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// What of a request its answer depends on.
    private struct Asked {
        /// HTTP/1.0 knows no chunks: what has no length ends with the connection (RFC 9112 §6.3).
        let isOld: Bool
        /// The answer has a head alone (RFC 9110 §9.3.2).
        let isHead: Bool
        /// No further request comes on the connection (RFC 9112 §9.6).
        let isLast: Bool
    }

    /// Requests whose answers have not ended, in their order.
    private var unanswered = CircularBuffer<Asked>()
    /// Whether the head of a request came and its end did not.
    private var isReceiving = false

    /// Puts one into the pipeline of a server's connection.
    static func add(to pipeline: ChannelPipeline) throws {
        let decoder = try pipeline.syncOperations.handler(
            type: ByteToMessageHandler<HTTPRequestDecoder>.self)
        try pipeline.syncOperations.addHandler(HTTP1Rules(), position: .after(decoder))
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(var head):
            let isOld = head.version != .http1_1
            guard isOld || head.headers["host"].count == 1 else {
                return context.fireErrorCaught(HTTPParserError.invalidHeaderToken)
            }
            let isLast = isOld || head.isEnd
            // The library reads it in one spelling, and alone.
            if isLast { head.headers.replaceOrAdd(name: "connection", value: "close") }
            if !isOld, unanswered.isEmpty, HTTP1Rules.isWanted(head) {
                let goOn = HTTPResponseHead(version: .http1_1, status: .continue)
                context.writeAndFlush(wrapOutboundOut(.head(goOn)), promise: nil)
            }
            unanswered.append(Asked(isOld: isOld, isHead: head.method == .HEAD, isLast: isLast))
            isReceiving = true
            context.fireChannelRead(wrapInboundOut(.head(head)))
        case .body: context.fireChannelRead(data)
        case .end:
            isReceiving = false
            context.fireChannelRead(data)
        }
    }

    /// Whether a client waits until it is told to send a body (RFC 9110 §10.1.1) that may be taken.
    /// One that no route takes is refused whatever it is, and better so before it is sent.
    private static func isWanted(_ head: HTTPRequestHead) -> Bool {
        let length = head.headers.first(name: "content-length").flatMap { UInt64($0) } ?? 0
        return head.names("100-continue", in: "expect") && length <= MemberRoutes.bodyLimit
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard let asked = unanswered.first else {
            // A body that is no HTTP is told once, not again behind the answer to its request.
            guard !isReceiving else {
                promise?.succeed(())
                return
            }
            return context.write(data, promise: promise)
        }
        switch unwrapOutboundIn(data) {
        case .head(var head):
            if asked.isOld { head.version = .http1_0 }
            if asked.isLast { head.headers.replaceOrAdd(name: "connection", value: "close") }
            // What the library says of a stream, of which `GET` would not say how long it is.
            if asked.isHead, head.headers.first(name: "content-length") == "0" {
                head.headers.remove(name: "content-length")
            }
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .body: context.write(data, promise: promise)
        case .end:
            unanswered.removeFirst()
            // The encoder would end a body that is not there.
            let nothing = wrapOutboundOut(.body(.byteBuffer(ByteBuffer())))
            context.write(asked.isHead ? nothing : data, promise: promise)
        }
    }
}

extension HTTPRequestHead {
    /// Whether nothing that is read comes behind it: its client said so, or it asks for another
    /// protocol, which nobody speaks here; the decoder stops there all the same.
    fileprivate var isEnd: Bool {
        names("close", in: "connection") || headers.contains(name: "upgrade") || method == .CONNECT
    }

    /// Whether a field is a list with a word in it, in whatever case.
    fileprivate func names(_ word: String, in field: String) -> Bool {
        headers[canonicalForm: field].contains { $0.lowercased() == word }
    }
}
