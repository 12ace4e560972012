import Foundation
import Gateway
import Ledger
import Primitives
import Wire

/// A device: what it is, what it generated, and the reads that say so.
struct DevicePage: Sendable {
    /// Months whose days are drawn.
    private static let monthsOfDays = 3
    private static let revisionsShown = 20
    private static let readsShown = 20

    let gateway: any LedgerGateway

    func page(_ asked: PageRequest) async throws -> Page {
        let id = try asked.identified("a device’s id, such as D5") {
            if case .device(let id) = $0 { id } else { nil }
        }
        guard let record = try await gateway.device(id) else {
            return Notices.notFound("Device \(id)")
        }
        let months = try await gateway.months(
            of: id, before: nil, limit: MonthlyChart.maximumMonths)
        let first = months.map(\.month).min()
        var issuance = IssuanceRecord(months: [], isComplete: true)
        if let first { issuance = try await gateway.issuance(of: id, from: first) }
        let reads = try await gateway.reads(of: id, before: nil, limit: DevicePage.readsShown)
        var names = AccountNames(gateway)
        let owner = try await names.link(AccountID(record.value.owner))
        let details = record.value.details
        let latest = Array(months.sorted { $0.month > $1.month }.prefix(DevicePage.monthsOfDays))
        let monthly =
            MonthlyChart(months, issuance, of: id)?.figure
            ?? "<p>It has not sent any reads yet.</p>\n"
        let daily = GenerationChart(latest, of: id).map { chart in
            HTML.section("Generation by day", chart.figure)
        }
        let revisions = try await gateway.revisions(
            of: id, before: nil, limit: DevicePage.revisionsShown)
        let kind = Words.name(details.kind)
        let base = try await gateway.status().base
        let later: HTML = base == nil ? .empty : " held here and earlier ones"
        return Page(
            title: "Device \(id)",
            heading: "Device \(id.description) \(Words.badge(record.value.status))",
            body: """
                <p class="lead">\(kind) of \(Words.power(details.capacityWatts)) in \
                \(CountryNames.name(of: details.country)), owned by \(owner), with \
                \(Words.energy(record.energy.rawValue)) from \
                \(Words.count(record.readCount, "read", "reads"))\(later).</p>
                \(facts(record, owner: owner))
                \(HTML.section("Generation by month", monthly))
                \(daily ?? .empty)
                \(HTML.section(
                    "Latest reads",
                    Rows.reads(reads, "Accepted reads, the newest first")
                        + "<p><a href=\"/devices/\(id.description)/reads\">All its reads</a></p>\n"
                        + HTML.history(after: base)))
                \(HTML.section(
                    "What held of it, and holds",
                    revisionTable(revisions)
                        + """
                        <p class="screen"><a href="/v1/devices/\(id.description)/revisions?\
                        format=csv" download>All its revisions as CSV</a></p>

                        """))
                \(HTML.section(
                    "Where it is",
                    WorldMap.figure([.init(country: details.country, words: "")])))
                """,
            json: "/v1/devices/\(id)", path: "/devices/\(id)", commands: ["drec show \(id)"])
    }

    private func facts(_ record: DeviceRecord, owner: HTML) -> HTML {
        let value = record.value
        let details = value.details
        let fuel = details.fuelCode == 100 ? "Solar (ES100)" : "ES\(details.fuelCode)"
        return HTML.facts([
            ("Owner", owner),
            ("Kind", HTML(Words.name(details.kind))),
            ("Country", HTML("\(CountryNames.name(of: details.country)) (\(details.country))")),
            ("Capacity", HTML(Words.power(details.capacityWatts))),
            ("Fuel and technology", HTML("\(fuel), TC\(details.typeCode)")),
            ("Grid", HTML(Words.name(details.grid))),
            ("Off-taker", HTML(Words.name(details.offTaker))),
            ("Source of the data", HTML(Words.name(details.source))),
            (
                "Position, rounded",
                HTML(position(details.latitudeE2, details.longitudeE2))
            ),
            ("Commissioned", HTML.day(Timestamp(details.commissioned))),
            ("Registered", HTML.time(seconds: value.registered)),
            ("In this form since", HTML.time(record.effective)),
            ("Meter signs its reads", details.meterKey.isEmpty ? "No" : "Yes"),
            ("Captured by", HTML(Words.name(value.channel))),
            ("Recorded by", HTML.link(entry: LogIndex(value.entry))),
            ("Hash of the owner’s id for it", HTML.code(Array(value.externalIDHash).hex)),
            (
                "Proof",
                HTML.proof(of: record.id.description, at: "/v1/devices/\(record.id)/proof")
            ),
        ])
    }

    private func position(_ latitude: Int32, _ longitude: Int32) -> String {
        let north = "\(degrees(latitude))° \(latitude >= 0 ? "N" : "S")"
        let east = "\(degrees(longitude))° \(longitude >= 0 ? "E" : "W")"
        return "\(north), \(east)"
    }

    private func degrees(_ hundredths: Int32) -> String {
        let (whole, rest) = hundredths.magnitude.quotientAndRemainder(dividingBy: 100)
        return "\(whole).\(rest < 10 ? "0" : "")\(rest)"
    }

    private func revisionTable(_ revisions: [DeviceRecord]) -> HTML {
        HTML.table(
            "Revisions, the latest first",
            [
                .text("In force from"), .text("Status"), .text("Kind"), .number("Capacity"),
                .text("Grid"), .text("Off-taker"), .text("Entry"),
            ],
            revisions.map { revision in
                let details = revision.value.details
                return [
                    HTML.time(revision.effective), Words.badge(revision.value.status),
                    HTML(Words.name(details.kind)), HTML(Words.power(details.capacityWatts)),
                    HTML(Words.name(details.grid)), HTML(Words.name(details.offTaker)),
                    HTML.link(entry: LogIndex(revision.value.entry)),
                ]
            })
    }
}
