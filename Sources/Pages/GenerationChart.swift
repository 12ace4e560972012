import Ledger
import Primitives

/// A device's daily generation against its day ceiling, as SVG with a table of the same numbers.
struct GenerationChart {
    private static let plotLeft: UInt64 = 70
    private static let plotTop: UInt64 = 20
    private static let plotHeight: UInt64 = 220
    private static let plotWidth: UInt64 = 870

    /// Ascending.
    private let months: [DeviceMonthRecord]
    private let device: DeviceID
    private let top: UInt64
    private let dayCount: UInt64

    /// Nil when there are no months.
    init?(_ months: [DeviceMonthRecord], of device: DeviceID) {
        self.months = months.sorted { $0.month < $1.month }
        self.device = device
        dayCount = months.reduce(0) { $0 + UInt64($1.month.dayCount) }
        top = max(1, months.map { max($0.dayLimit, $0.days.max() ?? 0) }.max() ?? 1)
        guard dayCount > 0 else { return nil }
    }

    var figure: HTML {
        let energy = months.reduce(UInt64(0)) { $0 &+ $1.days.reduce(0, &+) }
        let first = months.first.map { Words.month($0.month) } ?? ""
        let last = months.last.map { Words.month($0.month) } ?? ""
        let span = first == last ? first : "\(first) to \(last)"
        let description = """
            Bars for the energy of each day, \(span), \(Words.energy(energy)) in all, and a dashed \
            line for the most that a day may have. The table below has the numbers.
            """
        return """
            <figure><div class="scroll" role="group" aria-label="Chart" tabindex="0">
            <svg viewBox="0 0 960 280" role="img" aria-labelledby="chart-title chart-desc">
            <title id="chart-title">Daily generation of \(device.description)</title>
            <desc id="chart-desc">\(description)</desc>
            \(axes)\(bars)\(limits)</svg></div>
            \(HTML.key([("bar", "Generated"), ("limit", "Ceiling")]))
            <figcaption>Energy of each UTC day; dashed: the most that the rules allow a day.
            </figcaption></figure>
            <details><summary>The same as a table</summary>
            \(dayTable)</details>
            <p class="screen"><a href="/v1/devices/\(device.description)/months?format=csv" \
            download>All days of all months as CSV</a></p>

            """
    }

    // MARK: Geometry

    private func x(_ day: UInt64) -> UInt64 {
        GenerationChart.plotLeft + day * GenerationChart.plotWidth / dayCount
    }

    private func height(_ wattHours: UInt64) -> UInt64 {
        let scaled = UInt128(wattHours) * UInt128(GenerationChart.plotHeight) / UInt128(top)
        return UInt64(clamping: scaled)
    }

    private func y(_ wattHours: UInt64) -> UInt64 {
        GenerationChart.plotTop + GenerationChart.plotHeight - height(wattHours)
    }

    // MARK: Parts

    /// The top of the scale; large ones in whole kWh, because there is little room for them.
    private var topLabel: String { Words.energy(top < 10_000 ? top : top / 1_000 * 1_000) }

    private var axes: HTML {
        var result: HTML = """
            <path class="axis" d="M70 240H940M70 20V240" fill="none"/>
            <text class="soft" x="64" y="24" text-anchor="end">\(topLabel)</text>
            <text class="soft" x="64" y="244" text-anchor="end">0</text>

            """
        var day: UInt64 = 0
        for month in months {
            result += "<path class=\"axis\" d=\"M\(x(day)) 240v6\"/>\n"
            if months.count <= 6 {
                result += """
                    <text class="soft" x="\(x(day) + 4)" y="260">\(Words.month(month.month))</text>

                    """
            }
            day += UInt64(month.month.dayCount)
        }
        return result
    }

    private var bars: HTML {
        let width = max(1, GenerationChart.plotWidth / dayCount)
        let bar = width > 3 ? width - 1 : width
        var result = HTML.empty
        var start: UInt64 = 0
        for month in months {
            for (index, energy) in month.days.enumerated() where energy > 0 {
                result += """
                    <rect class="bar" x="\(x(start + UInt64(index)))" y="\(y(energy))" \
                    width="\(bar)" height="\(max(1, height(energy)))"/>

                    """
            }
            start += UInt64(month.month.dayCount)
        }
        return result
    }

    private var limits: HTML {
        var result = HTML.empty
        var start: UInt64 = 0
        for month in months {
            let end = start + UInt64(month.month.dayCount)
            result += """
                <path class="limit" d="M\(x(start)) \(y(month.dayLimit))H\(x(end))"/>

                """
            start = end
        }
        return result
    }

    private var dayTable: HTML {
        var rows: [[HTML]] = []
        for month in months {
            for (index, energy) in month.days.enumerated() where energy > 0 {
                let day = CivilDay(
                    year: month.month.year, month: month.month.month, day: index + 1)
                guard let day else { continue }
                rows.append([
                    HTML.day(day.start), HTML(Words.grouped(energy)),
                    HTML(Words.grouped(month.dayLimit)),
                ])
            }
        }
        return HTML.table(
            "Days with generation",
            [.text("Day (UTC)"), .number("Energy (Wh)"), .number("Ceiling (Wh)")], rows)
    }
}
