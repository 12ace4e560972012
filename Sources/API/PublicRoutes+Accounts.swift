import Gateway
import Hummingbird
import Ledger
import Primitives

extension PublicRoutes {
    /// Accounts, what belongs to them, and keys.
    func addAccounts(to table: inout RouteTable) {
        list(
            "/v1/accounts", of: "Account", taking: ["kind", "country", "status"], in: &table
        ) { asked in
            let filter = try asked.accountFilter()
            return ListSource("accounts", at: IDText.account(_:)) { after, limit in
                try await gateway.accounts(filter, after: after, limit: limit)
            } position: {
                $0.description
            } json: {
                CanonicalJSON($0)
            }
        }
        read("/v1/accounts/{id}", in: &table) { asked in
            Answer(CanonicalJSON(try await account(asked)), .head)
        }
        list(
            "/v1/accounts/{id}/devices", of: "Device", taking: PublicRoutes.deviceFilters,
            in: &table
        ) { asked in
            let filter = try asked.deviceFilter(of: try await account(asked).id)
            return devices(filter)
        }
        list(
            "/v1/accounts/{id}/lots", of: "Lot", taking: PublicRoutes.lotFilters, in: &table
        ) { asked in
            let filter = try asked.lotFilter(of: try await account(asked).id)
            return lots(filter)
        }
        list("/v1/accounts/{id}/delegations", of: "Delegation", in: &table) { asked in
            let id = try await account(asked).id
            return delegations(of: id)
        }
        list(
            "/v1/accounts/{id}/transactions", of: "FinalTransaction", taking: ["action"],
            isHistory: true, in: &table
        ) { asked in
            let filter = try asked.transactionFilter(of: try await account(asked).id)
            return transactions(filter)
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
