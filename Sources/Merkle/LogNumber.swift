/// Numbers in paths of the log: groups of three digits of which all but the last begin with `x`
/// (C2SP tlog-tiles), so that no directory of a mirror has more than a thousand files of one kind.
enum LogNumber {
    /// `x001/x234/067`
    static func path(_ number: UInt64) -> String {
        var groups = [threeDigits(number % 1000)]
        var rest = number / 1000
        while rest > 0 {
            groups.append("x" + threeDigits(rest % 1000))
            rest /= 1000
        }
        return groups.reversed().joined(separator: "/")
    }

    /// Reads leniently; callers compare the spelling with ``path(_:)``.
    static func number(_ groups: [Substring]) -> UInt64? {
        // Seven groups of three digits hold every 64-bit number.
        guard (1...7).contains(groups.count) else { return nil }
        var number: UInt64 = 0
        for group in groups {
            guard let value = UInt64(group.drop { $0 == "x" }), value < 1000 else { return nil }
            let (scaled, overflow) = number.multipliedReportingOverflow(by: 1000)
            let (sum, carry) = scaled.addingReportingOverflow(value)
            guard !overflow, !carry else { return nil }
            number = sum
        }
        return number
    }

    private static func threeDigits(_ value: UInt64) -> String {
        let digits = String(value)
        return String(repeating: "0", count: 3 - digits.count) + digits
    }
}
