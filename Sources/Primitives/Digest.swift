import Crypto
package import Foundation

/// A SHA-256 value: 32 bytes, compared and ordered as the big-endian number that they spell.
///
/// Held as four machine words so that it lives in registers and never on the heap.
package struct Digest: Hashable, Comparable, Sendable {
    /// Number of bytes in a digest.
    package static let byteCount = 32
    /// 32 zero bytes: the root of an empty state tree, the hash of nothing.
    package static let zero = Digest(words: (0, 0, 0, 0))

    package let word0: UInt64
    package let word1: UInt64
    package let word2: UInt64
    package let word3: UInt64

    @inlinable
    package init(words: (UInt64, UInt64, UInt64, UInt64)) {
        (word0, word1, word2, word3) = words
    }

    /// Reads exactly 32 bytes; nil for any other count.
    @inlinable
    package init?(bytes: some Collection<UInt8>) {
        guard bytes.count == Digest.byteCount else { return nil }
        var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        var index = 0
        for byte in bytes {
            switch index >> 3 {
            case 0: words.0 = words.0 << 8 | UInt64(byte)
            case 1: words.1 = words.1 << 8 | UInt64(byte)
            case 2: words.2 = words.2 << 8 | UInt64(byte)
            default: words.3 = words.3 << 8 | UInt64(byte)
            }
            index += 1
        }
        self.init(words: words)
    }

    /// Reads exactly 32 bytes; nil for any other count.
    package init?(bytes: Data) {
        guard bytes.count == Digest.byteCount else { return nil }
        self = bytes.withUnsafeBytes { Digest(loading: $0) }
    }

    /// Reads 32 bytes at the start of a buffer that the caller has checked to be long enough.
    @inlinable
    package init(loading buffer: UnsafeRawBufferPointer) {
        precondition(buffer.count >= Digest.byteCount)
        self.init(
            words: (
                UInt64(bigEndian: buffer.loadUnaligned(fromByteOffset: 0, as: UInt64.self)),
                UInt64(bigEndian: buffer.loadUnaligned(fromByteOffset: 8, as: UInt64.self)),
                UInt64(bigEndian: buffer.loadUnaligned(fromByteOffset: 16, as: UInt64.self)),
                UInt64(bigEndian: buffer.loadUnaligned(fromByteOffset: 24, as: UInt64.self))
            ))
    }

    /// Reads 64 hexadecimal digits in either case; nil for anything else.
    package init?(hex: some StringProtocol) {
        guard let bytes = [UInt8](hex: hex) else { return nil }
        self.init(bytes: bytes)
    }

    /// The 32 bytes, most significant first.
    package var bytes: [UInt8] {
        var result = [UInt8]()
        result.reserveCapacity(Digest.byteCount)
        append(to: &result)
        return result
    }

    /// Lends ``bytes`` without an allocation.
    package func withBytes<Value>(
        _ body: (UnsafeRawBufferPointer) throws -> Value
    ) rethrows -> Value {
        try withUnsafeTemporaryAllocation(byteCount: Digest.byteCount, alignment: 8) { buffer in
            store(into: buffer, at: 0)
            return try body(UnsafeRawBufferPointer(buffer))
        }
    }

    /// Lower-case hexadecimal, 64 digits.
    package var hex: String { bytes.hex }

    /// Bit `index` of the digest, 0 being the most significant bit of the first byte.
    @inlinable
    package func bit(_ index: Int) -> Bool {
        let word =
            switch index >> 6 {
            case 0: word0
            case 1: word1
            case 2: word2
            default: word3
            }
        return (word >> UInt64(63 - (index & 63))) & 1 == 1
    }

    /// Appends the 32 bytes to a buffer.
    @inlinable
    package func append(to buffer: inout [UInt8]) {
        withUnsafeBytes(of: word0.bigEndian) { buffer.append(contentsOf: $0) }
        withUnsafeBytes(of: word1.bigEndian) { buffer.append(contentsOf: $0) }
        withUnsafeBytes(of: word2.bigEndian) { buffer.append(contentsOf: $0) }
        withUnsafeBytes(of: word3.bigEndian) { buffer.append(contentsOf: $0) }
    }

    /// Writes the 32 bytes at an offset of a buffer that the caller has checked to be long enough.
    @inlinable
    package func store(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) {
        buffer.storeBytes(of: word0.bigEndian, toByteOffset: offset, as: UInt64.self)
        buffer.storeBytes(of: word1.bigEndian, toByteOffset: offset + 8, as: UInt64.self)
        buffer.storeBytes(of: word2.bigEndian, toByteOffset: offset + 16, as: UInt64.self)
        buffer.storeBytes(of: word3.bigEndian, toByteOffset: offset + 24, as: UInt64.self)
    }

    @inlinable
    package static func < (left: Digest, right: Digest) -> Bool {
        if left.word0 != right.word0 { return left.word0 < right.word0 }
        if left.word1 != right.word1 { return left.word1 < right.word1 }
        if left.word2 != right.word2 { return left.word2 < right.word2 }
        return left.word3 < right.word3
    }
}

extension Digest: CustomStringConvertible {
    package var description: String { hex }
}

extension Digest {
    /// SHA-256 of a buffer (FIPS 180-4).
    package static func sha256(_ buffer: UnsafeRawBufferPointer) -> Digest {
        var hasher = SHA256()
        hasher.update(bufferPointer: buffer)
        return hasher.finalize().withUnsafeBytes { Digest(loading: $0) }
    }

    /// SHA-256 of some bytes.
    package static func sha256(_ bytes: [UInt8]) -> Digest {
        bytes.withUnsafeBytes { sha256($0) }
    }

    /// SHA-256 of some bytes, wherever they are.
    package static func sha256(_ bytes: Data) -> Digest {
        bytes.withUnsafeBytes { sha256($0) }
    }

    /// SHA-256 of `0x00 ‖ tag ‖ 0x00 ‖ payload`: every hash of a structure names its kind, so that
    /// no hash of one kind is ever that of another.
    package static func tagged(_ tag: HashTag, _ payload: [UInt8]) -> Digest {
        var hasher = SHA256()
        tag.prefix.withUnsafeBytes { hasher.update(bufferPointer: $0) }
        payload.withUnsafeBytes { hasher.update(bufferPointer: $0) }
        return hasher.finalize().withUnsafeBytes { Digest(loading: $0) }
    }
}
