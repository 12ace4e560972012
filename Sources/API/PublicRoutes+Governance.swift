import Gateway
import Hummingbird
import Ledger
import Primitives

extension PublicRoutes {
    /// What the network agrees on, who acts for whom, and reads that wait for their mint.
    func addGovernance(to table: inout RouteTable) {
        let list = PublicRoutes.listParameters
        read("/v1/parameters", taking: list, in: &table) { asked in
            let before = try asked.cursor("parameters", IDText.time(_:))
            let found = try await gateway.parameters(before: before, limit: asked.limit() + 1)
            return try Answer.list(found, asked, name: "parameters") {
                String($0.effective.rawValue)
            } json: {
                CanonicalJSON($0)
            }
        }
        read("/v1/yields", taking: list.union(["country"]), in: &table) { try await yields($0) }
        read("/v1/evidence", taking: list, in: &table) { asked in
            let before = try asked.cursor("evidence", IDText.entry(_:))
            let found = try await gateway.evidence(before: before, limit: asked.limit() + 1)
            return try Answer.list(found, asked, name: "evidence") {
                String($0.entry.rawValue)
            } json: {
                CanonicalJSON($0)
            }
        }
        read("/v1/evidence/{id}", in: &table) { asked in
            let entry = try asked.identified(IDText.entry, IDText.entry(_:))
            guard let record = try await gateway.evidence(entry) else {
                throw Problem.unknown("deferred evidence", entry.description)
            }
            return Answer(CanonicalJSON(record), .head)
        }
    }

    private func yields(_ asked: AskedAddress) async throws -> Answer {
        let country = try asked.value("country", IDText.country) { CountryCode($0) }
        let after = try asked.cursor("yields") { text -> YieldRecord.Position? in
            let parts = text.split(separator: "/", omittingEmptySubsequences: false)
            guard parts.count == 2, let country = CountryCode(parts[0]),
                let effective = IDText.time(String(parts[1]))
            else { return nil }
            return YieldRecord.Position(country: country, effective: effective)
        }
        let found = try await gateway.yields(
            of: country, after: after, limit: asked.limit() + 1)
        return try Answer.list(found, asked, name: "yields") {
            "\($0.position.country)/\($0.position.effective.rawValue)"
        } json: {
            CanonicalJSON($0)
        }
    }

    /// Who may act for an account.
    func delegations(_ asked: AskedAddress, of account: AccountID) async throws -> Answer {
        let after = try asked.cursor("delegations", IDText.account(_:))
        let found = try await gateway.delegations(
            of: account, after: after, limit: asked.limit() + 1)
        return try Answer.list(found, asked, name: "delegations") {
            $0.delegate.description
        } json: {
            CanonicalJSON($0)
        }
    }

    /// What held of a device, holds and will hold.
    func revisions(_ asked: AskedAddress, of device: DeviceID) async throws -> Answer {
        let before = try asked.cursor("revisions", IDText.time(_:))
        let found = try await gateway.revisions(
            of: device, before: before, limit: asked.limit() + 1)
        let network = gateway.network.hash
        return try Answer.list(found, asked, name: "revisions") {
            String($0.effective.rawValue)
        } json: {
            CanonicalJSON($0, network: network)
        }
    }
}
