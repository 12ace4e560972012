package import Foundation
package import Primitives
import Wire

/// What members say to each other about orders to erase, and its bytes.
///
/// An order proves itself by its owner's key, so it may come from anyone; whose key it is, the
/// chain knows.
package enum ErasureMessage {
    /// Orders in one answer.
    package static let ordersPerAnswer = 256
    /// The longest message, in bytes.
    package static let byteLimit = 60 * 1_024

    /// A question for the orders behind a root, in ascending order; nil to begin.
    package static func question(after root: Digest?) -> Data {
        var message = ProtoFetchErasures()
        message.after = root.map { Data($0.bytes) } ?? Data()
        // No field says: from the beginning. A message of a peer must not be empty.
        message.limit = UInt32(ordersPerAnswer)
        return message.canonicalBytes
    }

    /// Where a question begins; nil at the beginning.
    ///
    /// - Throws: ``ProfileMessageError/malformed``.
    package static func place(in question: Data) throws(ProfileMessageError) -> Digest? {
        guard let message = try? ProtoFetchErasures(canonical: question, limit: 64),
            message.limit == UInt32(ordersPerAnswer)
        else { throw .malformed }
        if message.after.isEmpty { return nil }
        guard let root = Digest(bytes: message.after) else { throw .malformed }
        return root
    }

    /// Orders as an answer; the last of more than there are here is marked.
    package static func answer(_ orders: [ProfileErasure], isEnd: Bool) -> Data {
        var message = ProtoProfileErasures()
        message.orders = orders.map(\.message)
        message.more = !isEnd
        message.version = 1
        return message.canonicalBytes
    }

    /// Reads an answer.
    ///
    /// - Throws: ``ProfileMessageError/malformed``, also for more orders than fit, or for none
    ///   where more are said to follow.
    package static func orders(
        in answer: Data
    ) throws(ProfileMessageError) -> (orders: [ProfileErasure], isEnd: Bool) {
        guard let message = try? ProtoProfileErasures(canonical: answer, limit: byteLimit),
            message.version == 1, message.orders.count <= ordersPerAnswer,
            !(message.orders.isEmpty && message.more)
        else { throw .malformed }
        var orders: [ProfileErasure] = []
        for order in message.orders {
            guard let order = ProfileErasure(order) else { throw .malformed }
            orders.append(order)
        }
        return (orders, !message.more)
    }

    /// One order on its way to those who have the profile.
    package static func order(_ order: ProfileErasure) -> Data { order.message.canonicalBytes }

    /// Reads one order.
    ///
    /// - Throws: ``ProfileMessageError/malformed``.
    package static func order(in bytes: Data) throws(ProfileMessageError) -> ProfileErasure {
        guard let message = try? ProtoProfileErasure(canonical: bytes, limit: 256),
            let order = ProfileErasure(message)
        else { throw .malformed }
        return order
    }
}
