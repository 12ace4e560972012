import Verifier

/// A piece of HTML that is well escaped by construction.
///
/// Markup comes from literals in this module's sources only: the literal type is `StaticString`, so
/// no run-time text can become markup. Every `String` that is interpolated is escaped, in the same
/// way for text and for attribute values in double quotes; text that people wrote is interpolated
/// as `\(user: …)`, which isolates its direction as well. Kept as UTF-8, which is what is sent.
struct HTML: Sendable, Equatable, ExpressibleByStringInterpolation {
    private(set) var bytes: [UInt8]

    static let empty = HTML(bytes: [])

    private init(bytes: [UInt8]) { self.bytes = bytes }

    init(stringLiteral value: StaticString) {
        bytes = value.withUTF8Buffer { Array($0) }
    }

    init(stringInterpolation: StringInterpolation) { bytes = stringInterpolation.bytes }

    /// Text, escaped.
    init(_ text: String) {
        bytes = []
        Escaping.append(text, to: &bytes)
    }

    /// Text that somebody outside wrote: escaped, and its direction isolated from the rest.
    init(user text: String) { self = "<bdi>\(text)</bdi>" }

    /// A proof file as an element, which no browser runs or shows.
    init(_ proof: EmbeddedProof) { bytes = proof.element }

    var isEmpty: Bool { bytes.isEmpty }

    static func + (left: HTML, right: HTML) -> HTML { HTML(bytes: left.bytes + right.bytes) }
    static func += (left: inout HTML, right: HTML) { left.bytes += right.bytes }

    struct StringInterpolation: StringInterpolationProtocol {
        fileprivate(set) var bytes: [UInt8] = []

        init(literalCapacity: Int, interpolationCount: Int) {
            bytes.reserveCapacity(literalCapacity + interpolationCount * 16)
        }

        mutating func appendLiteral(_ literal: StaticString) {
            literal.withUTF8Buffer { bytes.append(contentsOf: $0) }
        }

        mutating func appendInterpolation(_ html: HTML) { bytes += html.bytes }

        mutating func appendInterpolation(_ list: [HTML]) {
            for html in list { bytes += html.bytes }
        }

        mutating func appendInterpolation(_ text: String) {
            Escaping.append(text, to: &bytes)
        }

        /// Markup, or what stands between tags and is no markup, of this module's own.
        mutating func appendInterpolation(verbatim text: StaticString) {
            appendLiteral(text)
        }

        mutating func appendInterpolation(user text: String) { bytes += HTML(user: text).bytes }

        /// Digits as they are, for addresses and coordinates.
        mutating func appendInterpolation(_ number: some BinaryInteger) {
            bytes += Array(String(number).utf8)
        }

        /// Digits in groups of three.
        mutating func appendInterpolation(grouped number: UInt64) {
            Escaping.append(Words.grouped(number), to: &bytes)
        }
    }
}

extension [HTML] {
    /// The pieces one after the other, with another one in between.
    func joined(by separator: HTML) -> HTML {
        var result = HTML.empty
        for (index, piece) in enumerated() {
            if index > 0 { result += separator }
            result += piece
        }
        return result
    }
}
