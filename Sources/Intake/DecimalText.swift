/// A decimal number as people write it in a file, kept digit by digit so that nothing is rounded
/// unless the caller asks.
///
/// Digits with at most one point and at least one digit: `0`, `12.50`, `.5`, `-3`. No exponent, no
/// thousands separators, no plus sign, because each of them has two readings or hides a number that
/// went through a float.
struct DecimalText {
    let isNegative: Bool
    /// ASCII digits before the point.
    private let whole: [UInt8]
    /// ASCII digits after the point, without zeros at the end.
    private let fraction: [UInt8]

    /// Most characters of a number.
    static let maximumLength = 64

    /// - Throws: ``ValueProblem`` when the text is not such a number.
    init(_ text: String) throws(ValueProblem) {
        var bytes = Array(text.utf8)
        let shown = ValueProblem.shown(text)
        guard !bytes.isEmpty else { throw ValueProblem("no value") }
        guard bytes.count <= DecimalText.maximumLength else {
            throw ValueProblem("\(shown) is longer than \(DecimalText.maximumLength) characters")
        }
        isNegative = bytes[0] == UInt8(ascii: "-")
        if isNegative { bytes.removeFirst() }
        let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        guard parts.count <= 2, parts.contains(where: { !$0.isEmpty }),
            parts.allSatisfy({ $0.allSatisfy(digits.contains) })
        else {
            let hint = text.contains(",") ? " (write it without thousands separators)" : ""
            throw ValueProblem("\(shown) is not a decimal number\(hint)")
        }
        whole = Array(parts[0])
        var fraction = parts.count == 2 ? Array(parts[1]) : []
        while fraction.last == UInt8(ascii: "0") { fraction.removeLast() }
        self.fraction = fraction
    }

    /// The magnitude in units of 10^−places, finer digits cut off; nil when it does not fit.
    func truncated(places: Int) -> UInt128? {
        var value: UInt128 = 0
        let padding = Array(repeating: UInt8(ascii: "0"), count: max(0, places - fraction.count))
        for digit in whole + fraction.prefix(places) + padding {
            let (shifted, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = shifted.addingReportingOverflow(UInt128(digit - UInt8(ascii: "0")))
            guard !overflow, !carry else { return nil }
            value = sum
        }
        return value
    }

    /// Whether the number is a whole multiple of 10^−places.
    func isExact(places: Int) -> Bool { fraction.count <= places }
}
