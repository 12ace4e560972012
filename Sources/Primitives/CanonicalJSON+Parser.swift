/// Why a text is not a JSON document of the permitted kind, and at which byte.
package struct JSONSyntaxError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What is wrong at the byte.
    package enum Reason: String, Sendable {
        case unexpectedByte = "unexpected character"
        case unexpectedEnd = "the text ends too early"
        case trailingData = "text after the end of the document"
        case duplicateKey = "a key appears twice in one object"
        case tooDeep = "nested too deeply"
        case tooLarge = "too large"
        case badNumber = "only integers up to 2^53 - 1 are permitted"
        case badString = "not a valid string"
    }

    package let reason: Reason
    package let offset: Int

    package var description: String { "byte \(offset): \(reason.rawValue)" }
}

extension CanonicalJSON {
    /// Levels of arrays and objects in one document.
    package static let depthLimit = 32

    /// Reads one JSON document (RFC 8259), strictly: UTF-8 only, integers only, no duplicate keys.
    /// Keys that are canonically equivalent in Unicode count as one: none of ours needs two.
    ///
    /// - Throws: ``JSONSyntaxError``.
    package init(parsing bytes: [UInt8], limit: Int) throws(JSONSyntaxError) {
        guard bytes.count <= limit else { throw JSONSyntaxError(reason: .tooLarge, offset: limit) }
        var parser = Parser(bytes: bytes)
        let value = try parser.value(depth: 0)
        parser.skipBlanks()
        guard parser.offset == bytes.count else { throw parser.error(.trailingData) }
        self = value
    }

    private struct Parser {
        let bytes: [UInt8]
        var offset = 0

        func error(_ reason: JSONSyntaxError.Reason) -> JSONSyntaxError {
            JSONSyntaxError(reason: reason, offset: offset)
        }

        mutating func skipBlanks() {
            while offset < bytes.count, [0x20, 0x09, 0x0a, 0x0d].contains(bytes[offset]) {
                offset += 1
            }
        }

        mutating func take(_ byte: UInt8) throws(JSONSyntaxError) {
            guard offset < bytes.count else { throw error(.unexpectedEnd) }
            guard bytes[offset] == byte else { throw error(.unexpectedByte) }
            offset += 1
        }

        mutating func takes(_ byte: UInt8) -> Bool {
            guard offset < bytes.count, bytes[offset] == byte else { return false }
            offset += 1
            return true
        }

        mutating func value(depth: Int) throws(JSONSyntaxError) -> CanonicalJSON {
            guard depth < CanonicalJSON.depthLimit else { throw error(.tooDeep) }
            skipBlanks()
            guard offset < bytes.count else { throw error(.unexpectedEnd) }
            switch bytes[offset] {
            case UInt8(ascii: "{"): return try object(depth: depth)
            case UInt8(ascii: "["): return try array(depth: depth)
            case UInt8(ascii: "\""): return .string(try string())
            case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
            default: break
            }
            for (word, value) in [
                ("true", CanonicalJSON.boolean(true)), ("false", .boolean(false)), ("null", .null),
            ] where bytes[offset...].starts(with: word.utf8) {
                offset += word.utf8.count
                return value
            }
            throw error(.unexpectedByte)
        }

        mutating func object(depth: Int) throws(JSONSyntaxError) -> CanonicalJSON {
            try take(UInt8(ascii: "{"))
            var members: [String: CanonicalJSON] = [:]
            skipBlanks()
            if takes(UInt8(ascii: "}")) { return .object(members) }
            while true {
                skipBlanks()
                let start = offset
                let key = try string()
                skipBlanks()
                try take(UInt8(ascii: ":"))
                let value = try value(depth: depth + 1)
                guard members.updateValue(value, forKey: key) == nil else {
                    throw JSONSyntaxError(reason: .duplicateKey, offset: start)
                }
                skipBlanks()
                if takes(UInt8(ascii: "}")) { return .object(members) }
                try take(UInt8(ascii: ","))
            }
        }

        mutating func array(depth: Int) throws(JSONSyntaxError) -> CanonicalJSON {
            try take(UInt8(ascii: "["))
            var values: [CanonicalJSON] = []
            skipBlanks()
            if takes(UInt8(ascii: "]")) { return .array(values) }
            while true {
                values.append(try value(depth: depth + 1))
                skipBlanks()
                if takes(UInt8(ascii: "]")) { return .array(values) }
                try take(UInt8(ascii: ","))
            }
        }

        mutating func number() throws(JSONSyntaxError) -> CanonicalJSON {
            let start = offset
            let negative = takes(UInt8(ascii: "-"))
            let digits = offset
            while offset < bytes.count,
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[offset])
            {
                offset += 1
            }
            let text = String(decoding: bytes[digits..<offset], as: UTF8.self)
            let isInteger =
                offset == bytes.count
                || ![UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E")]
                    .contains(bytes[offset])
            guard isInteger, let magnitude = UInt64(decimal: text),
                magnitude <= UInt64(CanonicalJSON.largestInteger), !(negative && magnitude == 0)
            else { throw JSONSyntaxError(reason: .badNumber, offset: start) }
            return .integer(negative ? -Int64(magnitude) : Int64(magnitude))
        }

        mutating func string() throws(JSONSyntaxError) -> String {
            let start = offset
            try take(UInt8(ascii: "\""))
            var text = [UInt8]()
            while true {
                guard offset < bytes.count else { throw error(.unexpectedEnd) }
                let byte = bytes[offset]
                offset += 1
                switch byte {
                case UInt8(ascii: "\""):
                    guard let result = String(validating: text, as: UTF8.self) else {
                        throw JSONSyntaxError(reason: .badString, offset: start)
                    }
                    return result
                case UInt8(ascii: "\\"): try escape(into: &text)
                case 0..<0x20: throw JSONSyntaxError(reason: .badString, offset: offset - 1)
                default: text.append(byte)
                }
            }
        }

        mutating func escape(into text: inout [UInt8]) throws(JSONSyntaxError) {
            guard offset < bytes.count else { throw error(.unexpectedEnd) }
            let mark = bytes[offset]
            offset += 1
            switch mark {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(mark)
            case UInt8(ascii: "b"): text.append(0x08)
            case UInt8(ascii: "t"): text.append(0x09)
            case UInt8(ascii: "n"): text.append(0x0a)
            case UInt8(ascii: "f"): text.append(0x0c)
            case UInt8(ascii: "r"): text.append(0x0d)
            case UInt8(ascii: "u"):
                let unit = try codeUnit()
                if UTF16.isLeadSurrogate(unit) {
                    try take(UInt8(ascii: "\\"))
                    try take(UInt8(ascii: "u"))
                    let trail = try codeUnit()
                    guard UTF16.isTrailSurrogate(trail) else { throw error(.badString) }
                    let scalar =
                        0x10000 + (UInt32(unit & 0x3ff) << 10 | UInt32(trail & 0x3ff))
                    guard let valid = Unicode.Scalar(scalar) else { throw error(.badString) }
                    text += Array(String(Character(valid)).utf8)
                } else {
                    guard let valid = Unicode.Scalar(unit) else { throw error(.badString) }
                    text += Array(String(Character(valid)).utf8)
                }
            default: throw error(.badString)
            }
        }

        mutating func codeUnit() throws(JSONSyntaxError) -> UInt16 {
            guard bytes.count - offset >= 4,
                let pair = [UInt8](
                    hex: String(decoding: bytes[offset..<offset + 4], as: UTF8.self))
            else { throw error(.badString) }
            offset += 4
            return UInt16(pair[0]) << 8 | UInt16(pair[1])
        }
    }
}
