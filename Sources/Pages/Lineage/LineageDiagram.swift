import Ledger
import Primitives

/// A lineage as an SVG of bars and bands, with a table of the same numbers.
///
/// Heights are watt-hours, on one scale for all of a picture. The picture is made of the graph and
/// of nothing else, so the same lineage gives the same bytes.
struct LineageDiagram {
    private static let top = 30.0
    private static let plot = 300.0
    private static let width = 960.0
    private static let barWidth = 12.0
    /// Between two slots of a column.
    private static let gap = 10.0
    private static let lineHeight = 14.0
    /// What a letter takes at most, on average.
    private static let letterWidth = 7.2

    private let graph: LineageGraph
    private let layout: LineageLayout
    private let words: LineageWords
    private let title: String
    /// Pixels a watt-hour.
    private let scale: Double

    private init(_ graph: LineageGraph, title: String, names: [AccountID: String]) {
        self.graph = graph
        layout = LineageLayout(graph)
        words = LineageWords(names: names)
        self.title = title
        let gaps = Double(max(0, layout.height - 1)) * LineageDiagram.gap
        scale = (LineageDiagram.plot - gaps) / Double(max(1, graph.total))
    }

    /// The picture of one range, or of the ranges of one redemption; nothing where neither devices
    /// nor steps are known.
    ///
    /// - Parameter title: what the D-RECs are, for those who hear the picture.
    static func figure(
        of records: [ProvenanceRecord], title: String, names: inout AccountNames
    ) async throws -> HTML {
        guard records.contains(where: { !$0.sources.isEmpty || !$0.steps.isEmpty }) else {
            return .empty
        }
        let graph = LineageGraph(records)
        // Only accounts that are in the picture are asked for, however many had a part in it.
        var known: [AccountID: String] = [:]
        for account in Set(graph.nodes.compactMap { $0.stop?.account }) {
            known[account] = try await names.name(account)
        }
        return LineageDiagram(graph, title: title, names: known).figure
    }

    private var figure: HTML {
        """
        <figure><div class="scroll" role="group" aria-label="Diagram" tabindex="0">
        <svg viewBox="0 0 960 340" role="img" aria-labelledby="flow-title flow-desc">
        <title id="flow-title">Where \(title) came from and went</title>
        <desc id="flow-desc">\(description)</desc>
        \(headings)\(bands)\(bars)\(labels)</svg></div>
        <figcaption>Heights are energy: what flows into a bar flows out of it. From left to right is
        the order of events.</figcaption></figure>
        <details><summary>The same as a table</summary>
        \(table)</details>

        """
    }

    // MARK: Words

    private var description: String {
        (0..<graph.columnCount).map { column in
            let nodes = graph.nodes.filter { $0.column == column }
            let parts = nodes.map { "\(words.label($0)), \(Words.energy($0.energy))" }
            return "\(words.heading(column, of: graph)): \(parts.joined(separator: "; "))."
        }.joined(separator: " ")
    }

    private var table: HTML {
        HTML.table(
            "From where to where the energy went",
            [.text("From"), .text("To"), .number("Energy (Wh)")],
            graph.links.map { link in
                [
                    words.name(graph.nodes[link.from]), words.name(graph.nodes[link.to]),
                    HTML(Words.grouped(link.energy)),
                ]
            })
    }

    // MARK: Geometry

    /// Devices have short names; the last column's are the longest, and nothing is behind them.
    private static let shift = 0.25

    private func left(_ column: Int) -> Double {
        let place = column == 0 ? 0 : Double(column) - LineageDiagram.shift
        return place * LineageDiagram.width / Double(graph.columnCount)
    }

    /// Letters that a line beside a bar may have.
    private func letters(in column: Int) -> Int {
        let isLast = column == graph.columnCount - 1
        let end = isLast ? LineageDiagram.width : left(column + 1)
        let room = end - left(column) - LineageDiagram.barWidth - 8
        return max(4, Int(room / LineageDiagram.letterWidth))
    }

    private func y(_ wattHours: UInt64, in slot: LineageLayout.Slot) -> Double {
        LineageDiagram.top + Double(slot.position) * LineageDiagram.gap
            + Double(wattHours) * scale
    }

    /// Tenths of a pixel, so that narrow bands do not all become equally wide.
    private func px(_ value: Double) -> HTML {
        let tenths = Int((value * 10).rounded())
        let (whole, rest) = tenths.quotientAndRemainder(dividingBy: 10)
        return rest == 0 ? "\(whole)" : "\(whole).\(rest)"
    }

    // MARK: Parts

    private var headings: HTML {
        var result = HTML.empty
        for column in 0..<graph.columnCount {
            result += """
                <text class="soft" x="\(px(left(column)))" y="16">\
                \(words.heading(column, of: graph))</text>

                """
        }
        return result
    }

    private var bands: HTML {
        var result = HTML.empty
        for band in layout.bands {
            let start = left(band.from.column) + (isNode(band.from) ? LineageDiagram.barWidth : 0)
            let end = left(band.to.column)
            let middle = px((start + end) / 2)
            let (a, b) = (
                y(band.start.lowerBound, in: band.from), y(band.start.upperBound, in: band.from)
            )
            let (c, d) = (y(band.end.lowerBound, in: band.to), y(band.end.upperBound, in: band.to))
            result += """
                <path class="flow \(style(of: graph.links[band.link]))" d="M\(px(start)) \(px(a))\
                C\(middle) \(px(a)) \(middle) \(px(c)) \(px(end)) \(px(c))V\(px(d))\
                C\(middle) \(px(d)) \(middle) \(px(b)) \(px(start)) \(px(b))Z"/>

                """
        }
        return result
    }

    private var bars: HTML {
        var result = HTML.empty
        for slot in layout.slots.joined() {
            guard case .node(let index) = slot.content else { continue }
            let top = y(slot.extent.lowerBound, in: slot)
            let height = max(1, y(slot.extent.upperBound, in: slot) - top)
            result += """
                <rect class="\(style(of: index))" x="\(px(left(slot.column)))" y="\(px(top))" \
                width="12" height="\(px(height))"/>

                """
        }
        return result
    }

    /// A line beside each bar, moved where bars are narrower than lines.
    private var labels: HTML {
        var result = HTML.empty
        for column in layout.slots {
            let named = column.filter(isNode)
            var places = named.map { slot in
                (y(slot.extent.lowerBound, in: slot) + y(slot.extent.upperBound, in: slot)) / 2 + 4
            }
            for index in places.indices.dropFirst() {
                places[index] = max(places[index], places[index - 1] + LineageDiagram.lineHeight)
            }
            var lowest = LineageDiagram.top + LineageDiagram.plot + 4
            for index in places.indices.reversed() {
                places[index] = min(places[index], lowest)
                lowest = places[index] - LineageDiagram.lineHeight
            }
            for (slot, place) in zip(named, places) {
                guard case .node(let index) = slot.content else { continue }
                let node = graph.nodes[index]
                let text = words.label(node, energyIn: letters(in: slot.column))
                result += """
                    <text x="\(px(left(slot.column) + 18))" y="\(px(place))">\(text)</text>

                    """
            }
        }
        return result
    }

    private func isNode(_ slot: LineageLayout.Slot) -> Bool {
        if case .node = slot.content { true } else { false }
    }

    // MARK: Colours

    /// Energy has its device's colour until it is minted, then that of what became of it.
    private func style(of link: LineageGraph.Link) -> HTML {
        graph.nodes[link.from].column == 0 ? style(of: link.from) : style(of: link.to)
    }

    private func style(of index: Int) -> HTML {
        switch graph.nodes[index].stop {
        case .device: deviceStyle(index)
        case .mint: "mint"
        case .trade, .furtherTrades, .now(.held, _, _): "owned"
        case .now(.redeemed, _, _): "redeemed"
        case .now(.retired, _, _): "retired"
        case .untoldDevice, .untoldMint, nil: "mint"
        }
    }

    private func deviceStyle(_ index: Int) -> HTML {
        switch index % 6 {
        case 0: "s0"
        case 1: "s1"
        case 2: "s2"
        case 3: "s3"
        case 4: "s4"
        default: "s5"
        }
    }
}
