import Foundation

/// Writes canonical protobuf messages field by field: for the few that are made once for each
/// transaction, where the general encoder, which measures every message before it writes it, is the
/// dear part.
///
/// Callers write fields in ascending order. Numbers of value 0 are left out, as proto3 wants it.
struct MessageWriter {
    private(set) var bytes: [UInt8] = []

    init(capacity: Int) {
        bytes.reserveCapacity(capacity)
    }

    mutating func number(_ field: UInt64, _ value: UInt64) {
        guard value != 0 else { return }
        varint(field << 3)
        varint(value)
    }

    /// An enumeration's number is a signed one of 64 bits on the wire.
    mutating func number(_ field: UInt64, enumeration value: Int) {
        number(field, UInt64(bitPattern: Int64(value)))
    }

    /// A message of its own, whatever it holds.
    mutating func message(_ field: UInt64, _ body: (inout MessageWriter) -> Void) {
        varint(field << 3 | 2)
        let start = bytes.count
        bytes.append(0)
        body(&self)
        let length = bytes.count - start - 1
        if length < 0x80 {
            bytes[start] = UInt8(length)
            return
        }
        var prefix = MessageWriter(capacity: 10)
        prefix.varint(UInt64(length))
        bytes.replaceSubrange(start...start, with: prefix.bytes)
    }

    /// A message that is encoded already.
    mutating func message(_ field: UInt64, encoded: Data) {
        varint(field << 3 | 2)
        varint(UInt64(encoded.count))
        bytes.append(contentsOf: encoded)
    }

    private mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}
