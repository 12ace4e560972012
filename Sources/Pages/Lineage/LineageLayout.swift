/// Where the nodes and links of a lineage lie, in watt-hours from the top of their column.
///
/// A link that skips columns has a place of its own in each of them, so that nothing is drawn over
/// it: every column is as full as every other, and a node's links fill both of its sides exactly.
package struct LineageLayout: Sendable {
    /// A node, or a link that passes by, in one column.
    package struct Slot: Sendable {
        /// What is there.
        package enum Content: Hashable, Sendable {
            /// Index of a node.
            case node(Int)
            /// Index of a link.
            case link(Int)
        }

        package let content: Content
        package let column: Int
        /// From 0 on, downwards.
        package let position: Int
        /// Wh from the top, without the gaps.
        package let extent: Range<UInt64>
    }

    /// A piece of a link from one column to the next.
    package struct Band: Sendable {
        /// Index of the link.
        package let link: Int
        package let from: Slot
        package let to: Slot
        /// Wh from the top of the columns, within the slots.
        package let start: Range<UInt64>
        package let end: Range<UInt64>
    }

    /// By column, downwards.
    package let slots: [[Slot]]
    package let bands: [Band]

    package init(_ graph: LineageGraph) {
        slots = (0..<graph.columnCount).map { LineageLayout.column($0, of: graph) }
        var places: [Slot.Content: [Int: Slot]] = [:]
        for slot in slots.joined() { places[slot.content, default: [:]][slot.column] = slot }
        // Pieces in the order of the other side leave and enter without crossing at a node.
        var pieces: [(link: Int, from: Slot, to: Slot)] = []
        for (index, link) in graph.links.enumerated() {
            let (first, last) = (graph.nodes[link.from].column, graph.nodes[link.to].column)
            for column in first..<last {
                let from: Slot.Content = column == first ? .node(link.from) : .link(index)
                let to: Slot.Content = column + 1 == last ? .node(link.to) : .link(index)
                guard let from = places[from]?[column], let to = places[to]?[column + 1] else {
                    continue
                }
                pieces.append((index, from, to))
            }
        }
        let energies = graph.links.map(\.energy)
        var starts: [Int: Range<UInt64>] = [:]
        var ends: [Int: Range<UInt64>] = [:]
        var filled: [[Int]: UInt64] = [:]
        let outward = pieces.indices.sorted {
            (pieces[$0].to.position, $0) < (pieces[$1].to.position, $1)
        }
        for index in outward {
            let piece = pieces[index]
            starts[index] = LineageLayout.fill(
                piece.from, side: 1, energies[piece.link], &filled)
        }
        let inward = pieces.indices.sorted {
            (pieces[$0].from.position, $0) < (pieces[$1].from.position, $1)
        }
        for index in inward {
            let piece = pieces[index]
            ends[index] = LineageLayout.fill(piece.to, side: 0, energies[piece.link], &filled)
        }
        bands = pieces.indices.map { index in
            Band(
                link: pieces[index].link, from: pieces[index].from, to: pieces[index].to,
                start: starts[index] ?? 0..<0, end: ends[index] ?? 0..<0)
        }
    }

    /// The most slots of a column.
    package var height: Int { slots.map(\.count).max() ?? 0 }

    private static func column(_ column: Int, of graph: LineageGraph) -> [Slot] {
        var contents: [(content: Slot.Content, isShared: Bool, first: UInt64, energy: UInt64)] = []
        for (index, node) in graph.nodes.enumerated() where node.column == column {
            contents.append((.node(index), node.stop == nil, node.first, node.energy))
        }
        for (index, link) in graph.links.enumerated()
        where graph.nodes[link.from].column < column && graph.nodes[link.to].column > column {
            contents.append((.link(index), false, link.first, link.energy))
        }
        // Two links may begin with the same node's first watt-hour in different columns, never in
        // one; the index only makes the order total.
        let order = contents.indices.sorted {
            let (left, right) = (contents[$0], contents[$1])
            if left.isShared != right.isShared { return right.isShared }
            return (left.first, $0) < (right.first, $1)
        }
        var end: UInt64 = 0
        return order.enumerated().map { position, index in
            let start = end
            end += contents[index].energy
            return Slot(
                content: contents[index].content, column: column, position: position,
                extent: start..<end)
        }
    }

    /// The next free part of a slot's side.
    private static func fill(
        _ slot: Slot, side: Int, _ energy: UInt64, _ filled: inout [[Int]: UInt64]
    ) -> Range<UInt64> {
        let key = [slot.column, slot.position, side]
        let start = filled[key] ?? slot.extent.lowerBound
        filled[key] = start + energy
        return start..<(start + energy)
    }
}
