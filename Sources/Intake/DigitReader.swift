/// Reads fixed-width numbers and marks off the front of an ASCII text.
struct DigitReader {
    private var rest: Substring.UTF8View

    init(_ text: String) { rest = Substring(text).utf8 }

    var isAtEnd: Bool { rest.isEmpty }

    /// Exactly `width` digits; nil, and nothing read, otherwise.
    mutating func number(_ width: Int) -> Int? {
        let digits = rest.prefix(width)
        guard digits.count == width, digits.allSatisfy(DigitReader.isDigit) else { return nil }
        rest = rest.dropFirst(width)
        return digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    }

    mutating func skip(_ mark: Unicode.Scalar) -> Bool {
        guard let first = rest.first, UInt32(first) == mark.value else { return false }
        rest = rest.dropFirst()
        return true
    }

    /// `hh:mm`, `hh:mm:ss` or `hh:mm:ss.fff` in seconds, the fraction dropped; no leap seconds.
    mutating func timeOfDay() -> Int? {
        guard let hour = number(2), hour < 24, skip(":"), let minute = number(2), minute < 60
        else { return nil }
        guard skip(":") else { return hour * 3_600 + minute * 60 }
        guard let second = number(2), second < 60 else { return nil }
        if skip(".") {
            let fraction = rest.prefix(while: DigitReader.isDigit)
            guard !fraction.isEmpty else { return nil }
            rest = rest.dropFirst(fraction.count)
        }
        return hour * 3_600 + minute * 60 + second
    }

    /// `Z`, `+hh`, `+hhmm` or `+hh:mm`, in seconds east of UTC, at most 14 hours.
    mutating func zone() -> Int? {
        if skip("Z") || skip("z") { return 0 }
        let isWest = skip("-")
        guard isWest || skip("+"), let hour = number(2) else { return nil }
        var seconds = hour * 3_600
        if !isAtEnd {
            _ = skip(":")
            guard let minute = number(2), minute < 60 else { return nil }
            seconds += minute * 60
        }
        guard seconds <= 14 * 3_600 else { return nil }
        return isWest ? -seconds : seconds
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
