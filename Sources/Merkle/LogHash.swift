package import Primitives

/// The hashing of the log: RFC 9162 §2.1.1 with SHA-256.
package enum LogHash {
    /// The root of a log without entries: the hash of no bytes (RFC 9162 §2.1.1).
    package static let empty = Digest.sha256([])

    /// The hash of a log entry: `SHA-256(0x00 ‖ entry)`.
    package static func leaf(_ entry: [UInt8]) -> Digest {
        entry.withUnsafeBytes { leaf($0) }
    }

    /// The hash of a log entry: `SHA-256(0x00 ‖ entry)`.
    package static func leaf(_ entry: UnsafeRawBufferPointer) -> Digest {
        withUnsafeTemporaryAllocation(byteCount: entry.count + 1, alignment: 8) { buffer in
            buffer[0] = 0x00
            UnsafeMutableRawBufferPointer(rebasing: buffer[1...]).copyMemory(from: entry)
            return Digest.sha256(UnsafeRawBufferPointer(buffer))
        }
    }

    /// The hash of an inner node: `SHA-256(0x01 ‖ left ‖ right)`.
    package static func node(_ left: Digest, _ right: Digest) -> Digest {
        Digest.pair(0x01, left, right)
    }
}
