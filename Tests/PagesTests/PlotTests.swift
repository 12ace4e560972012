import Foundation
import HTTPTypes
import Ledger
import Primitives
import Testing

@Suite("Plots of the first page")
struct PlotTests {
    private static func months(
        _ ordinals: [UInt32], issued: UInt64, redeemed: UInt64 = 0
    ) -> [NetworkStatistics.Month] {
        ordinals.map { ordinal in
            var month = NetworkStatistics.Month(CivilMonth(ordinal: ordinal))
            month.issued = WattHours(issued)
            month.redeemed = redeemed
            return month
        }
    }

    /// The sizes of a plot's bars by their style.
    private static func bars(_ style: String, _ size: String, in body: String) throws -> [Int] {
        try matches("<rect class=\"\(style)\" x=\"[0-9]+\" y=\"[0-9]+\"[^>]*/>", in: body).map {
            let text = try #require(try matches("\(size)=\"[0-9]+\"", in: $0).first)
            return try #require(Int(text.filter(\.isNumber)))
        }
    }

    @Test("The last twelve months are drawn, those without anything too, and earlier ones named")
    func twelve() async throws {
        var gateway = try MemoryGateway.sample()
        let last = UInt32(12 * 2023 + 4)
        gateway.months = PlotTests.months(
            [last - 40, last - 12, last - 11, last - 5, last], issued: 5_000, redeemed: 1)
        let body = try await fetch("/", from: gateway).body
        #expect(try PlotTests.bars("issued", "height", in: body) == [150, 150, 150])
        #expect(try PlotTests.bars("used", "height", in: body).prefix(3) == [30, 30, 30])
        #expect(body.contains("June 2022") && body.contains("May 2023"))
        #expect(!body.contains("May 2022") && body.contains("Earlier months are in"))
        #expect(try matches("<th scope=\"row\">[A-Z][a-z]+ 202[23]</th>", in: body).count == 12)
    }

    @Test("The largest numbers that there can be are drawn, and nothing where there is nothing")
    func extremes() async throws {
        var gateway = try MemoryGateway.sample()
        gateway.months = PlotTests.months([12 * 2021], issued: .max, redeemed: .max)
        var country = NetworkStatistics.Country(try #require(CountryCode("IND")))
        country.issued = WattHours(.max)
        country.active = .max
        gateway.countries = [country]
        let body = try await fetch("/", from: gateway).body
        #expect(try PlotTests.bars("issued", "height", in: body) == [150])
        #expect(!body.contains("Earlier months"))
        gateway.months = []
        gateway.countries = []
        let none = try await fetch("/", from: gateway)
        #expect(none.status == .ok)
        #expect(try matches("Nothing has been issued yet", in: none.body).count == 2)
        #expect(!none.body.contains("class=\"small\""))
    }

    @Test("Countries with the most energy are drawn, their bars as wide as their energy")
    func countries() async throws {
        var gateway = try MemoryGateway.sample()
        gateway.countries = (0..<11).compactMap { index -> NetworkStatistics.Country? in
            let letters = "K\(UnicodeScalar(UInt8(65 + index)))A"
            guard let code = CountryCode(letters) else { return nil }
            var country = NetworkStatistics.Country(code)
            country.issued = WattHours(UInt64(index + 1) * 10_000)
            country.active = UInt64(index + 1) * 10
            return country
        }
        let body = try await fetch("/", from: gateway).body
        let widths = try PlotTests.bars("owned", "width", in: body)
        #expect(widths.count == 8 && widths == widths.sorted(by: >))
        #expect(widths.first == 310 && widths.last == 310 * 4 / 11)
        #expect(body.contains("3 other countries are in"))
        #expect(body.contains("href=\"/lots?country=KKA\"") && !body.contains("country=KAA"))
    }
}
