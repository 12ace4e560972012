import Foundation

/// Reads canonical protobuf messages field by field, and sees that they are in their one canonical
/// form: for the few that arrive by the thousand, where decoding them in general and encoding them
/// again to compare is the dear part.
///
/// Callers ask for all fields in ascending order. A field that is not next is absent; what stands
/// in another place, is a default value, or is longer than it need be makes the whole not
/// canonical.
struct MessageReader {
    private let bytes: UnsafeRawBufferPointer
    private var position = 0
    private var hasFailed = false

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    /// Whether everything was read and was canonical.
    var isComplete: Bool { !hasFailed && position == bytes.count }

    mutating func number(_ field: UInt64, atMost limit: UInt64 = .max) -> UInt64 {
        guard skip(tag: field << 3) else { return 0 }
        let value = varint()
        if value == 0 || value > limit { hasFailed = true }
        return value
    }

    mutating func bytes(_ field: UInt64) -> Data {
        guard let content = content(field) else { return Data() }
        if content.isEmpty { hasFailed = true }
        return Data(content)
    }

    /// A message within, whatever it holds; nil where there is none.
    mutating func message<Value>(
        _ field: UInt64, _ body: (inout MessageReader) -> Value
    ) -> Value? {
        guard let content = content(field) else { return nil }
        var reader = MessageReader(content)
        let value = body(&reader)
        if !reader.isComplete { hasFailed = true }
        return value
    }

    /// The content of bytes or of a message, in place; nil where there is none.
    mutating func content(_ field: UInt64) -> UnsafeRawBufferPointer? {
        guard skip(tag: field << 3 | 2) else { return nil }
        let length = varint()
        guard !hasFailed, length <= UInt64(bytes.count - position) else {
            hasFailed = true
            return nil
        }
        let end = position + Int(length)
        defer { position = end }
        return UnsafeRawBufferPointer(rebasing: bytes[position..<end])
    }

    /// Goes past a field's tag where it is next.
    private mutating func skip(tag: UInt64) -> Bool {
        guard !hasFailed, position < bytes.count else { return false }
        if tag < 0x80 {
            guard bytes[position] == UInt8(tag) else { return false }
            position += 1
            return true
        }
        let start = position
        if varint() == tag, !hasFailed { return true }
        hasFailed = false
        position = start
        return false
    }

    /// A varint of the shortest form.
    private mutating func varint() -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            let part = UInt64(byte & 0x7f)
            // The tenth byte has one bit, and no last byte is zero but the only one.
            guard shift < 63 || shift == 63 && part <= 1, byte != 0 || shift == 0 else { break }
            value |= part << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        hasFailed = true
        return 0
    }
}
