import Ledger
import Primitives

/// A device's months: what it generated, the most that the rules allow, what was issued of it and
/// what is redeemed, as SVG with a table of the same numbers.
struct MonthlyChart {
    /// Months of a chart; the table of the JSON has all of them.
    static let maximumMonths = 60

    private static let left: UInt64 = 70
    private static let top: UInt64 = 40
    private static let height: UInt64 = 200
    private static let width: UInt64 = 870

    /// One month's numbers, all in Wh.
    private struct Row {
        let month: CivilMonth
        let generated: UInt64
        let limit: UInt64
        let issued: UInt64
        let redeemed: UInt64
        let retired: UInt64
    }

    private let rows: [Row]
    private let device: DeviceID
    private let isComplete: Bool
    private let most: UInt64

    /// Nil when there are no months.
    init?(_ months: [DeviceMonthRecord], _ issuance: IssuanceRecord, of device: DeviceID) {
        guard !months.isEmpty else { return nil }
        var known: [CivilMonth: IssuanceRecord.Month] = [:]
        for month in issuance.months { known[month.month] = month }
        rows = months.sorted { $0.month < $1.month }.map { month in
            let found = known[month.month] ?? IssuanceRecord.Month(month: month.month)
            return Row(
                month: month.month, generated: month.days.reduce(0, &+), limit: month.monthLimit,
                issued: found.issued, redeemed: found.redeemed, retired: found.retired)
        }
        self.device = device
        isComplete = issuance.isComplete
        most = rows.reduce(1) { max($0, $1.generated, $1.limit, $1.issued) }
    }

    var figure: HTML {
        let generated = rows.reduce(UInt64(0)) { $0 &+ $1.generated }
        let issued = rows.reduce(UInt64(0)) { $0 &+ $1.issued }
        let redeemed = rows.reduce(UInt64(0)) { $0 &+ $1.redeemed }
        let first = rows.first.map { Words.month($0.month) } ?? ""
        let last = rows.last.map { Words.month($0.month) } ?? ""
        let description = """
            \(first == last ? first : "\(first) to \(last)"): \(Words.energy(generated)) \
            generated, \(Words.energy(issued)) issued, \(Words.energy(redeemed)) redeemed. Dashed \
            lines are the most that a month may have. The table below has the numbers.
            """
        return """
            <figure><div class="scroll" role="group" aria-label="Chart" tabindex="0">
            <svg viewBox="0 28 960 252" role="img" aria-labelledby="months-title months-desc">
            <title id="months-title">Months of \(device.description)</title>
            <desc id="months-desc">\(description)</desc>
            \(axes)\(bars)</svg></div>
            \(HTML.key([
                ("bar", "Generated"), ("owned", "Issued"), ("redeemed", "Redeemed"),
                ("limit", "Ceiling"),
            ]))
            <figcaption>Energy of each UTC month; dashed: the most that the rules allow a month.
            Issued and redeemed count in the month in which their read begins.\(cut)</figcaption>
            </figure>
            <details><summary>The same as a table</summary>
            \(table)</details>
            \(file.line("These months as CSV"))

            """
    }

    private var cut: HTML {
        isComplete
            ? .empty
            : " <strong>What was issued long ago is not all counted here:</strong> it is in too "
                + "many entries or lots, or in ones that this node does not hold."
    }

    // MARK: Geometry

    private func x(_ index: Int) -> UInt64 {
        MonthlyChart.left + UInt64(index) * MonthlyChart.width / UInt64(rows.count)
    }

    private func length(_ wattHours: UInt64) -> UInt64 {
        UInt64(clamping: UInt128(wattHours) * UInt128(MonthlyChart.height) / UInt128(most))
    }

    // MARK: Parts

    private var axes: HTML {
        let label = Words.energy(most < 10_000 ? most : most / 1_000 * 1_000)
        var result: HTML = """
            <path class="axis" d="M70 240H940M70 40V240" fill="none"/>
            <text class="soft" x="64" y="44" text-anchor="end">\(label)</text>
            <text class="soft" x="64" y="244" text-anchor="end">0</text>

            """
        let group = max(1, Int(MonthlyChart.width) / rows.count)
        let every = max(1, (64 + group - 1) / group)
        for (index, row) in rows.enumerated() {
            result += "<path class=\"axis\" d=\"M\(x(index)) 240v6\"/>\n"
            guard index.isMultiple(of: every) else { continue }
            result += """
                <text class="soft" x="\(x(index) + 3)" y="260">\(Words.numbered(row.month))</text>

                """
        }
        return result
    }

    private var bars: HTML {
        var result = HTML.empty
        for (index, row) in rows.enumerated() {
            let start = x(index)
            let group = x(index + 1) - start
            let width = max(1, min(40, group * 8 / 10 / 3))
            let parts: [(style: HTML, energy: UInt64)] = [
                ("bar", row.generated), ("owned", row.issued), ("redeemed", row.redeemed),
            ]
            for (place, part) in parts.enumerated() where part.energy > 0 {
                let height = max(1, length(part.energy))
                result += """
                    <rect class="\(part.style)" x="\(start + 2 + UInt64(place) * width)" \
                    y="\(240 - height)" width="\(width)" height="\(height)"/>

                    """
            }
            result += """
                <path class="limit" d="M\(start) \(240 - length(row.limit))h\(group)"/>

                """
        }
        return result
    }

    private var file: CSVFile {
        CSVFile(
            name: "\(device)-months",
            columns: [
                "month", "generatedWattHours", "ceilingWattHours", "issuedWattHours",
                "redeemedWattHours", "retiredWattHours",
            ],
            rows: rows.map { row in
                [Words.numbered(row.month)]
                    + [row.generated, row.limit, row.issued, row.redeemed, row.retired].map {
                        String($0)
                    }
            })
    }

    private var table: HTML {
        HTML.table(
            "By month, in Wh",
            [
                .text("Month"), .number("Generated"), .number("Ceiling"), .number("Issued"),
                .number("Redeemed"), .number("Retired"),
            ],
            rows.reversed().map { row in
                [
                    HTML(Words.month(row.month)), HTML(Words.grouped(row.generated)),
                    HTML(Words.grouped(row.limit)), HTML(Words.grouped(row.issued)),
                    HTML(Words.grouped(row.redeemed)), HTML(Words.grouped(row.retired)),
                ]
            })
    }
}
