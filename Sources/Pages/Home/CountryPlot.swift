import Ledger
import Primitives

/// What was issued in each country and what has become of it, as bars with a table.
struct CountryPlot {
    /// Countries that are shown, those with the most energy.
    static let shown = 8

    private static let left: UInt64 = 44
    private static let width: UInt64 = 310
    private static let row: UInt64 = 28

    /// The most first.
    private let countries: [NetworkStatistics.Country]
    private let all: [NetworkStatistics.Country]
    private var others: Int { all.count - countries.count }
    private let most: UInt64

    /// Nil where nothing was issued.
    init?(_ statistics: NetworkStatistics) {
        guard !statistics.countries.isEmpty else { return nil }
        let sorted = statistics.countries.sorted { left, right in
            (right.issued, left.country) < (left.issued, right.country)
        }
        countries = Array(sorted.prefix(CountryPlot.shown))
        all = statistics.countries
        most = max(1, countries.first?.issued.rawValue ?? 1)
    }

    var html: HTML {
        let height = UInt64(countries.count) * CountryPlot.row + 8
        return """
            <figure>
            <svg class="small" viewBox="0 0 360 \(height)" role="img" \
            aria-labelledby="countries-title countries-desc">
            <title id="countries-title">Issued by country</title>
            <desc id="countries-desc">A bar for each country, parted into what is active, redeemed \
            and retired; the table below has the numbers.</desc>
            \(bars)</svg>
            <figcaption>\(HTML.key([
                ("owned", "Active"), ("used", "Redeemed"), ("left", "Retired"),
            ]))</figcaption></figure>
            \(table)\(rest)
            <p class="screen"><a href="/v1/statistics/countries?format=csv" download>\
            All countries as CSV</a></p>

            """
    }

    private var bars: HTML {
        var result = HTML.empty
        for (index, country) in countries.enumerated() {
            let y = UInt64(index) * CountryPlot.row + 6
            result += "<text x=\"2\" y=\"\(y + 14)\">\(country.country.description)</text>\n"
            var x = CountryPlot.left
            for (style, amount) in [
                ("owned", country.active), ("used", country.redeemed), ("left", country.retired),
            ] where amount > 0 {
                let scaled =
                    UInt128(amount) * UInt128(WattHours.perDREC) * UInt128(CountryPlot.width)
                    / UInt128(most)
                let width = min(max(1, UInt64(clamping: scaled)), CountryPlot.width)
                result += """
                    <rect class="\(style)" x="\(x)" y="\(y)" width="\(width)" height="18"/>

                    """
                x += width
            }
        }
        return result
    }

    private var table: HTML {
        HTML.table(
            "By the country of the project, in kWh",
            [
                .text("Country"), .number("Issued"), .number("Active"),
                .number("Redeemed"), .number("Retired"),
            ],
            countries.map { country in
                let code = country.country.description
                return [
                    HTML.link("/lots?country=\(code)", HTML(CountryNames.name(of: code))),
                    HTML(Words.kilowattHours(country.issued.rawValue)),
                    HTML(Words.grouped(country.active)), HTML(Words.grouped(country.redeemed)),
                    HTML(Words.grouped(country.retired)),
                ]
            })
    }

    private var rest: HTML {
        guard others > 0 else { return .empty }
        let count = Words.count(UInt64(others), "other country is", "other countries are")
        return """
            <p class="note">\(count) in <a href="/v1/statistics">the numbers as JSON</a>.</p>

            """
    }
}
