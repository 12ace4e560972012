/// A JSON value of the kinds that the network's documents use: no fractions, no duplicate keys.
///
/// Its canonical text is RFC 8785 (JCS): keys sorted by UTF-16 code units, shortest escapes, no
/// blanks; with integers only, the number format of JCS is plain decimal.
package enum CanonicalJSON: Hashable, Sendable {
    case null
    case boolean(Bool)
    case integer(Int64)
    case string(String)
    case array([CanonicalJSON])
    case object([String: CanonicalJSON])

    /// The largest integer that every JSON reader keeps exactly: 2⁵³ − 1.
    package static let largestInteger: Int64 = 9_007_199_254_740_991

    /// The canonical text in UTF-8.
    package var canonicalBytes: [UInt8] {
        var buffer = [UInt8]()
        write(into: &buffer)
        return buffer
    }

    package var canonicalText: String { String(decoding: canonicalBytes, as: UTF8.self) }

    private func write(into buffer: inout [UInt8]) {
        switch self {
        case .null: buffer += Array("null".utf8)
        case .boolean(let value): buffer += Array((value ? "true" : "false").utf8)
        case .integer(let value): buffer += Array(String(value).utf8)
        case .string(let value): CanonicalJSON.write(value, into: &buffer)
        case .array(let values):
            buffer.append(UInt8(ascii: "["))
            for (index, value) in values.enumerated() {
                if index > 0 { buffer.append(UInt8(ascii: ",")) }
                value.write(into: &buffer)
            }
            buffer.append(UInt8(ascii: "]"))
        case .object(let members):
            buffer.append(UInt8(ascii: "{"))
            let keys = members.keys.sorted { $0.utf16.lexicographicallyPrecedes($1.utf16) }
            for (index, key) in keys.enumerated() {
                if index > 0 { buffer.append(UInt8(ascii: ",")) }
                CanonicalJSON.write(key, into: &buffer)
                buffer.append(UInt8(ascii: ":"))
                members[key]?.write(into: &buffer)
            }
            buffer.append(UInt8(ascii: "}"))
        }
    }

    /// RFC 8785 §3.2.2.2.
    private static func write(_ text: String, into buffer: inout [UInt8]) {
        buffer.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""): buffer += [UInt8(ascii: "\\"), UInt8(ascii: "\"")]
            case UInt8(ascii: "\\"): buffer += [UInt8(ascii: "\\"), UInt8(ascii: "\\")]
            case 0x08: buffer += Array("\\b".utf8)
            case 0x09: buffer += Array("\\t".utf8)
            case 0x0a: buffer += Array("\\n".utf8)
            case 0x0c: buffer += Array("\\f".utf8)
            case 0x0d: buffer += Array("\\r".utf8)
            case 0..<0x20: buffer += Array("\\u00".utf8) + Array([byte].hex.utf8)
            default: buffer.append(byte)
            }
        }
        buffer.append(UInt8(ascii: "\""))
    }
}

extension CanonicalJSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByBooleanLiteral
{
    package init(stringLiteral value: String) { self = .string(value) }
    package init(integerLiteral value: Int64) { self = .integer(value) }
    package init(booleanLiteral value: Bool) { self = .boolean(value) }
    package init(arrayLiteral elements: CanonicalJSON...) { self = .array(elements) }
    package init(dictionaryLiteral elements: (String, CanonicalJSON)...) {
        self = .object(Dictionary(elements, uniquingKeysWith: { _, last in last }))
    }

    package var string: String? { if case .string(let value) = self { value } else { nil } }
    package var integer: Int64? { if case .integer(let value) = self { value } else { nil } }
    package var array: [CanonicalJSON]? { if case .array(let value) = self { value } else { nil } }
    package var object: [String: CanonicalJSON]? {
        if case .object(let value) = self { value } else { nil }
    }

    /// An unsigned number: a plain integer, or a decimal string where it could exceed 2⁵³ − 1.
    package var unsigned: UInt64? {
        switch self {
        case .integer(let value): UInt64(exactly: value)
        case .string(let text): UInt64(decimal: text)
        default: nil
        }
    }

    /// A number as an integer where every reader keeps it exactly, else as a decimal string.
    package static func unsigned(_ value: UInt64) -> CanonicalJSON {
        if let small = Int64(exactly: value), small <= largestInteger {
            return .integer(small)
        }
        return .string(String(value))
    }
}
