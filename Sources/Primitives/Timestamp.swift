/// A moment in whole seconds since 1970-01-01T00:00:00Z.
package struct Timestamp: Numbered {
    package let rawValue: UInt64
    package init(rawValue: UInt64) { self.rawValue = rawValue }

    package static let secondsPerDay: UInt64 = 86_400
    /// 9999-12-31T23:59:59Z, the last moment that RFC 3339 can write.
    package static let maximum = Timestamp(253_402_300_799)
}

/// A day of the proleptic Gregorian calendar in UTC.
package struct CivilDay: Hashable, Comparable, Sendable {
    package let year: Int
    /// 1 to 12.
    package let month: Int
    /// 1 to 31.
    package let day: Int

    /// The day on which a moment lies. Moments beyond ``Timestamp/maximum`` count as that one.
    ///
    /// Source of the arithmetic: H. Hinnant, "chrono-Compatible Low-Level Date Algorithms".
    package init(_ time: Timestamp) {
        let seconds = min(time, .maximum).rawValue
        let shifted = Int(seconds / Timestamp.secondsPerDay) + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// Nil unless the day exists and lies in 1970 to 9999.
    package init?(year: Int, month: Int, day: Int) {
        guard (1970...9999).contains(year), (1...12).contains(month),
            (1...CivilDay.days(inMonth: month, of: year)).contains(day)
        else { return nil }
        self.year = year
        self.month = month
        self.day = day
    }

    /// 00:00:00Z of the day.
    package var start: Timestamp {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = shiftedYear / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return Timestamp(UInt64(era * 146_097 + dayOfEra - 719_468) * Timestamp.secondsPerDay)
    }

    /// Number of days in a month; `month` is 1 to 12.
    package static func days(inMonth month: Int, of year: Int) -> Int {
        switch month {
        case 2: isLeap(year) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    private static func isLeap(_ year: Int) -> Bool {
        year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
    }

    package static func < (left: CivilDay, right: CivilDay) -> Bool {
        (left.year, left.month, left.day) < (right.year, right.month, right.day)
    }
}

/// A month of the Gregorian calendar in UTC, numbered so that the next month is the next number.
package struct CivilMonth: Hashable, Comparable, Sendable {
    /// `12 × year + (month − 1)`.
    package let ordinal: UInt32

    package init(ordinal: UInt32) { self.ordinal = ordinal }

    package init(_ time: Timestamp) {
        let day = CivilDay(time)
        ordinal = UInt32(12 * day.year + day.month - 1)
    }

    package var year: Int { Int(ordinal / 12) }
    /// 1 to 12.
    package var month: Int { Int(ordinal % 12) + 1 }
    package var dayCount: Int { CivilDay.days(inMonth: month, of: year) }
    package var next: CivilMonth { CivilMonth(ordinal: ordinal + 1) }

    /// The first moment of the month, or of 1970 for an earlier one.
    package var start: Timestamp {
        CivilDay(year: year, month: month, day: 1)?.start ?? Timestamp(0)
    }

    /// The first moment after the month.
    package var end: Timestamp {
        Timestamp(start.rawValue + UInt64(dayCount) * Timestamp.secondsPerDay)
    }

    package static func < (left: CivilMonth, right: CivilMonth) -> Bool {
        left.ordinal < right.ordinal
    }
}

extension Timestamp: CustomStringConvertible {
    /// RFC 3339 in UTC: `2021-12-17T00:00:00Z`.
    package var description: String {
        let date = CivilDay(self)
        let second = min(self, .maximum).rawValue % Timestamp.secondsPerDay
        return Timestamp.padded(date.year, 4) + "-" + Timestamp.padded(date.month, 2) + "-"
            + Timestamp.padded(date.day, 2) + "T" + Timestamp.padded(Int(second / 3_600), 2) + ":"
            + Timestamp.padded(Int(second / 60 % 60), 2) + ":"
            + Timestamp.padded(Int(second % 60), 2) + "Z"
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
