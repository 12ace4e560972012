import Gateway
import Ledger
import Primitives
import Wire

/// Lists of everything, a page at a time, with a link to the next page where there is one.
struct ListPages: Sendable {
    private static let size = 50

    let gateway: any LedgerGateway

    func devices(_ asked: PageRequest) async throws -> Page {
        let owner = try asked.account("owner")
        let after = try asked.number("after").map { DeviceID($0) }
        let found = try await gateway.devices(of: owner, after: after, limit: ListPages.size + 1)
        let shown = Array(found.prefix(ListPages.size))
        var names = AccountNames(gateway)
        let table = try await Rows.devices(shown, "Ascending by number", names: &names)
        let next = more(
            found, "/devices?\(filter("owner", owner))after=\(shown.last?.id.rawValue ?? 0)")
        return page("Devices", of: owner, table + next, json("/v1/devices", ("owner", owner)))
    }

    func accounts(_ asked: PageRequest) async throws -> Page {
        let after = try asked.number("after").map { AccountID($0) }
        let found = try await gateway.accounts(after: after, limit: ListPages.size + 1)
        let shown = found.prefix(ListPages.size)
        let table = HTML.table(
            "Ascending by number",
            [.text("Account"), .text("Name"), .text("Kind"), .text("Country"), .text("Status")],
            shown.map { record in
                [
                    HTML.link("/accounts/\(record.id)", "\(record.id.description)"),
                    record.value.legalName.isEmpty ? "–" : HTML(user: record.value.legalName),
                    HTML(Words.name(record.value.kind)), HTML(record.value.country),
                    Words.badge(record.value.status),
                ]
            })
        let next = more(found, "/accounts?after=\(shown.last?.id.rawValue ?? 0)")
        return page("Accounts", table + next, "/v1/accounts")
    }

    func projects(_ asked: PageRequest) async throws -> Page {
        let after = try asked.number("after").map { ProjectID($0) }
        let found = try await gateway.projects(after: after, limit: ListPages.size + 1)
        let shown = Array(found.prefix(ListPages.size))
        var names = AccountNames(gateway)
        let table = try await Rows.projects(shown, "Ascending by number", names: &names)
        let next = more(found, "/projects?after=\(shown.last?.id.rawValue ?? 0)")
        return page("Projects", table + next, "/v1/projects")
    }

    func lots(_ asked: PageRequest) async throws -> Page {
        let owner = try asked.account("owner")
        let status = try asked.parameter("status").map { try lotStatus($0) }
        let after = try asked.parameter("after").map { text -> DRECRange in
            guard let range = DRECRange(text) else {
                throw BadParameter(text: text, wanted: "an id of D-RECs")
            }
            return range
        }
        let found = try await gateway.lots(
            owner: owner, status: status, series: nil, after: after, limit: ListPages.size + 1)
        let shown = Array(found.prefix(ListPages.size))
        var names = AccountNames(gateway)
        let table = try await Rows.lots(
            shown, "Runs of D-RECs with one owner and one status", names: &names)
        let kept = filter("owner", owner) + (status.map { "status=\(key($0))&" } ?? "")
        let next = more(found, "/lots?\(kept)after=\(shown.last?.range.description ?? "")")
        return page(
            "D-RECs", of: owner, statusLinks(owner) + table + next,
            json(
                "/v1/lots", ("owner", owner), ("status", status.map { String(describing: $0) })))
    }

    func redemptions(_ asked: PageRequest) async throws -> Page {
        let before = try asked.number("before").map { LogIndex($0) }
        let found = try await gateway.redemptions(before: before, limit: ListPages.size + 1)
        let shown = Array(found.prefix(ListPages.size))
        var names = AccountNames(gateway)
        let table = try await Rows.redemptions(shown, "The newest first", names: &names)
        let next = more(found, "/redemptions?before=\(shown.last?.entry.rawValue ?? 0)")
        return page("Redemptions", table + next, "/v1/redemptions")
    }

    func transactions(_ asked: PageRequest) async throws -> Page {
        let account = try asked.account("account")
        let before = try asked.number("before").map { LogIndex($0) }
        let found = try await gateway.transactions(
            of: account, before: before, limit: ListPages.size + 1)
        let shown = Array(found.prefix(ListPages.size))
        var names = AccountNames(gateway)
        let table = try await Rows.transactions(shown, "The newest first", names: &names)
        let next = more(
            found,
            "/transactions?\(filter("account", account))before=\(shown.last?.index.rawValue ?? 0)")
        return page(
            "Transactions", of: account, table + next + (try await end(found)),
            json("/v1/transactions", ("account", account)))
    }

    func blocks(_ asked: PageRequest) async throws -> Page {
        let before = try asked.number("before").map { Height($0) }
        let found = try await gateway.blocks(before: before, limit: ListPages.size + 1)
        let shown = Array(found.prefix(ListPages.size))
        let next = more(found, "/blocks?before=\(shown.last?.header.height ?? 0)")
        return page(
            "Blocks", Rows.blocks(shown, "The newest first") + next + (try await end(found)),
            "/v1/blocks")
    }

    // MARK: Parts

    private func page(_ name: String, _ body: HTML, _ json: String) -> Page {
        Page(title: name, heading: HTML(name), body: body, json: json)
    }

    private func page(
        _ name: String, of owner: AccountID?, _ body: HTML, _ json: String
    ) -> Page {
        guard let owner else { return page(name, body, json) }
        return Page(
            title: "\(name) of \(owner)",
            heading: "\(name) of \(HTML.link("/accounts/\(owner)", HTML(owner.description)))",
            body: body, json: json)
    }

    /// The list's address as JSON, with the filters that are set.
    private func json(
        _ path: String, _ filters: (name: String, value: (any CustomStringConvertible)?)...
    ) -> String {
        let set = filters.compactMap { filter in filter.value.map { "\(filter.name)=\($0)" } }
        return set.isEmpty ? path : path + "?" + set.joined(separator: "&")
    }

    private func filter(_ name: String, _ account: AccountID?) -> String {
        account.map { "\(name)=\($0)&" } ?? ""
    }

    private func more(_ found: [some Any], _ path: String) -> HTML {
        guard found.count > ListPages.size else { return .empty }
        return "<p class=\"next\"><a rel=\"next\" href=\"\(path)\">Next page</a></p>\n"
    }

    /// What the end of a list of history says on a node that does not hold all of it.
    private func end(_ found: [some Any]) async throws -> HTML {
        guard found.count <= ListPages.size else { return .empty }
        return HTML.history(after: try await gateway.status().base)
    }

    private static let statuses: [ProtoLotStatus] = [
        .active, .listed, .registryLocked, .redeemed, .retired,
    ]

    private func key(_ status: ProtoLotStatus) -> String {
        switch status {
        case .active: "active"
        case .listed: "listed"
        case .registryLocked: "registry-locked"
        case .redeemed: "redeemed"
        case .retired: "retired"
        default: ""
        }
    }

    private func lotStatus(_ text: String) throws -> ProtoLotStatus {
        guard let status = ListPages.statuses.first(where: { key($0) == text }) else {
            throw BadParameter(text: text, wanted: "a status of D-RECs, such as active")
        }
        return status
    }

    private func statusLinks(_ owner: AccountID?) -> HTML {
        let all: HTML = "<a href=\"/lots?\(filter("owner", owner))\">All</a>"
        let links = ListPages.statuses.map { status in
            HTML.link(
                "/lots?\(filter("owner", owner))status=\(key(status))", HTML(Words.name(status)))
        }
        return "<p class=\"screen\">Show: \(([all] + links).joined(by: " · "))</p>\n"
    }
}
