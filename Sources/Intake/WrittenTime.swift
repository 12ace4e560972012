import Foundation
import Primitives

/// A moment as a file writes it (ISO 8601), not yet placed on the UTC axis.
///
/// `2021-12-17`, `2021-12-17T08:15`, `2021-12-17 08:15:30.5+05:30`, `…Z`. Fractions of a second are
/// cut off: always downwards, so windows that touched still touch.
struct WrittenTime {
    /// Seconds from 1970-01-01T00:00:00 on the wall clock of the place.
    var wallSeconds: Int
    /// Seconds east of UTC; nil when the text says none.
    let offset: Int?
    /// Whether the text is a day without a time: where it begins, whatever clocks show then.
    let isDay: Bool

    /// - Throws: ``ValueProblem`` when the text is not of the form or no such moment exists.
    init(_ text: String) throws(ValueProblem) {
        guard !text.isEmpty else { throw ValueProblem("no time") }
        var reader = DigitReader(text)
        guard let year = reader.number(4), reader.skip("-"), let month = reader.number(2),
            reader.skip("-"), let day = reader.number(2)
        else { throw WrittenTime.malformed(text) }
        guard let date = CivilDay(year: year, month: month, day: day) else {
            throw ValueProblem("\(ValueProblem.shown(text)) is no day of the years 1970 to 9999")
        }
        var seconds = 0
        var offset: Int?
        isDay = reader.isAtEnd
        if !isDay {
            guard reader.skip("T") || reader.skip("t") || reader.skip(" "),
                let time = reader.timeOfDay()
            else { throw WrittenTime.malformed(text) }
            seconds = time
            if !reader.isAtEnd {
                guard let zone = reader.zone(), reader.isAtEnd else {
                    throw WrittenTime.malformed(text)
                }
                offset = zone
            }
        }
        wallSeconds = Int(date.start.rawValue) + seconds
        self.offset = offset
    }

    /// The moment in UTC; `zone` counts only where the text has no offset.
    ///
    /// The first time that clocks skip is the moment at which they do: an hour that ends with it
    /// touches the next one, and in some zones a day begins with it.
    ///
    /// - Throws: ``ValueProblem`` when the wall clock of the zone skips any other time, or repeats
    ///   it, or when it lies before 1970. Neither of two hours is guessed.
    func moment(in zone: TimeZone) throws(ValueProblem) -> Timestamp {
        if let offset { return try WrittenTime.timestamp(wallSeconds - offset) }
        // No zone is further than a day from UTC or changes twice in two days, so the offset that
        // holds at this time is the one before or the one after.
        let around = [-86_400, 86_400].map { zone.offset(at: wallSeconds + $0) }
        let moments = Set(around.map { wallSeconds - $0 })
            .filter { $0 + zone.offset(at: $0) == wallSeconds }
        guard let first = moments.min() else {
            let jump = wallSeconds - around[0]
            guard zone.offset(at: jump - 1) == around[0], zone.offset(at: jump) == around[1]
            else {
                throw ValueProblem("a time that the clocks of \(zone.identifier) skip")
            }
            return try WrittenTime.timestamp(jump)
        }
        guard moments.count == 1 || isDay else {
            throw ValueProblem(
                "a time that the clocks of \(zone.identifier) show twice: write its offset")
        }
        return try WrittenTime.timestamp(first)
    }

    static func timestamp(_ seconds: Int) throws(ValueProblem) -> Timestamp {
        guard let value = UInt64(exactly: seconds), Timestamp(value) <= .maximum else {
            throw ValueProblem("a time outside of 1970 to 9999")
        }
        return Timestamp(value)
    }

    private static func malformed(_ text: String) -> ValueProblem {
        ValueProblem("\(ValueProblem.shown(text)) is not a time as 2021-12-17T00:00:00Z")
    }
}

extension TimeZone {
    /// A zone by its IANA name; blank is nil.
    ///
    /// Abbreviations are refused: `IST` is India, Israel and Ireland.
    ///
    /// - Throws: ``ValueProblem``.
    static func named(_ name: String) throws(ValueProblem) -> TimeZone? {
        guard !name.isEmpty else { return nil }
        guard !["UTC", "GMT", "Z"].contains(name.uppercased()) else { return .gmt }
        guard name.contains("/"), let zone = TimeZone(identifier: name) else {
            throw ValueProblem(
                "\(ValueProblem.shown(name)) is not the IANA name of a time zone, as Africa/Lagos")
        }
        return zone
    }

    /// Seconds east of UTC at a moment in seconds since 1970.
    fileprivate func offset(at seconds: Int) -> Int {
        secondsFromGMT(for: Date(timeIntervalSince1970: Double(seconds)))
    }
}
