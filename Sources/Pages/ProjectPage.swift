import Gateway
import Ledger
import Primitives
import Wire

/// A project and its series, with the conservation of energy of each.
struct ProjectPage: Sendable {
    let gateway: any LedgerGateway

    func page(_ asked: PageRequest) async throws -> Page {
        let id = try asked.identified("a project’s id, such as P101") {
            if case .project(let id) = $0 { id } else { nil }
        }
        guard let record = try await gateway.project(id) else {
            return Notices.notFound("Project \(id)")
        }
        var names = AccountNames(gateway)
        let owner = try await names.link(AccountID(record.value.owner))
        let issued = record.series.reduce(UInt64(0)) { $0 &+ $1.value.issuedWattHours }
        return Page(
            title: "Project \(id)", heading: "Project \(id.description)",
            body: """
                <p class="lead">\(Words.energy(issued)) of solar energy in \
                \(CountryNames.name(of: record.value.country)), issued together for \(owner).</p>
                \(HTML.facts([
                    ("Owner", owner),
                    ("Country", HTML(CountryNames.name(of: record.value.country))),
                    ("Kind", HTML(Words.name(record.value.kind))),
                    ("Created by", HTML.link(entry: LogIndex(record.value.entry))),
                ]))
                \(HTML.section(
                    "Series", seriesTable(record) + file(record).line("Its series as CSV")))
                \(HTML.section("Conservation", conservation(record)))
                \(HTML.section(
                    "Where its devices are",
                    WorldMap.figure([.init(country: record.value.country, words: "")])))
                """,
            json: "/v1/projects/\(id)", path: "/projects/\(id)", commands: ["drec show \(id)"])
    }

    private func seriesTable(_ record: ProjectRecord) -> HTML {
        HTML.table(
            "D-RECs by vintage, in kWh",
            [
                .text("Vintage"), .number("Issued (Wh)"), .number("Active"), .number("Listed"),
                .number("Locked"), .number("Redeemed"), .number("Retired"),
                .number("Open (Wh)"), .text("D-RECs"),
            ],
            record.series.map { series in
                let value = series.value
                let minted = value.issuedWattHours / WattHours.perDREC
                let all = DRECRange(
                    series: series.id, first: DRECSerial(1), last: DRECSerial(minted))
                return [
                    HTML(String(series.id.vintage)), HTML(Words.grouped(value.issuedWattHours)),
                    HTML(Words.grouped(value.active)), HTML(Words.grouped(value.listed)),
                    HTML(Words.grouped(value.registryLocked)),
                    HTML(Words.grouped(value.redeemed)), HTML(Words.grouped(value.retired)),
                    HTML(Words.grouped(series.openWattHours)),
                    all.map { HTML.link($0) } ?? "None yet",
                ]
            })
    }

    private func file(_ record: ProjectRecord) -> CSVFile {
        CSVFile(
            name: "\(record.id)-series",
            columns: [
                "vintage", "issuedWattHours", "activeKilowattHours", "listedKilowattHours",
                "registryLockedKilowattHours", "redeemedKilowattHours", "retiredKilowattHours",
                "openWattHours",
            ],
            rows: record.series.map { series in
                let value = series.value
                return [
                    String(series.id.vintage), String(value.issuedWattHours), String(value.active),
                    String(value.listed), String(value.registryLocked), String(value.redeemed),
                    String(value.retired), String(series.openWattHours),
                ]
            })
    }

    private func conservation(_ record: ProjectRecord) -> HTML {
        let lines = record.series.map { series -> HTML in
            let value = series.value
            let counted =
                value.active &+ value.listed &+ value.registryLocked &+ value.redeemed
                &+ value.retired
            let sum = counted &* WattHours.perDREC &+ series.openWattHours
            let verdict: HTML =
                sum == value.issuedWattHours ? .badge("Holds", .good) : .badge("Broken", .bad)
            return """
                <li>\(series.id.description): issued \(grouped: value.issuedWattHours) Wh = \
                1000 × (\(grouped: value.active) active + \(grouped: value.listed) listed + \
                \(grouped: value.registryLocked) locked + \(grouped: value.redeemed) redeemed + \
                \(grouped: value.retired) retired) + \(grouped: series.openWattHours) Wh open \
                \(verdict)</li>

                """
        }
        return """
            <p>No watt-hour is lost, and none is counted twice:</p>
            <ul>
            \(lines)</ul>

            """
    }
}
