import Ledger
import Primitives

/// What was issued, redeemed and retired in each of the last months, as bars with a table.
struct MonthPlot {
    /// Months that are shown, up to the last one in which anything happened.
    static let shown = 12

    private static let left: UInt64 = 6
    private static let top: UInt64 = 24
    private static let height: UInt64 = 150
    private static let slot: UInt64 = 29
    private static let bar: UInt64 = 8

    /// Ascending, without gaps.
    private let months: [NetworkStatistics.Month]
    private let hasMore: Bool
    private let before: WattHours
    private let most: UInt64

    /// Nil where nothing has happened.
    init?(_ statistics: NetworkStatistics) {
        guard let last = statistics.months.last?.month, let first = statistics.months.first?.month
        else { return nil }
        let span = min(UInt32(MonthPlot.shown), last.ordinal - first.ordinal + 1)
        let known = Dictionary(uniqueKeysWithValues: statistics.months.map { ($0.month, $0) })
        months = (0..<span).reversed().map { back in
            let month = CivilMonth(ordinal: last.ordinal - back)
            return known[month] ?? NetworkStatistics.Month(month)
        }
        hasMore = statistics.months.count > months.filter { known[$0.month] != nil }.count
        before = statistics.issuedBefore
        most = max(1, months.flatMap { MonthPlot.amounts($0) }.max() ?? 1)
    }

    /// Wh that were issued, redeemed and retired.
    private static func amounts(_ month: NetworkStatistics.Month) -> [UInt64] {
        [
            month.issued.rawValue, wattHours(month.redeemed), wattHours(month.retired),
        ]
    }

    private static func wattHours(_ kilowattHours: UInt64) -> UInt64 {
        let (product, overflow) = kilowattHours.multipliedReportingOverflow(by: WattHours.perDREC)
        return overflow ? .max : product
    }

    var html: HTML {
        let width = 2 * MonthPlot.left + UInt64(MonthPlot.shown) * MonthPlot.slot
        return """
            <figure>
            <svg class="small" viewBox="0 0 \(width) 220" role="img" \
            aria-labelledby="months-title months-desc">
            <title id="months-title">Issued, redeemed and retired by month</title>
            <desc id="months-desc">Bars for each month; the table below has the numbers.</desc>
            <text class="soft" x="\(MonthPlot.left)" y="14">Top: \(Words.energy(most))</text>
            \(slots)<path class="axis" d="M\(MonthPlot.left) \(MonthPlot.top + MonthPlot.height)\
            H\(width - MonthPlot.left)" fill="none"/>
            </svg>
            <figcaption>\(HTML.key([
                ("issued", "Issued"), ("used", "Redeemed"), ("left", "Retired"),
            ]))</figcaption></figure>
            \(table)\(rest)
            <p class="screen"><a href="/v1/statistics/months?format=csv" download>\
            All months as CSV</a></p>

            """
    }

    private var slots: HTML {
        var result = HTML.empty
        for (index, month) in months.enumerated() {
            let x = MonthPlot.left + UInt64(index) * MonthPlot.slot
            for (place, amount) in MonthPlot.amounts(month).enumerated() where amount > 0 {
                let scaled = UInt128(amount) * UInt128(MonthPlot.height) / UInt128(most)
                let height = max(1, UInt64(clamping: scaled))
                result += """
                    <rect class="\(["issued", "used", "left"][place])" \
                    x="\(x + 1 + UInt64(place) * (MonthPlot.bar + 1))" \
                    y="\(MonthPlot.top + MonthPlot.height - height)" \
                    width="\(MonthPlot.bar)" height="\(height)"/>

                    """
            }
            let name = String(Words.month(month.month).prefix(3))
            result += "<text class=\"soft\" x=\"\(x + 2)\" y=\"192\">\(name)</text>\n"
            if index == 0 || month.month.month == 1 {
                result += """
                    <text class="soft" x="\(x + 2)" y="210">\(month.month.year)</text>

                    """
            }
        }
        return result
    }

    private var table: HTML {
        HTML.table(
            "By the month (UTC) of the block, in kWh",
            [
                .text("Month"), .number("Issued"), .number("Redeemed"), .number("Retired"),
            ],
            months.reversed().map { month in
                [
                    HTML(Words.month(month.month)),
                    HTML(Words.kilowattHours(month.issued.rawValue)),
                    HTML(Words.grouped(month.redeemed)), HTML(Words.grouped(month.retired)),
                ]
            })
    }

    private var rest: HTML {
        var result = HTML.empty
        if before > .zero {
            result += """
                <p class="note">\(Words.energy(before.rawValue)) were issued before the history \
                that this node holds.</p>

                """
        }
        if hasMore {
            result += """
                <p class="note">Earlier months are in <a href="/v1/statistics">the numbers as \
                JSON</a>.</p>

                """
        }
        return result
    }
}

extension HTML {
    /// What the colours of a plot mean.
    static func key(_ entries: [(style: String, name: HTML)]) -> HTML {
        let items = entries.map { entry -> HTML in
            """
            <li><svg viewBox="0 0 10 10" aria-hidden="true">\(mark(entry.style))</svg>\
            \(entry.name)</li>
            """
        }
        return "<ul class=\"key\">\(items)</ul>"
    }

    /// A limit is a line, all else an area.
    private static func mark(_ style: String) -> HTML {
        style == "limit"
            ? "<path class=\"limit\" d=\"M0 5h10\"/>"
            : "<rect class=\"\(style)\" width=\"10\" height=\"10\"/>"
    }
}
