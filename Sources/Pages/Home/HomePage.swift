import Gateway
import Ledger
import Primitives
import Wire

/// The network at a glance.
struct HomePage: Sendable {
    let gateway: any LedgerGateway

    func page() async throws -> Page {
        let status = try await gateway.status()
        let totals = try await gateway.totals()
        let statistics = try await gateway.statistics()
        let blocks = try await gateway.blocks(before: nil, limit: 8)
        let transactions = try await gateway.transactions(of: nil, before: nil, limit: 10)
        let redemptions = try await gateway.redemptions(
            RedemptionFilter(), before: nil, limit: 5
        ).items
        var names = AccountNames(gateway)
        let tiles: [(name: HTML, value: HTML)] = [
            ("Solar energy issued", HTML(Words.energy(totals.issuedWattHours))),
            ("D-RECs active", HTML(Words.grouped(totals.active))),
            ("D-RECs redeemed", HTML(Words.grouped(totals.redeemed))),
            ("D-RECs retired", HTML(Words.grouped(totals.retired))),
            ("Devices", HTML(Words.grouped(totals.devices))),
            ("Accounts", HTML(Words.grouped(totals.accounts))),
            (
                status.base == nil ? "Meter reads" : "Meter reads held here",
                HTML(Words.grouped(totals.reads))
            ),
            ("Final blocks", HTML(Words.grouped(status.height.rawValue))),
        ]
        let list = tiles.map { "<div><dt>\($0.name)</dt><dd>\($0.value)</dd></div>\n" as HTML }
        return Page(
            title: "Overview", heading: "Solar energy, kilowatt-hour by kilowatt-hour",
            body: """
                <p class="lead">Every D-REC is 1 kWh of verified solar energy with one owner, from
                the meter to its use. Look one up, or begin with the lists.</p>
                <dl class="tiles">
                \(list)</dl>
                \(plots(statistics))\(places(statistics))\(kinds(statistics))
                \(HTML.section(
                    "Latest transactions",
                    try await Rows.transactions(
                        transactions, "The newest first", names: &names)
                        + "<p><a href=\"/transactions\">All transactions</a></p>\n"))
                \(HTML.section(
                    "Latest redemptions",
                    try await Rows.redemptions(redemptions, "The newest first", names: &names)
                        + "<p><a href=\"/redemptions\">All redemptions</a></p>\n"))
                \(HTML.section(
                    "Latest blocks",
                    Rows.blocks(blocks, "The newest first")
                        + "<p><a href=\"/blocks\">All blocks</a></p>\n"))
                \(HTML.section("This node", node(status)))
                """,
            json: "/v1/status", path: "/", commands: ["drec network status"])
    }

    private func plots(_ statistics: NetworkStatistics) -> HTML {
        let none: HTML = "<p>Nothing has been issued yet.</p>\n"
        return """
            <div class="plots">
            \(HTML.section("By month", MonthPlot(statistics)?.html ?? none))\
            \(HTML.section("By country", CountryPlot(statistics)?.html ?? none))</div>

            """
    }

    /// Countries with devices, those with the most first.
    private func places(_ statistics: NetworkStatistics) -> HTML {
        let sorted = statistics.devicesByCountry.sorted { left, right in
            (right.count, left.country) < (left.count, right.country)
        }
        guard !sorted.isEmpty else { return .empty }
        let places = sorted.map { row in
            WorldMap.Place(
                country: row.country.description,
                words: Words.count(row.count, "device", "devices"))
        }
        return HTML.section("Where the devices are", WorldMap.figure(places))
    }

    private func kinds(_ statistics: NetworkStatistics) -> HTML {
        let devices = statistics.devicesByKind.sorted { $0.count > $1.count }.map { row in
            [
                HTML.link("/devices?kind=\(row.kind)", HTML(Words.name(row.kind))),
                HTML(Words.grouped(row.count)),
            ]
        }
        let countries = statistics.devicesByCountry.sorted { $0.count > $1.count }
            .prefix(CountryPlot.shown).map { row in
                let code = row.country.description
                return [
                    HTML.link("/devices?country=\(code)", HTML(CountryNames.name(of: code))),
                    HTML(Words.grouped(row.count)),
                ]
            }
        let accounts = statistics.accountsByKind.sorted { $0.count > $1.count }.map { row in
            [
                HTML.link("/accounts?kind=\(row.kind)", HTML(Words.name(row.kind))),
                HTML(Words.grouped(row.count)),
            ]
        }
        return """
            <div class="plots">
            \(HTML.section(
                "Devices",
                HTML.table("By kind", [.text("Kind"), .number("Devices")], devices)
                    + HTML.table(
                        "By country, the most first", [.text("Country"), .number("Devices")],
                        Array(countries))))\
            \(HTML.section(
                "Accounts",
                HTML.table("By kind", [.text("Kind"), .number("Accounts")], accounts)))</div>

            """
    }

    private func node(_ status: NodeStatus) -> HTML {
        let ready: HTML =
            status.notReadyBecause.map { "\(HTML.badge("Not ready", .bad)) \($0)" }
            ?? .badge("Ready", .good)
        return HTML.facts([
            ("State", ready),
            ("Network", HTML(user: gateway.network.name)),
            ("Hash of the founding document", HTML.code(gateway.network.hash.hex)),
            ("Newest block", HTML.time(seconds: status.headTimeMilliseconds / 1_000)),
            ("Waiting transactions", HTML(String(status.pendingTransactions))),
            (
                "Authorities",
                status.authorities.map { HTML(user: $0) }.joined(by: ", ")
            ),
            ("Log", "\(grouped: status.logSize) entries, root \(HTML.code(status.logRoot.hex))"),
            ("State root", HTML.code(status.stateRoot.hex)),
            (
                "History",
                status.base.map { "Blocks after \(grouped: $0.header.height) are held here" }
                    ?? .empty
            ),
            ("Version", HTML(status.version)),
        ])
    }
}
