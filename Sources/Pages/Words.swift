import Primitives

/// Numbers, quantities and times as people read them; all in English and in UTC.
enum Words {
    /// Digits in groups of three with narrow no-break spaces: `1 234 567`.
    static func grouped(_ number: UInt64) -> String {
        let digits = String(number)
        guard digits.count > 4 else { return digits }
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { text.append("\u{202F}") }
            text.append(digit)
        }
        return text
    }

    /// `999 Wh`, `1 kWh`, `12 345.678 kWh`: exact, nothing is rounded.
    static func energy(_ wattHours: UInt64) -> String {
        guard wattHours >= WattHours.perDREC else { return "\(wattHours)\u{A0}Wh" }
        return thousands(wattHours) + "\u{A0}kWh"
    }

    /// kWh for a column whose head has the unit, all with three decimals: `0.328`, `12 345.600`.
    static func kilowattHours(_ wattHours: UInt64) -> String {
        let rest = String(wattHours % WattHours.perDREC)
        let fraction = String(repeating: "0", count: 3 - rest.count) + rest
        return grouped(wattHours / WattHours.perDREC) + "." + fraction
    }

    /// `800 W`, `27.6 kW`.
    static func power(_ watts: UInt64) -> String {
        guard watts >= 1_000 else { return "\(watts)\u{A0}W" }
        return thousands(watts) + "\u{A0}kW"
    }

    private static func thousands(_ number: UInt64) -> String {
        let rest = String(number % 1_000)
        var fraction = String(repeating: "0", count: 3 - rest.count) + rest
        while fraction.hasSuffix("0") { fraction.removeLast() }
        return grouped(number / 1_000) + (fraction.isEmpty ? "" : "." + fraction)
    }

    /// `1 device`, `3 devices`.
    static func count(_ number: UInt64, _ one: String, _ many: String) -> String {
        "\(grouped(number)) \(number == 1 ? one : many)"
    }

    /// `a, b and c`.
    static func list(_ items: [String]) -> String {
        guard let last = items.last, items.count > 1 else { return items.first ?? "" }
        return items.dropLast().joined(separator: ", ") + " and " + last
    }

    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September",
        "October", "November", "December",
    ]

    static func month(_ month: CivilMonth) -> String { "\(months[month.month - 1]) \(month.year)" }

    /// `2021-11`.
    static func numbered(_ month: CivilMonth) -> String {
        String(month.start.description.prefix(7))
    }

    static func day(_ day: CivilDay) -> String {
        "\(day.day)\u{A0}\(months[day.month - 1]) \(day.year)"
    }

    /// The days that a half-open window touches, as a sentence has them: `in 2021`,
    /// `on 2 May 2022`, `from 22 November 2021 to 1 May 2022`.
    static func during(from start: Timestamp, to end: Timestamp) -> String {
        let first = CivilDay(start)
        let last = CivilDay(Timestamp(end > start ? end.rawValue - 1 : start.rawValue))
        guard first != last else { return "on " + day(first) }
        let isOneMonth = (first.year, first.month) == (last.year, last.month)
        let isWhole =
            first.day == 1 && last.day == CivilDay.days(inMonth: last.month, of: last.year)
            && (isOneMonth || first.month == 1 && last.month == 12)
        guard isWhole else { return "from \(day(first)) to \(day(last))" }
        return "in " + days(from: start, to: end)
    }

    /// The days that a half-open window touches, as short as it can be said: `2021`,
    /// `November 2021`, `22–28 November 2021`, `30 November – 2 December 2021`.
    static func days(from start: Timestamp, to end: Timestamp) -> String {
        let first = CivilDay(start)
        let last = CivilDay(Timestamp(end > start ? end.rawValue - 1 : start.rawValue))
        guard first != last else { return day(first) }
        let lastOfMonth = CivilDay.days(inMonth: last.month, of: last.year)
        if first.year == last.year {
            let startsMonth = first.day == 1
            let endsMonth = last.day == lastOfMonth
            if startsMonth, endsMonth, first.month == 1, last.month == 12 {
                return String(first.year)
            }
            if first.month == last.month {
                let name = "\(months[first.month - 1]) \(first.year)"
                return startsMonth && endsMonth ? name : "\(first.day)–\(last.day)\u{A0}\(name)"
            }
            return "\(first.day)\u{A0}\(months[first.month - 1]) – \(day(last))"
        }
        if first.day == 1, first.month == 1, last.day == 31, last.month == 12 {
            return "\(first.year)–\(last.year)"
        }
        return "\(day(first)) – \(day(last))"
    }
}
