import Foundation
import Primitives
import Testing

/// Our calendar against Foundation's.
struct TimestampTests {
    private static var calendar: Calendar {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = TimeZone(secondsFromGMT: 0) ?? .gmt
        return calendar
    }

    @Test("every day of 1970 to 2110 is the day that Foundation says")
    func days() throws {
        let calendar = TimestampTests.calendar
        var wrong = 0
        for number in 0..<51_135 as Range<UInt64> {
            let seconds = number * 86_400
            let parts = calendar.dateComponents(
                [.year, .month, .day], from: Date(timeIntervalSince1970: Double(seconds)))
            let day = CivilDay(Timestamp(seconds + number % 86_400))
            if day.year != parts.year || day.month != parts.month || day.day != parts.day
                || day.start.rawValue != seconds
            {
                wrong += 1
            }
        }
        #expect(wrong == 0)
    }

    @Test("days far ahead are Foundation's too, leap centuries included")
    func farDays() throws {
        let calendar = TimestampTests.calendar
        for year in stride(from: 1970, through: 9999, by: 1) {
            for (month, day) in [(1, 1), (2, 28), (3, 1), (12, 31)] {
                let civil = try #require(CivilDay(year: year, month: month, day: day))
                if year.isMultiple(of: 50) || year > 9990 {
                    let date = try #require(
                        calendar.date(
                            from: DateComponents(year: year, month: month, day: day)))
                    #expect(Double(civil.start.rawValue) == date.timeIntervalSince1970)
                }
                #expect(CivilDay(civil.start) == civil)
                let lastSecond = Timestamp(civil.start.rawValue + 86_399)
                #expect(CivilDay(lastSecond) == civil)
            }
        }
    }

    @Test(
        "a leap year has 29 February",
        arguments: [
            (1972, true), (2000, true), (2020, true), (2024, true), (2400, true), (1970, false),
            (1900, false), (2021, false), (2100, false), (2200, false), (2300, false),
        ])
    func leapYears(year: Int, isLeap: Bool) {
        #expect(CivilDay.days(inMonth: 2, of: year) == (isLeap ? 29 : 28))
        if year >= 1970 { #expect((CivilDay(year: year, month: 2, day: 29) != nil) == isLeap) }
    }

    @Test(
        "a day that does not exist is refused",
        arguments: [
            (1969, 12, 31), (10_000, 1, 1), (2021, 0, 1), (2021, 13, 1), (2021, 1, 0),
            (2021, 1, 32),
            (2021, 4, 31), (2021, 2, 29), (2100, 2, 29), (-1, 1, 1), (2021, -1, 1), (2021, 1, -1),
            (Int.max, 1, 1), (2021, Int.max, 1), (2021, 1, Int.max), (Int.min, 1, 1),
        ])
    func badDays(year: Int, month: Int, day: Int) {
        #expect(CivilDay(year: year, month: month, day: day) == nil)
    }

    @Test("months follow each other without gap")
    func months() {
        var month = CivilMonth(Timestamp(0))
        var start: UInt64 = 0
        for index in 0..<(8_030 * 12) {
            #expect(month.start.rawValue == start)
            guard index + 1 < 8_030 * 12 else { break }
            #expect(month.year == 1970 + index / 12 && month.month == index % 12 + 1)
            #expect(CivilMonth(Timestamp(month.end.rawValue - 1)) == month)
            start = month.end.rawValue
            month = month.next
        }
        #expect(start == 253_399_622_400)
    }

    @Test(
        "a moment is written as RFC 3339 says",
        arguments: [
            (0, "1970-01-01T00:00:00Z"), (951_782_400, "2000-02-29T00:00:00Z"),
            (1_639_699_200, "2021-12-17T00:00:00Z"), (1_639_785_599, "2021-12-17T23:59:59Z"),
            (253_402_300_799, "9999-12-31T23:59:59Z"),
            (253_402_300_800, "9999-12-31T23:59:59Z"), (.max, "9999-12-31T23:59:59Z"),
        ] as [(UInt64, String)])
    func texts(seconds: UInt64, text: String) {
        #expect(Timestamp(seconds).description == text)
    }
}
