import Gateway
import Ledger
import Primitives
import Verifier
import Wire

/// A redemption statement, to show and to print.
struct RedemptionPage: Sendable {
    /// Ranges whose sources the statement looks up; beyond, it leaves the devices out.
    private static let maximumRanges = 16

    let gateway: any LedgerGateway

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
        let origin = try await origin(ranges, count: record.count)
        let redemption = try await Story.redemption(record.value, names: &names)
        let proof = await proof(entry)
        return Page(
            title: "Redemption statement \(entry)",
            heading: "Redemption statement \(entry.description)",
            body: """
                <article class="statement">
                <p class="lead">\(origin), \(redemption).</p>
                \(try await facts(record, &names))
                \(rangeTable(ranges))
                <p class="note">These D-RECs are spent: no one can use them again. To ask
                another member's node for the same facts, run
                <code>drec provenance \(ranges.first?.description ?? "") --public URL</code>.</p>
                \(proof)</article>

                """,
            json: "/v1/redemptions/\(entry.rawValue)",
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
            <p class="note">This page holds its proof. Saved, it can be checked without any node: \
            drop it on a <a href="\(VerificationPage.path)">verification page</a>, or run \
            <code>drec verify FILE --genesis genesis.json</code>.</p>
            \(HTML(proof))

            """
    }

    /// The energy in words, with devices and dates where they can be had at a fair price.
    private func origin(_ ranges: [DRECRange], count: UInt64) async throws -> HTML {
        var sources: [EnergySource] = []
        var isComplete = true
        if ranges.count <= RedemptionPage.maximumRanges {
            for range in ranges {
                guard let record = try await gateway.provenance(of: range) else { continue }
                sources += record.sources
                if record.truncation.contains(.history) { isComplete = false }
            }
        }
        var countries: Set<String> = []
        for id in Set(ranges.map(\.series.project)) {
            guard let project = try await gateway.project(id) else { continue }
            countries.insert(project.value.country)
        }
        return Story.origin(
            energy: count &* WattHours.perDREC, sources: sources, isComplete: isComplete,
            country: countries.count == 1 ? countries.first : nil)
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
