package import Ledger
import Primitives

/// The energy of some D-RECs as nodes and links, in columns: devices, mints, trades, and where it
/// is now.
///
/// What flows into a node flows out of it, to the watt-hour, and every column but those of trades
/// has all of the energy. The size is bounded: beyond ``maximumNodes`` the smaller ones of a column
/// share a node.
package struct LineageGraph: Sendable {
    /// Nodes of a column.
    package static let maximumNodes = 9
    /// Columns of trades.
    package static let maximumTrades = 3

    /// A station, or all the smaller ones of its column together.
    package struct Node: Sendable {
        /// Nil where several share it.
        package let stop: LineageStop?
        package let column: Int
        /// How many stations it stands for.
        package let count: Int
        /// Wh that go through it.
        package fileprivate(set) var energy: UInt64
        /// Place of its first watt-hour, from the beginning of all ranges.
        package fileprivate(set) var first: UInt64
    }

    /// What goes from one node straight to another one of a later column.
    package struct Link: Sendable {
        /// Indices of nodes.
        package let from: Int
        package let to: Int
        /// Wh.
        package fileprivate(set) var energy: UInt64
        /// Place of its first watt-hour, from the beginning of all ranges.
        package fileprivate(set) var first: UInt64
    }

    /// By column, and within a column by the place of their first watt-hour; the shared one last.
    package let nodes: [Node]
    /// In the order of their nodes.
    package let links: [Link]
    package let columnCount: Int
    /// Wh of all ranges.
    package let total: UInt64

    /// The lineage of one range, or of the ranges of one redemption.
    package init(_ records: [ProvenanceRecord]) {
        let ways = LineageWays(records, maximumTrades: LineageGraph.maximumTrades)
        total = ways.total
        let longest = ways.shares.keys.map(\.count).max() ?? 3
        columnCount = max(3, longest)
        let last = columnCount - 1
        // A way's last station is in the last column, however short the way is.
        let shares = ways.shares.sorted { $0.value.first < $1.value.first }
        var stations: [[LineageStop: LineageWays.Share]] = Array(
            repeating: [:], count: columnCount)
        for (way, share) in shares {
            for (index, stop) in way.enumerated() {
                let column = index == way.count - 1 ? last : index
                stations[column][stop, default: .init(first: share.first, energy: 0)].energy +=
                    share.energy
            }
        }
        var nodes: [Node] = []
        var indices: [[LineageStop: Int]] = []
        for (column, found) in stations.enumerated() {
            indices.append(
                LineageGraph.add(found, column, further: ways.furtherTrades.count, to: &nodes))
        }
        var links: [[Int]: Link] = [:]
        for (way, share) in shares {
            let passed = way.enumerated().compactMap { index, stop in
                indices[index == way.count - 1 ? last : index][stop]
            }
            for (from, to) in zip(passed, passed.dropFirst()) {
                links[
                    [from, to], default: Link(from: from, to: to, energy: 0, first: share.first)
                ].energy += share.energy
            }
        }
        self.nodes = nodes
        self.links = links.values.sorted { ($0.from, $0.to) < ($1.from, $1.to) }
    }

    /// Adds a column's nodes, and tells where each station is.
    private static func add(
        _ found: [LineageStop: LineageWays.Share], _ column: Int, further: Int,
        to nodes: inout [Node]
    ) -> [LineageStop: Int] {
        let ranked = found.sorted {
            ($1.value.energy, $0.value.first) < ($0.value.energy, $1.value.first)
        }
        let isShared = ranked.count > maximumNodes
        let named = isShared ? ranked.prefix(maximumNodes - 1) : ranked[...]
        var indices: [LineageStop: Int] = [:]
        for (stop, share) in named.sorted(by: { $0.value.first < $1.value.first }) {
            indices[stop] = nodes.count
            nodes.append(
                Node(
                    stop: stop, column: column, count: stop == .furtherTrades ? further : 1,
                    energy: share.energy, first: share.first))
        }
        guard isShared else { return indices }
        let others = ranked.dropFirst(named.count)
        for (stop, _) in others { indices[stop] = nodes.count }
        nodes.append(
            Node(
                stop: nil, column: column, count: others.count,
                energy: others.reduce(0) { $0 + $1.value.energy },
                first: others.map(\.value.first).min() ?? 0))
        return indices
    }
}
