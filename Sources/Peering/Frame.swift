package import Foundation
package import NIOCore
package import Primitives

/// One unit on a connection: `length: UInt32, big-endian ‖ kind: UInt8 ‖ length bytes`.
package enum Frame: Hashable, Sendable {
    /// A message of the node's; opaque here.
    case message(Data)
    case hello(Hello)
    case goodbye(Goodbye)
    case heartbeat

    package static let headerBytes = 5

    /// The numbers are frozen.
    enum Kind: UInt8 {
        case message = 0
        case hello = 1
        case goodbye = 2
        case heartbeat = 3
    }

    package func append(to buffer: inout ByteBuffer) {
        switch self {
        case .message(let bytes):
            Frame.appendHeader(.message, bytes.count, to: &buffer)
            buffer.writeBytes(bytes)
        case .hello(let hello):
            Frame.appendHeader(.hello, Hello.byteCount, to: &buffer)
            buffer.writeBytes(hello.network.bytes)
            buffer.writeBytes(hello.instance.bytes)
        case .goodbye(let goodbye):
            Frame.appendHeader(.goodbye, 1, to: &buffer)
            buffer.writeInteger(goodbye.rawValue)
        case .heartbeat:
            Frame.appendHeader(.heartbeat, 0, to: &buffer)
        }
    }

    private static func appendHeader(_ kind: Kind, _ length: Int, to buffer: inout ByteBuffer) {
        buffer.writeInteger(UInt32(length))
        buffer.writeInteger(kind.rawValue)
    }
}

/// What each side says first: `network: 32 bytes ‖ instance: 16 bytes`.
package struct Hello: Hashable, Sendable {
    package static let byteCount = Digest.byteCount + Instance.byteCount

    /// The genesis document's hash.
    package let network: Digest
    package let instance: Instance

    package init(network: Digest, instance: Instance) {
        self.network = network
        self.instance = instance
    }
}

/// A number that a process draws when it starts, to be told from another one with the same key.
package struct Instance: Hashable, Sendable {
    static let byteCount = 16

    let high: UInt64
    let low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    var bytes: [UInt8] {
        withUnsafeBytes(of: high.bigEndian, Array.init)
            + withUnsafeBytes(of: low.bigEndian, Array.init)
    }
}
