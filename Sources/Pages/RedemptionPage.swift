import Gateway
import Ledger
import Merkle
import Primitives
import Verifier
import Wire

/// A redemption statement, to show and to print on one sheet.
struct RedemptionPage: Sendable {
    /// Ranges whose sources the statement looks up; beyond, it leaves the devices out.
    private static let maximumRanges = 16

    /// A row of the ranges takes as much of a sheet as a line of text.
    private static let lettersOfLine = 60

    let gateway: any LedgerGateway
    let site: PublicSite

    func page(_ asked: PageRequest) async throws -> Page {
        let entry = try asked.identified("a redemption’s entry number") { id -> LogIndex? in
            switch id {
            case .logEntry(let index): index
            case .block(let number): LogIndex(number.rawValue)
            default: nil
            }
        }
        guard let record = try await gateway.redemption(entry) else {
            return Notices.notFound(
                "A redemption at entry \(entry)",
                hint: "<p>All of them are <a href=\"/redemptions\">listed here</a>.</p>\n")
        }
        var names = AccountNames(gateway)
        let ranges = record.value.ranges.compactMap { DRECRange($0) }
        let origins = try await origins(of: ranges)
        let countries = try await countries(of: ranges)
        let origin = Story.origin(
            energy: record.count &* WattHours.perDREC, sources: origins.flatMap(\.sources),
            isComplete: origins.allSatisfy { !$0.truncation.contains(.history) },
            country: countries.count == 1 ? countries.first : nil)
        let redemption = try await Story.redemption(record.value, names: &names)
        let proof = await proof(entry)
        let path = "/redemptions/\(entry.rawValue)"
        let address = site.address(askedAt: asked.host)
        return Page(
            title: "Redemption statement \(entry)",
            heading: "Redemption statement \(entry.description)",
            body: """
                <article class="statement\(try await density(record, ranges, &names))">
                <p class="lead">\(origin), \(redemption).</p>
                \(permalink(address.map { $0.text + path }))\(try await facts(record, &names))
                \(rangeTable(ranges))
                <p class="note">These D-RECs are spent: no one can use them again. Anybody can
                check it without believing a node, with
                <code>drec provenance '\(entry.description)' --proof FILE</code> and
                <code>drec verify FILE --genesis genesis.json</code>.</p>
                \(proof)</article>
                \(downloads(entry, ranges))
                \(try await history(of: origins, entry, &names))
                \(places(countries, origins))
                """,
            json: "/v1\(path)", path: path,
            commands: [
                "drec provenance '\(entry)' --proof statement.proof.json",
                "drec verify statement.proof.json --genesis genesis.json",
            ],
            // The proof is as of the node's last block.
            lifetime: proof.isEmpty ? .numbered : .live)
    }

    /// The statement's own proof, for whoever saves the page; nothing where there is none now.
    private func proof(_ entry: LogIndex) async -> HTML {
        guard
            let file = try? await gateway.proof(of: .redemption(entry), goingOnFrom: nil),
            let proof = EmbeddedProof(file)
        else { return .empty }
        return """
            <p class="note screen">This page holds its proof. Saved, it can be checked without any \
            node: drop it on a <a href="\(VerificationPage.path)">verification page</a>, or give \
            it to <code>drec verify</code>.</p>
            \(HTML(proof))

            """
    }

    /// Where the ranges came from; nothing for more of them than can be had at a fair price.
    private func origins(of ranges: [DRECRange]) async throws -> [ProvenanceRecord] {
        guard ranges.count <= RedemptionPage.maximumRanges else { return [] }
        var origins: [ProvenanceRecord] = []
        for range in ranges {
            guard let record = try await gateway.provenance(of: range) else { continue }
            origins.append(record)
        }
        return origins
    }

    private func countries(of ranges: [DRECRange]) async throws -> [String] {
        var countries: Set<String> = []
        for id in Set(ranges.map(\.series.project)) {
            guard let project = try await gateway.project(id) else { continue }
            countries.insert(project.value.country)
        }
        return countries.sorted()
    }

    // MARK: Parts

    /// On paper, how small a statement is: one with long texts or many ranges is on one sheet too.
    private func density(
        _ record: RedemptionRecord, _ ranges: [DRECRange], _ names: inout AccountNames
    ) async throws -> HTML {
        let value = record.value
        let name = try await names.name(AccountID(value.account))
        // What stands in the sentence as well counts twice.
        let texts =
            [name, name, value.beneficiary, value.purpose]
            + (value.beneficiary == name ? [] : [value.beneficiary])
        let letters =
            texts.reduce(0) { $0 + TextWidth.of($1) } / TextWidth.letter
            + RedemptionPage.lettersOfLine * (ranges.count - 1)
        switch letters {
        case ...450: return .empty
        case ...1_100: return " dense"
        default: return " densest"
        }
    }

    private func permalink(_ address: String?) -> HTML {
        guard let address, let code = QRCode(address) else { return .empty }
        return """
            <div class="permalink">\(code.svg)<p>This statement is kept at
            <a href="\(address)">\(address)</a>, where it can be checked.</p></div>

            """
    }

    private func downloads(_ entry: LogIndex, _ ranges: [DRECRange]) -> HTML {
        let number = entry.rawValue
        let log = LogEntryPath(index: number, part: .proof).path
        let file = CSVFile(
            name: "redemption-\(number)", columns: ["drecs", "kilowattHours", "vintage"],
            rows: ranges.map { range in
                [range.description, String(range.count), String(range.series.vintage)]
            })
        return """
            <p class="screen downloads">Take it along:
            <a href="/v1/redemptions/\(number)/proof" \
            download="redemption-\(number).proof.json">proof</a> ·
            <a href="/log/\(log)" download="entry-\(number).tlog-proof">tlog-proof</a> ·
            <a href="/v1/redemptions/\(number)" download="redemption-\(number).json">JSON</a> ·
            \(file.link("CSV"))
            <button type="button" data-print hidden>Print, or save as PDF</button></p>

            """
    }

    private func history(
        of origins: [ProvenanceRecord], _ entry: LogIndex, _ names: inout AccountNames
    ) async throws -> HTML {
        let picture = try await LineageDiagram.figure(
            of: origins, title: "the energy of statement \(entry)", names: &names)
        guard !picture.isEmpty else { return .empty }
        let timeline = try await Timeline(origins).list(names: &names)
        return """
            \(HTML.section("Lineage", picture))
            <div class="screen">
            \(HTML.section("Timeline", timeline))</div>

            """
    }

    private func places(_ countries: [String], _ origins: [ProvenanceRecord]) -> HTML {
        let isOnly = countries.count == 1
        let devices = UInt64(Set(origins.flatMap(\.sources).map(\.device)).count)
        let words = isOnly && devices > 0 ? Words.count(devices, "device", "devices") : ""
        let map = WorldMap.figure(countries.map { .init(country: $0, words: words) })
        return "<div class=\"screen\">\n\(HTML.section("Where the devices are", map))</div>\n"
    }

    private func facts(
        _ record: RedemptionRecord, _ names: inout AccountNames
    ) async throws -> HTML {
        let value = record.value
        return HTML.facts([
            ("Energy", HTML(Words.energy(record.count &* WattHours.perDREC))),
            ("Redeemed by", try await names.link(AccountID(value.account))),
            ("Beneficiary", HTML(user: value.beneficiary)),
            ("Place of use", HTML(CountryNames.name(of: value.location))),
            ("Purpose", HTML(user: value.purpose)),
            ("Period", HTML.window(Timestamp(value.periodStart), Timestamp(value.periodEnd))),
            ("Redeemed at", HTML.time(seconds: value.time)),
            ("Recorded by", HTML.link(entry: record.entry)),
            (
                "Transaction",
                record.transaction.map { HTML.link("/transactions/\($0)", .code($0.hex)) }
                    ?? "Not held by this node, which began later"
            ),
            ("Network", HTML(user: gateway.network.name)),
            ("Founding document", HTML.code(gateway.network.hash.hex)),
            (
                "Proof",
                HTML.proof(
                    of: record.entry.description,
                    at: "/v1/redemptions/\(record.entry.rawValue)/proof")
            ),
        ])
    }

    private func rangeTable(_ ranges: [DRECRange]) -> HTML {
        HTML.table(
            "D-RECs redeemed", [.text("D-RECs"), .number("kWh"), .number("Vintage")],
            ranges.map { range in
                [
                    HTML.link(range), HTML(Words.grouped(range.count)),
                    HTML(String(range.series.vintage)),
                ]
            })
    }
}
