/// How text becomes part of HTML.
///
/// Besides the five characters that markup is made of, characters that no reader can see but that
/// change what he sees are written out, as `[U+202E]`: controls, bidirectional formatting (Unicode
/// UAX #9), invisible format characters and tags. The zero-width joiners stay, which Indic scripts
/// and emoji need.
package enum Escaping {
    static func append(_ text: String, to bytes: inout [UInt8]) {
        for byte in text.utf8 {
            guard byte >= 0x20, byte < 0x7F else { return appendScalars(of: text, to: &bytes) }
        }
        for byte in text.utf8 { append(ascii: byte, to: &bytes) }
    }

    private static func appendScalars(of text: String, to bytes: inout [UInt8]) {
        // A mark at the beginning would go over what stands before the text.
        var marks = maximumMarks
        for scalar in text.unicodeScalars {
            marks = isMark(scalar) ? marks + 1 : 0
            if isHidden(scalar) || marks > maximumMarks {
                let digits = String(scalar.value, radix: 16, uppercase: true)
                let zeros = String(repeating: "0", count: max(0, 4 - digits.count))
                bytes += Array("[U+\(zeros)\(digits)]".utf8)
            } else if scalar.isASCII {
                append(ascii: UInt8(truncatingIfNeeded: scalar.value), to: &bytes)
            } else {
                bytes += Array(String(scalar).utf8)
            }
        }
    }

    private static func append(ascii byte: UInt8, to bytes: inout [UInt8]) {
        switch byte {
        case UInt8(ascii: "&"): bytes += Array("&amp;".utf8)
        case UInt8(ascii: "<"): bytes += Array("&lt;".utf8)
        case UInt8(ascii: ">"): bytes += Array("&gt;".utf8)
        case UInt8(ascii: "\""): bytes += Array("&quot;".utf8)
        case UInt8(ascii: "'"): bytes += Array("&#39;".utf8)
        default: bytes.append(byte)
        }
    }

    /// Marks above and below one letter that are shown as such: scripts need up to four, and more
    /// would grow over the lines around them.
    static let maximumMarks = 4

    static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark: true
        default: false
        }
    }

    /// Whether a character is written out, on a terminal too.
    ///
    /// Also the blank of Braille: a name of blanks alone would look like none.
    package static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x00...0x1F, 0x7F...0x9F, 0xAD, 0x034F, 0x061C, 0x115F, 0x1160, 0x17B4, 0x17B5,
            0x180B...0x180F, 0x200B, 0x200E, 0x200F, 0x2028...0x202E, 0x2060...0x206F, 0x2800,
            0x3164, 0xFEFF,
            0xFFA0, 0xFFF0...0xFFFB, 0x1BCA0...0x1BCA3, 0x1D173...0x1D17A, 0xE0000...0xE0FFF:
            true
        case 0xFDD0...0xFDEF: true
        default: scalar.value & 0xFFFE == 0xFFFE
        }
    }
}
