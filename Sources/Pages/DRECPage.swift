import Gateway
import Ledger
import Primitives
import Wire

/// Where some D-RECs came from, who owned them, and whether they are spent.
struct DRECPage: Sendable {
    private static let maximumRows = 200

    let gateway: any LedgerGateway

    func page(_ asked: PageRequest) async throws -> Page {
        let range = try asked.identified("an id of D-RECs, such as DREC101-2021-42..99") {
            if case .drecs(let range) = $0 { range } else { nil }
        }
        guard let record = try await gateway.provenance(of: range) else {
            return Notices.notFound(
                range.description,
                hint: """
                    <p>It was never minted, or not as far as that. What exists of its project is
                    at \(HTML.link(range.series.project)).</p>

                    """)
        }
        var names = AccountNames(gateway)
        let project = try await gateway.project(range.series.project)
        let origin = Story.origin(
            energy: range.count * WattHours.perDREC, sources: record.sources,
            isComplete: record.truncation.isDisjoint(with: [.sources, .history]),
            country: project?.value.country)
        let fate = try await Story.fate(of: record, names: &names)
        let body: HTML = """
            <p class="lead">\(origin), \(fate).</p>
            \(truncation(of: record))\(try await facts(record, &names))
            \(HTML.section("Lineage", try await lineage(record, &names)))
            \(HTML.section("Timeline", try await Timeline([record]).list(names: &names)))
            \(places(project, record))
            \(HTML.section("Steps", try await steps(record, &names)))
            \(HTML.section("Sources", sources(record)))
            """
        return Page(
            title: range.description,
            heading: "\(range.description) \(badge(record))", body: body,
            json: "/v1/drecs/\(range)/provenance", path: "/drecs/\(range)",
            commands: [
                "drec provenance \(range)", "drec provenance \(range) --proof \(range).proof.json",
                "drec verify \(range).proof.json --genesis genesis.json",
            ])
    }

    /// The project's country, since devices that are issued together are in one.
    private func places(_ project: ProjectRecord?, _ record: ProvenanceRecord) -> HTML {
        guard let country = project?.value.country, !country.isEmpty else { return .empty }
        let devices = UInt64(Set(record.sources.map(\.device)).count)
        let words = devices > 0 ? Words.count(devices, "device", "devices") : ""
        return HTML.section(
            "Where the devices are", WorldMap.figure([.init(country: country, words: words)]))
    }

    private func badge(_ record: ProvenanceRecord) -> HTML {
        let holdings = Story.holdings(in: record)
        guard let only = holdings.first, holdings.count == 1 else {
            return .badge("Mixed", .waiting)
        }
        return Words.badge(only.status)
    }

    private func facts(
        _ record: ProvenanceRecord, _ names: inout AccountNames
    ) async throws -> HTML {
        let range = record.range
        var redemptions: [HTML] = []
        for redemption in record.redemptions {
            redemptions.append(
                HTML.link(
                    "/redemptions/\(redemption.entry.rawValue)",
                    "Statement \(redemption.entry.description)"))
        }
        var held: [HTML] = []
        for lot in record.lots.prefix(20) {
            held.append(
                """
                \(HTML.link(lot.range)) \(Words.badge(lot.status)) \
                \(try await names.link(lot.owner))
                """)
        }
        if record.lots.count > 20 { held.append("and \(record.lots.count - 20) more") }
        return HTML.facts([
            ("Energy", HTML(Words.energy(range.count * WattHours.perDREC))),
            ("Project", HTML.link(range.series.project)),
            ("Vintage", HTML(String(range.series.vintage))),
            (
                "Place on the energy axis",
                "\(grouped: range.energy.lowerBound) to \(grouped: range.energy.upperBound) Wh"
            ),
            ("Held in", HTML.lines(held)),
            ("Redemption", redemptions.joined(by: ", ")),
            ("Proof", HTML.proof(of: range.description, at: "/v1/drecs/\(range)/proof")),
        ])
    }

    private func lineage(
        _ record: ProvenanceRecord, _ names: inout AccountNames
    ) async throws -> HTML {
        let picture = try await LineageDiagram.figure(
            of: [record], title: record.range.description, names: &names)
        return picture.isEmpty ? "<p>Neither devices nor steps are told here.</p>\n" : picture
    }

    private func sources(_ record: ProvenanceRecord) -> HTML {
        let rows = record.sources.prefix(DRECPage.maximumRows).map { source -> [HTML] in
            [
                HTML.link(source.device), HTML(Words.grouped(source.share.rawValue)),
                HTML(Words.grouped(source.read.energy.rawValue)), HTML.time(source.read.start),
                HTML.time(source.read.end),
                "\(HTML.link(entry: source.entry)), row \(source.row)",
            ]
        }
        let table = HTML.table(
            "Meter reads that the energy is made of, in the order of the axis",
            [
                .text("Device"), .number("Share (Wh)"), .number("Read (Wh)"), .text("From"),
                .text("Until"), .text("Entry"),
            ], rows)
        let file = CSVFile(
            name: "\(record.range)-sources",
            columns: ["device", "shareWattHours", "readWattHours", "start", "end", "entry", "row"],
            rows: record.sources.map { source in
                [
                    source.device.description, String(source.share.rawValue),
                    String(source.read.energy.rawValue), source.read.start.description,
                    source.read.end.description, String(source.entry.rawValue),
                    String(source.row),
                ]
            })
        return table + rest(record.sources.count, "sources", record)
            + file.line("Sources as CSV")
    }

    private func steps(
        _ record: ProvenanceRecord, _ names: inout AccountNames
    ) async throws -> HTML {
        var rows: [[HTML]] = []
        for step in record.steps.prefix(DRECPage.maximumRows) {
            var from: HTML = "–"
            if let account = step.from { from = try await names.link(account) }
            rows.append([
                HTML(Words.name(step.kind)), HTML.time(step.time), HTML.link(step.range), from,
                try await names.link(step.to), HTML.link(entry: step.entry),
                HTML(Words.name(step.channel)),
            ])
        }
        let table = HTML.table(
            "What happened, the mint first",
            [
                .text("Step"), .text("When"), .text("D-RECs"), .text("From"), .text("To"),
                .text("Entry"), .text("Captured by"),
            ], rows)
        let file = CSVFile(
            name: "\(record.range)-steps",
            columns: ["kind", "time", "drecs", "from", "to", "entry", "channel"],
            rows: record.steps.map { step in
                [
                    "\(step.kind)", step.time.description, step.range.description,
                    step.from?.description ?? "", step.to.description,
                    String(step.entry.rawValue), "\(step.channel)",
                ]
            })
        return table + rest(record.steps.count, "steps", record) + file.line("Steps as CSV")
    }

    private func truncation(of record: ProvenanceRecord) -> HTML {
        let cut = record.truncation.subtracting(.history)
        var notes = HTML.empty
        if !cut.isEmpty {
            let lists = cut.names.joined(separator: " and ")
            notes += """
                <p><strong>This is not all of it:</strong> there are more \(lists) than one answer
                tells. Smaller ranges tell the rest.</p>

                """
        }
        if record.truncation.contains(.history) {
            notes += """
                <p><strong>This is not all of it:</strong> a part of the history lies before the
                blocks that this node holds. A member that holds all of them tells the rest; owner
                and status are those of the whole ledger.</p>

                """
        }
        return notes
    }

    private func rest(_ count: Int, _ noun: String, _ record: ProvenanceRecord) -> HTML {
        guard count > DRECPage.maximumRows else { return .empty }
        return """
            <p>These are the first \(DRECPage.maximumRows) of \(count) \(noun);
            <a href="/v1/drecs/\(record.range.description)/provenance">the JSON</a> has them.</p>

            """
    }
}
