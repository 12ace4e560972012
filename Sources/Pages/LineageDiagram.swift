import Foundation
import Ledger
import Primitives

/// The flow of some D-RECs' energy as SVG: devices, the entries that placed it, and who held it.
///
/// The vertical axis is the series' energy axis, so that widths are watt-hours and every step is a
/// bar over the serials that it concerned. Only the left half, from devices to placing entries, can
/// cross. The table beside it says the same; a lineage with too many steps to draw is left to it.
struct LineageDiagram {
    private static let maximumSteps = 40
    private static let maximumLevels = 5
    private static let maximumBars = 9
    private static let top = 30.0
    private static let plot = 300.0
    private static let barWidth = 12.0
    private static let width = 960.0

    private let record: ProvenanceRecord
    private let names: [AccountID: String]
    /// For each step, how many steps came before it on some part of its range.
    private let levels: [Int]
    private let total: Double

    /// Nil when there is nothing to draw or too much.
    init?(_ record: ProvenanceRecord, names: [AccountID: String]) {
        guard !record.sources.isEmpty, !record.steps.isEmpty,
            record.steps.count <= LineageDiagram.maximumSteps
        else { return nil }
        let energy = record.range.energy
        total = Double(energy.upperBound - energy.lowerBound)
        self.record = record
        self.names = names
        var levels: [Int] = []
        for (index, step) in record.steps.enumerated() {
            let before = (0..<index).filter {
                Story.overlap(record.steps[$0].range, step.range) > 0
            }
            levels.append((before.map { levels[$0] }.max() ?? -1) + 1)
        }
        guard let deepest = levels.max(), deepest < LineageDiagram.maximumLevels else { return nil }
        self.levels = levels
    }

    var svg: HTML {
        let flow = SourceFlow(record.sources, maximumBars: LineageDiagram.maximumBars)
        let description = """
            From left to right: \(flow.devices.count) bars for the devices, \
            \(flow.entries.count) for the log entries that recorded their energy, then \
            \(record.steps.count) for the steps that minted and moved the D-RECs. Heights are \
            watt-hours. The tables say the same in words.
            """
        return """
            <figure><div class="scroll" role="group" aria-label="Diagram" tabindex="0">
            <svg viewBox="0 0 960 336" role="img" aria-labelledby="flow-title flow-desc">
            <title id="flow-title">Where \(record.range.description) came from</title>
            <desc id="flow-desc">\(description)</desc>
            \(headings)\(sources(flow))\(holders)</svg></div>
            <figcaption>Heights are watt-hours; from left to right is the order of events.
            </figcaption></figure>

            """
    }

    // MARK: Geometry

    private var columnCount: Int { 3 + (levels.max() ?? 0) }

    private func left(_ column: Int) -> Double {
        Double(column) * LineageDiagram.width / Double(columnCount)
    }

    private func vertical(_ wattHours: UInt64) -> Double {
        LineageDiagram.top + Double(wattHours) / total * LineageDiagram.plot
    }

    /// Where a step's range lies on the vertical axis, in Wh from the start of the range asked for.
    private func extent(_ range: DRECRange) -> Range<UInt64> {
        range.energy.clamped(to: record.range.energy).shifted(down: record.range.energy.lowerBound)
    }

    private func bar(_ column: Int, _ extent: Range<UInt64>, _ style: HTML) -> HTML {
        let height = max(1, vertical(extent.upperBound) - vertical(extent.lowerBound) - 1)
        return """
            <rect class="\(style)" x="\(px(left(column)))" y="\(px(vertical(extent.lowerBound)))" \
            width="12" height="\(px(height))"/>

            """
    }

    private func label(_ column: Int, _ extent: Range<UInt64>, _ text: String) -> HTML {
        let height = vertical(extent.upperBound) - vertical(extent.lowerBound)
        guard height >= 13 else { return .empty }
        let room = LineageDiagram.width / Double(columnCount) - LineageDiagram.barWidth - 8
        let letters = Int(room / 7.2)
        let shown = text.count > letters ? text.prefix(max(1, letters - 1)) + "…" : text
        let middle = (vertical(extent.lowerBound) + vertical(extent.upperBound)) / 2
        return """
            <text x="\(px(left(column) + 18))" y="\(px(middle + 4))">\(String(shown))</text>

            """
    }

    /// A band from one extent at a column's right edge to another one at a later column's left.
    private func band(
        _ from: (column: Int, extent: Range<UInt64>), _ to: (column: Int, extent: Range<UInt64>),
        _ style: HTML
    ) -> HTML {
        let start = left(from.column) + LineageDiagram.barWidth
        let end = left(to.column)
        let middle = px((start + end) / 2)
        let (a, b) = (px(vertical(from.extent.lowerBound)), px(vertical(from.extent.upperBound)))
        let (c, d) = (px(vertical(to.extent.lowerBound)), px(vertical(to.extent.upperBound)))
        return """
            <path class="flow \(style)" d="M\(px(start)) \(a)C\(middle) \(a) \(middle) \(c) \
            \(px(end)) \(c)V\(d)C\(middle) \(d) \(middle) \(b) \(px(start)) \(b)Z"/>

            """
    }

    private func px(_ value: Double) -> Int { Int(value.rounded()) }

    // MARK: Parts

    private var headings: HTML {
        var result: HTML = "<text class=\"soft\" x=\"0\" y=\"16\">Devices</text>\n"
        result += "<text class=\"soft\" x=\"\(px(left(1)))\" y=\"16\">Recorded by</text>\n"
        result += "<text class=\"soft\" x=\"\(px(left(2)))\" y=\"16\">Minted to</text>\n"
        if columnCount > 3 {
            result += "<text class=\"soft\" x=\"\(px(left(3)))\" y=\"16\">Then</text>\n"
        }
        return result
    }

    private func sources(_ flow: SourceFlow) -> HTML {
        var result = HTML.empty
        for link in flow.links {
            result += band((0, link.from), (1, link.to), SourceFlow.style(link.device))
        }
        for (index, device) in flow.devices.enumerated() {
            result += bar(0, device.extent, SourceFlow.style(index))
            result += label(0, device.extent, "\(device.name) · \(Words.energy(device.length))")
        }
        for entry in flow.entries {
            result += bar(1, entry.extent, "mint")
            result += label(1, entry.extent, entry.name)
        }
        return result
    }

    private var holders: HTML {
        var bands = HTML.empty
        var bars = HTML.empty
        for (index, step) in record.steps.enumerated() {
            let place = extent(step.range)
            let column = 2 + levels[index]
            if levels[index] == 0 {
                bands += band((1, place), (2, place), "mint")
            } else {
                bands += predecessors(of: index)
            }
            bars += bar(column, place, style(step.kind))
            let name = names[step.to].flatMap { $0.isEmpty ? nil : $0 } ?? step.to.description
            let isSpent = step.kind == .redeem || step.kind == .retire
            bars += label(column, place, isSpent ? "\(Words.name(step.kind)): \(name)" : name)
        }
        return bands + bars
    }

    /// Bands from the latest earlier steps that cover each part of a step's range.
    private func predecessors(of index: Int) -> HTML {
        var missing = [extent(record.steps[index].range)]
        var result = HTML.empty
        for earlier in (0..<index).reversed() {
            let there = extent(record.steps[earlier].range)
            var rest: [Range<UInt64>] = []
            for part in missing {
                let common = part.clamped(to: there)
                guard !common.isEmpty else {
                    rest.append(part)
                    continue
                }
                result += band(
                    (2 + levels[earlier], common), (2 + levels[index], common),
                    style(record.steps[earlier].kind))
                rest += [part.lowerBound..<common.lowerBound, common.upperBound..<part.upperBound]
                    .filter { !$0.isEmpty }
            }
            missing = rest
        }
        return result
    }

    private func style(_ kind: ProvenanceStep.Kind) -> HTML {
        switch kind {
        case .mint, .trade: "owned"
        case .redeem: "redeemed"
        case .retire: "retired"
        }
    }
}

extension Range<UInt64> {
    /// The range as seen from an origin at or below its lower bound.
    fileprivate func shifted(down origin: UInt64) -> Range<UInt64> {
        (lowerBound - origin)..<(upperBound - origin)
    }
}
