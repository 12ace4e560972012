import Foundation
import Ledger
import Primitives
import Testing

@Suite("A device's months are drawn and told")
struct DeviceChartTests {
    @Test("Generation, ceiling, issued and redeemed of each month, in bars and in a table")
    func months() async throws {
        var gateway = try MemoryGateway.sample()
        let december = CivilMonth(ordinal: 12 * 2021 + 11)
        gateway.issuances[DeviceID(1)] = IssuanceRecord(
            months: [
                .init(month: december, issued: 2_345_678, redeemed: 1_234_567, retired: 89)
            ], isComplete: true)
        let page = try await fetch("/devices/D1", from: gateway)
        // Four months with generation, one of them issued and redeemed in part.
        let chart = try #require(
            try matches("(?s)aria-labelledby=\"months-title.*?</svg>", in: page.body).first)
        #expect(try matches("<rect class=\"bar\"", in: chart).count == 4)
        #expect(try matches("<rect class=\"owned\"", in: chart).count == 1)
        #expect(try matches("<rect class=\"redeemed\"", in: chart).count == 1)
        #expect(try matches("<path class=\"limit\"", in: chart).count == 4)
        let file = try #require(
            try matches("href=\"data:text/csv[^\"]+\" download=\"D1-months.csv\"", in: page.body)
                .first)
        #expect(file.contains("%0D%0A2021-12,"))
        #expect(file.contains(",4692000,2345678,1234567,89%0D%0A"))
        let pattern = "<rect class=\"(owned|redeemed)\"[^>]*height=\"[0-9]+\""
        let heights = try matches(pattern, in: chart)
            .compactMap { $0.split(separator: "\"").last.flatMap { UInt64($0) } }.suffix(2)
        // Of 200 pixels for the ceiling of 4 692 000 Wh.
        let expected: [UInt64] = [99, 52]
        #expect(Array(heights) == expected)
        let row = try #require(
            try matches("<tr><th scope=\"row\">December 2021.*", in: page.body).first)
        for number in ["4\u{202F}692\u{202F}000", "2\u{202F}345\u{202F}678", ">89<"] {
            #expect(row.contains(number), "\(number)")
        }
        #expect(!page.body.contains("issued long ago"))
    }

    @Test("A device whose old entries were not looked at says so")
    func cut() async throws {
        var gateway = try MemoryGateway.sample()
        gateway.issuances[DeviceID(1)] = IssuanceRecord(months: [], isComplete: false)
        let page = try await fetch("/devices/D1", from: gateway)
        #expect(page.body.contains("What was issued long ago is not all counted here"))
    }

    @Test("A long history is drawn by month, and only its last months by day")
    func long() async throws {
        var gateway = try MemoryGateway.sample()
        let pattern = gateway.monthRecords
        gateway.monthRecords = (UInt32(0)..<80).map { offset in
            DeviceMonthRecord(
                month: CivilMonth(ordinal: 12 * 2021 + 11 - offset),
                days: pattern[Int(offset) % 4].days, dayLimit: 200_000, monthLimit: .max)
        }
        let page = try await fetch("/devices/D1", from: gateway)
        #expect(page.body.contains("January 2017") && !page.body.contains("December 2016"))
        #expect(page.body.contains("October 2021 to December 2021"))
        #expect(!page.body.contains("<rect class=\"bar\" x=\"-"))
    }
}
