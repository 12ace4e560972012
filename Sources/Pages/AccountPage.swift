import Foundation
import Gateway
import Ledger
import Primitives
import Wire

/// An account: who it is, its keys, devices, D-RECs and transactions.
struct AccountPage: Sendable {
    private static let shown = 20

    let gateway: any LedgerGateway

    func page(_ asked: PageRequest) async throws -> Page {
        let id = try asked.identified("an account’s id, such as A1") {
            if case .account(let id) = $0 { id } else { nil }
        }
        guard let record = try await gateway.account(id) else {
            return Notices.notFound("Account \(id)")
        }
        let limit = AccountPage.shown
        var (owned, held) = (DeviceFilter(), LotFilter())
        (owned.owner, held.owner) = (id, id)
        let devices = try await gateway.devices(owned, after: nil, limit: limit).items
        let lots = try await gateway.lots(held, after: nil, limit: limit).items
        let transactions = try await gateway.transactions(of: id, before: nil, limit: limit)
        var names = AccountNames(gateway)
        let value = record.value
        let heading: HTML =
            value.legalName.isEmpty
            ? "Account \(id.description)" : "\(user: value.legalName) \(id.description)"
        let title = value.legalName.isEmpty ? "Account \(id)" : "\(value.legalName), \(id)"
        return Page(
            title: title, heading: "\(heading) \(Words.badge(value.status))",
            body: """
                \(try await facts(record, &names))
                \(HTML.section(
                    "Devices",
                    try await Rows.devices(devices, "The first by number", names: &names)
                        + all("/devices?owner=\(id)", "All its devices")))
                \(HTML.section(
                    "D-RECs",
                    try await Rows.lots(lots, "Lots, ascending", names: &names)
                        + all("/lots?owner=\(id)", "All its lots")))
                \(HTML.section(
                    "Transactions",
                    try await Rows.transactions(transactions, "The newest first", names: &names)
                        + all("/transactions?account=\(id)", "All its transactions")))
                """,
            json: "/v1/accounts/\(id)", path: "/accounts/\(id)", commands: ["drec show \(id)"])
    }

    private func hash(_ bytes: Data) -> HTML { .code(Array(bytes).hex) }

    private func all(_ path: String, _ text: HTML) -> HTML {
        "<p>\(HTML.link(path, text))</p>\n"
    }

    private func facts(
        _ record: AccountRecord, _ names: inout AccountNames
    ) async throws -> HTML {
        let value = record.value
        var sponsor = HTML.empty
        if value.sponsor > 0 { sponsor = try await names.link(AccountID(value.sponsor)) }
        var delegates: [HTML] = []
        for delegate in value.delegates {
            delegates.append(try await names.link(AccountID(delegate)))
        }
        var keys: [HTML] = []
        for bytes in value.keys {
            let text = HTML.code(Array(bytes).hex)
            guard let key = PublicKey(bytes: bytes), let found = try await gateway.key(key) else {
                keys.append(text)
                continue
            }
            keys.append("\(text) (\(Words.roles(found.value.roles)))")
        }
        let registered: HTML =
            value.registeredAt == 0
            ? "In the founding document" : HTML.link(entry: LogIndex(value.registeredAt - 1))
        return HTML.facts([
            ("Kind", HTML(Words.name(value.kind))),
            (
                "Country",
                value.country.isEmpty
                    ? .empty : HTML("\(CountryNames.name(of: value.country)) (\(value.country))")
            ),
            ("Registered by", registered),
            (
                "Captured by",
                value.channel == .unspecified ? .empty : HTML(Words.name(value.channel))
            ),
            ("Sponsor", sponsor),
            ("May act for it", delegates.joined(by: ", ")),
            ("Keys", keys.joined(by: "<br>\n")),
            ("Takeover key", value.takeoverKey.isEmpty ? "None" : hash(value.takeoverKey)),
            ("Profile", value.profileRoot.isEmpty ? .empty : hash(value.profileRoot)),
            (
                "Proof",
                HTML.proof(of: record.id.description, at: "/v1/accounts/\(record.id)/proof")
            ),
        ])
    }
}
