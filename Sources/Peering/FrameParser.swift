import Foundation
package import NIOCore
import NIOFoundationCompat
import Primitives

/// Cuts a stream of bytes into frames. Every length is checked as soon as its header is there.
package struct FrameParser {
    private var buffer = ByteBuffer()
    /// The longest message; nil while no message is expected.
    private(set) var messageLimit: Int?
    /// Taken as the limit as soon as a hello was read.
    private let limitAfterHello: Int?
    private var sawHello = false

    /// - Parameter limitAfterHello: nil where ``open(limit:)`` will be called.
    package init(limitAfterHello: Int?) { self.limitAfterHello = limitAfterHello }

    /// Whether a frame has begun and has not ended.
    package var isInsideFrame: Bool { buffer.readableBytes > 0 }

    /// From now on messages are expected.
    package mutating func open(limit: Int) { messageLimit = limit }

    package mutating func append(_ bytes: ByteBuffer) {
        if buffer.readableBytes == 0 {
            buffer = bytes
        } else {
            // Afterwards only the beginning of one frame is there, and it is not moved again.
            buffer.discardReadBytes()
            buffer.writeImmutableBuffer(bytes)
        }
    }

    /// The next whole frame, nil when more bytes are needed.
    ///
    /// - Throws: ``LinkEnd/oversized(length:limit:)`` and ``LinkEnd/malformed(_:)``; the stream
    ///   cannot be read any further.
    package mutating func next() throws(LinkEnd) -> Frame? {
        let start = buffer.readerIndex
        guard let length = buffer.getInteger(at: start, as: UInt32.self).map(Int.init),
            let number = buffer.getInteger(at: start + 4, as: UInt8.self)
        else { return nil }
        guard let kind = Frame.Kind(rawValue: number) else {
            throw .malformed("kind \(number)")
        }
        try check(kind, length)
        guard buffer.readableBytes >= Frame.headerBytes + length else { return nil }
        buffer.moveReaderIndex(forwardBy: Frame.headerBytes)
        return try body(kind, length)
    }

    private func check(_ kind: Frame.Kind, _ length: Int) throws(LinkEnd) {
        switch kind {
        case .message:
            guard let messageLimit else { throw .malformed("a message before the greeting") }
            guard length <= messageLimit else {
                throw .oversized(length: length, limit: messageLimit)
            }
        case .hello:
            guard !sawHello else { throw .malformed("a second hello") }
            guard length == Hello.byteCount else { throw .malformed("hello of \(length) bytes") }
        case .goodbye:
            guard length == 1 else { throw .malformed("goodbye of \(length) bytes") }
        case .heartbeat:
            guard length == 0 else { throw .malformed("heartbeat of \(length) bytes") }
        }
    }

    private mutating func body(_ kind: Frame.Kind, _ length: Int) throws(LinkEnd) -> Frame {
        switch kind {
        case .message:
            return .message(buffer.readData(length: length) ?? Data())
        case .hello:
            guard let network = buffer.readBytes(length: Digest.byteCount).flatMap(Digest.init),
                let high = buffer.readInteger(as: UInt64.self),
                let low = buffer.readInteger(as: UInt64.self)
            else { throw .malformed("hello") }
            sawHello = true
            messageLimit = messageLimit ?? limitAfterHello
            return .hello(Hello(network: network, instance: Instance(high: high, low: low)))
        case .goodbye:
            guard let number = buffer.readInteger(as: UInt8.self),
                let goodbye = Goodbye(rawValue: number)
            else { throw .malformed("goodbye for no known reason") }
            return .goodbye(goodbye)
        case .heartbeat:
            return .heartbeat
        }
    }
}
