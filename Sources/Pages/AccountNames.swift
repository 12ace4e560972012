import Gateway
import Ledger
import Primitives
import Wire

/// Names of the accounts that a page mentions, each asked for once.
struct AccountNames {
    private let gateway: any LedgerGateway
    private var names: [AccountID: String] = [:]

    init(_ gateway: any LedgerGateway) { self.gateway = gateway }

    /// The legal name; empty for individuals, whose names are not on the ledger.
    mutating func name(_ id: AccountID) async throws -> String {
        if let known = names[id] { return known }
        let name = try await gateway.account(id)?.value.legalName ?? ""
        names[id] = name
        return name
    }

    /// The name, linked, with the number.
    mutating func link(_ id: AccountID) async throws -> HTML {
        let name = try await name(id)
        guard !name.isEmpty else { return HTML.link("/accounts/\(id)", "\(id.description)") }
        return "<a href=\"/accounts/\(id.description)\">\(user: name)</a> \(id.description)"
    }
}
