import Foundation
import Ledger
import Mutations
import Pages
import Primitives
import Testing
import Wire

private let series = SeriesID(project: ProjectID(101), vintage: 2021)

private func range(_ first: UInt64, _ last: UInt64) throws -> DRECRange {
    try #require(DRECRange(series: series, first: DRECSerial(first), last: DRECSerial(last)))
}

private func step(
    _ kind: ProvenanceStep.Kind, _ entry: UInt64, _ range: DRECRange, to owner: UInt64
) -> ProvenanceStep {
    ProvenanceStep(
        kind: kind, entry: LogIndex(entry), transaction: MemoryGateway.digest(1),
        height: Height(entry + 1), time: Timestamp(1_637_539_200 + entry),
        account: AccountID(owner), from: kind == .mint ? nil : AccountID(1),
        to: AccountID(owner), range: range, channel: .api)
}

private func source(_ device: UInt64, _ share: UInt64) -> EnergySource {
    let window = ReadWindow(
        device: DeviceID(device), start: Timestamp(1_637_539_200),
        end: Timestamp(1_637_625_600), energy: WattHours(share), kind: .delta)
    return EnergySource(
        device: DeviceID(device), read: window, entry: LogIndex(1), row: 0, placedBy: LogIndex(1),
        share: WattHours(share))
}

/// What a graph and its layout must be, whatever the lineage.
private func expectConserved(_ records: [ProvenanceRecord]) {
    let graph = LineageGraph(records)
    let total = records.reduce(UInt64(0)) { $0 + $1.range.count * 1_000 }
    #expect(graph.total == total)
    for (index, node) in graph.nodes.enumerated() {
        let inward = graph.links.filter { $0.to == index }.reduce(UInt64(0)) { $0 + $1.energy }
        let outward = graph.links.filter { $0.from == index }.reduce(UInt64(0)) { $0 + $1.energy }
        #expect(node.energy > 0)
        let isFirst = node.column == 0
        let isLast = node.column == graph.columnCount - 1
        #expect(inward == (isFirst ? 0 : node.energy))
        #expect(outward == (isLast ? 0 : node.energy))
    }
    for column in [0, 1, graph.columnCount - 1] {
        let energy = graph.nodes.filter { $0.column == column }
            .reduce(UInt64(0)) { $0 + $1.energy }
        #expect(energy == total)
    }
    for link in graph.links {
        #expect(graph.nodes[link.from].column < graph.nodes[link.to].column)
    }
    for column in 0..<graph.columnCount {
        let count = graph.nodes.filter { $0.column == column }.count
        #expect(count <= LineageGraph.maximumNodes)
    }
    #expect(graph.columnCount <= 3 + LineageGraph.maximumTrades)
    expectFilled(LineageLayout(graph), total: total, graph)
}

/// Every column is full, and both sides of each slot are, without gap or overlap.
private func expectFilled(_ layout: LineageLayout, total: UInt64, _ graph: LineageGraph) {
    #expect(layout.slots.count == graph.columnCount)
    for column in layout.slots {
        var end: UInt64 = 0
        for (position, slot) in column.enumerated() {
            #expect(slot.position == position && slot.extent.lowerBound == end)
            end = slot.extent.upperBound
        }
        #expect(end == total)
        for slot in column {
            let outward = layout.bands.filter {
                $0.from.column == slot.column && $0.from.position == slot.position
            }.map(\.start)
            let inward = layout.bands.filter {
                $0.to.column == slot.column && $0.to.position == slot.position
            }.map(\.end)
            if slot.column < graph.columnCount - 1 { expectPartition(slot.extent, outward) }
            if slot.column > 0 { expectPartition(slot.extent, inward) }
        }
    }
    for band in layout.bands {
        #expect(band.to.column == band.from.column + 1)
        #expect(band.start.count == band.end.count)
    }
}

private func expectPartition(_ whole: Range<UInt64>, _ parts: [Range<UInt64>]) {
    var end = whole.lowerBound
    for part in parts.sorted(by: { $0.lowerBound < $1.lowerBound }) {
        #expect(part.lowerBound == end)
        end = part.upperBound
    }
    #expect(end == whole.upperBound)
}

@Suite("A lineage's picture adds up")
struct LineageTests {
    @Test("What flows into a node flows out of it, in lineages of any shape")
    func conserved() throws {
        var random = SmallRandom(seed: 20_211_122)
        for _ in 0..<150 {
            let records = try (0..<Int.random(in: 1...3, using: &random)).map { _ in
                try LineageTests.anyRecord(&random)
            }
            expectConserved(records)
        }
    }

    /// Any sources, mints, trades over one another, statuses and cuts.
    private static func anyRecord(_ random: inout SmallRandom) throws -> ProvenanceRecord {
        let first = UInt64.random(in: 1...500, using: &random)
        let count = UInt64.random(in: 1...60, using: &random)
        let whole = try range(first, first + count - 1)
        var left = count * 1_000
        var sources: [EnergySource] = []
        while left > 0 {
            let share = UInt64.random(in: 1...min(left, 9_000), using: &random)
            sources.append(source(.random(in: 1...25, using: &random), share))
            left -= share
        }
        var steps: [ProvenanceStep] = []
        var lots: [LotRecord] = []
        var next = first
        while next < first + count {
            let last = UInt64.random(in: next...(first + count - 1), using: &random)
            let part = try range(next, last)
            if Int.random(in: 0..<9, using: &random) > 0 {
                steps.append(step(.mint, next, part, to: .random(in: 1...20, using: &random)))
            }
            let status = [ProtoLotStatus.active, .redeemed, .retired, .listed].randomElement(
                using: &random)
            lots.append(
                LotRecord(
                    range: part, owner: AccountID(.random(in: 1...20, using: &random)),
                    status: status ?? .active, entry: LogIndex(.random(in: 9...12, using: &random))
                ))
            next = last + 1
        }
        for entry in 0..<UInt64.random(in: 0...12, using: &random) {
            let start = UInt64.random(in: first...(first + count - 1), using: &random)
            let end = UInt64.random(in: start...(first + count - 1), using: &random)
            steps.append(
                step(
                    .trade, 1_000 + entry, try range(start, end),
                    to: .random(in: 1...9, using: &random)))
        }
        let cut = Int.random(in: 0..<6, using: &random)
        return ProvenanceRecord(
            range: whole, sources: cut == 0 ? Array(sources.dropLast()) : sources, steps: steps,
            lots: lots, redemptions: [], truncation: cut == 1 ? [.history] : [])
    }

    @Test("The same lineage has the same picture")
    func deterministic() async throws {
        let gateway = try MemoryGateway.sample()
        let pages = try await (
            fetch("/drecs/DREC101-2021-1..250", from: gateway).body,
            fetch("/drecs/DREC101-2021-1..250", from: gateway).body
        )
        #expect(pages.0 == pages.1)
    }

    @Test("Beyond nine devices the smaller ones share a bar with their sum")
    func gathered() throws {
        let whole = try range(1, 78)
        // 1 000, 2 000, … 12 000 Wh of twelve devices.
        let record = ProvenanceRecord(
            range: whole, sources: (1...12).map { source($0, $0 * 1_000) },
            steps: [step(.mint, 3, whole, to: 2)],
            lots: [
                LotRecord(range: whole, owner: AccountID(2), status: .active, entry: LogIndex(3))
            ], redemptions: [])
        let devices = LineageGraph([record]).nodes.filter { $0.column == 0 }
        #expect(devices.count == 9)
        let expected: [UInt64] = [
            5_000, 6_000, 7_000, 8_000, 9_000, 10_000, 11_000, 12_000, 10_000,
        ]
        #expect(devices.map(\.energy) == expected)
        #expect(devices.last?.stop == nil && devices.last?.count == 4)
        expectConserved([record])
    }

    @Test("Of many trades the first and the last are told, and how many are between")
    func manyTrades() throws {
        let whole = try range(1, 10)
        let record = ProvenanceRecord(
            range: whole, sources: [source(1, 10_000)],
            steps: [step(.mint, 1, whole, to: 2)]
                + (2...9).map { step(.trade, $0, whole, to: $0) },
            lots: [
                LotRecord(range: whole, owner: AccountID(9), status: .redeemed, entry: LogIndex(10))
            ], redemptions: [])
        let graph = LineageGraph([record])
        let stops: [LineageStop?] = [
            .device(DeviceID(1)), .mint(LogIndex(1), to: AccountID(2)),
            .trade(LogIndex(2), to: AccountID(2)), .furtherTrades,
            .trade(LogIndex(9), to: AccountID(9)),
            .now(.redeemed, AccountID(9), LogIndex(10)),
        ]
        #expect(graph.nodes.map(\.stop) == stops)
        #expect(graph.nodes[3].count == 6)
        expectConserved([record])
    }

    @Test("What an answer does not tell has a bar of its own, and nothing is guessed")
    func untold() throws {
        let whole = try range(1, 10)
        let lots = [
            LotRecord(range: whole, owner: AccountID(2), status: .active, entry: LogIndex(3))
        ]
        let cut = ProvenanceRecord(
            range: whole, sources: [source(1, 4_000)],
            steps: [step(.mint, 3, try range(1, 5), to: 2)], lots: lots, redemptions: [],
            truncation: [.sources, .steps])
        let graph = LineageGraph([cut])
        let stops: [LineageStop?] = [
            .device(DeviceID(1)), .untoldDevice, .mint(LogIndex(3), to: AccountID(2)),
            .untoldMint, .now(.held, AccountID(2), nil),
        ]
        #expect(graph.nodes.map(\.stop) == stops)
        let energies: [UInt64] = [4_000, 6_000, 5_000, 5_000, 10_000]
        #expect(graph.nodes.map(\.energy) == energies)
        // Which read is missing is not known, so no read is given a place.
        let later = ProvenanceRecord(
            range: whole, sources: [source(1, 4_000)], steps: cut.steps, lots: lots,
            redemptions: [], truncation: [.history])
        #expect(LineageGraph([later]).nodes.first?.stop == .untoldDevice)
        expectConserved([cut, later])
    }

    @Test("The largest answer that there can be is drawn within its limits")
    func largest() throws {
        let whole = try range(1, 4_000)
        let halves = try (0..<2_000).map { try range(UInt64($0) * 2 + 1, UInt64($0) * 2 + 2) }
        let mints = halves.prefix(1_000).map { step(.mint, $0.first.rawValue, $0, to: 2) }
        let trades = try (0..<1_000).map {
            step(.trade, 9_000 + $0, try range(1 + $0, 4_000), to: $0 + 1)
        }
        let record = ProvenanceRecord(
            range: whole, sources: (0..<10_000).map { source($0 % 700 + 1, 400) },
            steps: mints + trades,
            lots: halves.map {
                LotRecord(
                    range: $0, owner: AccountID($0.first.rawValue), status: .redeemed,
                    entry: LogIndex($0.first.rawValue))
            }, redemptions: [])
        expectConserved([record])
    }

    @Test("Every bar tells its energy, however long the name beside it is")
    func energies() async throws {
        var gateway = try MemoryGateway.sample()
        gateway.accounts = gateway.accounts.map { account in
            var value = account.value
            value.legalName = String(repeating: "W", count: 200)
            return AccountRecord(id: account.id, value: value)
        }
        let body = try await fetch("/drecs/DREC101-2021-1..250", from: gateway).body
        let labels = try matches("<text x=\"[0-9.]+\" y=\"[0-9.]+\">[^<]*</text>", in: body)
        #expect(labels.count >= 8)
        for label in labels { #expect(label.hasSuffix("Wh</text>"), "\(label)") }
        #expect(labels.contains { $0.contains("WW… · 100\u{A0}kWh<") })
        // Names that are the same are told apart.
        #expect(labels.contains { $0.contains("Redeemed: A3 WW") })
        #expect(labels.contains { $0.contains("Held: A2 WW") })
    }

    @Test("The table has every link of the picture, and the description every bar")
    func words() async throws {
        let page = try await fetch("/drecs/DREC101-2021-1..250", from: MemoryGateway.sample())
        let parts = page.body.components(separatedBy: "From where to where the energy went")
        let table = try #require(parts.last?.components(separatedBy: "</table>").first)
        // Three devices, then one trade and two ways past it, then a redemption.
        #expect(try matches("<tr><th scope=\"row\"", in: table).count == 7)
        for amount in ["100\u{202F}000", "20\u{202F}000", "130\u{202F}000"] {
            #expect(table.contains(amount))
        }
        let description = try #require(
            try matches("<desc id=\"flow-desc\">[^<]*", in: page.body).first)
        for name in [
            "Devices: D1,", "Minted by: #3 for", "Redeemed: شركة الشمس, 100\u{A0}kWh",
        ] {
            #expect(description.contains(name), "\(name)")
        }
    }
}
