import Gateway
import Hummingbird
import Ledger
import Primitives

extension PublicRoutes {
    /// Accounts, what belongs to them, and keys.
    func addAccounts(to table: inout RouteTable) {
        let list = PublicRoutes.listParameters
        read("/v1/accounts", taking: list, in: &table) { asked in
            let after = try asked.cursor("accounts", IDText.account(_:))
            let found = try await gateway.accounts(after: after, limit: asked.limit() + 1)
            return try Answer.list(found, asked, name: "accounts") {
                $0.id.description
            } json: {
                CanonicalJSON($0)
            }
        }
        read("/v1/accounts/{id}", in: &table) { asked in
            Answer(CanonicalJSON(try await account(asked)), .head)
        }
        read("/v1/accounts/{id}/devices", taking: list, in: &table) { asked in
            let id = try await account(asked).id
            return try await devices(asked, of: id)
        }
        read(
            "/v1/accounts/{id}/lots", taking: list.union(["status", "series"]), in: &table
        ) { asked in
            let id = try await account(asked).id
            return try await lots(asked, owner: id)
        }
        read("/v1/accounts/{id}/delegations", taking: list, in: &table) { asked in
            let id = try await account(asked).id
            return try await delegations(asked, of: id)
        }
        read("/v1/accounts/{id}/transactions", taking: list, in: &table) { asked in
            let id = try await account(asked).id
            return try await transactions(asked, of: id)
        }
        read("/v1/keys/{id}", in: &table) { asked in
            let key = try asked.identified(IDText.hash) { PublicKey(hex: $0) }
            guard let record = try await gateway.key(key) else {
                throw Problem.unknown("key", key.hex)
            }
            return Answer(CanonicalJSON(record), .head)
        }
    }

    /// The account that the path names.
    private func account(_ asked: AskedAddress) async throws -> AccountRecord {
        let id = try asked.identified(IDText.account, IDText.account(_:))
        guard let record = try await gateway.account(id) else {
            throw Problem.unknown("account", id.description)
        }
        return record
    }
}
