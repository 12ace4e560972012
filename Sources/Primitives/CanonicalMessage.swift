package import Foundation
package import SwiftProtobuf

/// Why bytes are not the canonical encoding of a message.
package enum EncodingError: Error, Equatable, Sendable {
    /// Not a message of this type at all, or nested too deeply.
    case malformed
    /// A message, but written in another way than the canonical one: fields out of order, default
    /// values, unknown fields, long varints.
    case notCanonical
    /// Larger than the named limit, in bytes.
    case tooLarge(limit: Int)
}

/// Nested messages allowed in anything that is decoded; our own deepest message nests five times.
package let messageDepthLimit = 10

extension SwiftProtobuf.Message {
    /// Decodes bytes that must be the one canonical encoding of the message.
    ///
    /// - Parameter limit: the largest permitted size in bytes, checked before anything is read.
    /// - Throws: ``EncodingError``.
    package init(canonical bytes: Data, limit: Int) throws(EncodingError) {
        guard bytes.count <= limit else { throw .tooLarge(limit: limit) }
        var options = BinaryDecodingOptions()
        options.messageDepthLimit = messageDepthLimit
        // Unknown fields are dropped here, so that the comparison below refuses them at any depth.
        options.discardUnknownFields = true
        do {
            try self.init(serializedBytes: bytes, options: options)
        } catch {
            throw .malformed
        }
        guard canonicalBytes == bytes else { throw .notCanonical }
    }

    /// The canonical encoding.
    package var canonicalBytes: Data {
        do {
            return try serializedData()
        } catch {
            // proto3 has no required fields, the only thing that encoding can fail on but size,
            // which every caller has bounded.
            preconditionFailure("encoding a bounded proto3 message failed")
        }
    }
}
