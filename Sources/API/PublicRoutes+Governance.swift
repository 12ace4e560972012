import Gateway
import Hummingbird
import Ledger
import Primitives

extension PublicRoutes {
    /// What the network agrees on, who acts for whom, and reads that wait for their mint.
    func addGovernance(to table: inout RouteTable) {
        list("/v1/parameters", of: "Parameters", in: &table) { _ in
            ListSource.oneFurther("parameters", at: IDText.time(_:)) { before, limit in
                try await gateway.parameters(before: before, limit: limit)
            } position: {
                String($0.effective.rawValue)
            } json: {
                CanonicalJSON($0)
            }
        }
        list("/v1/yields", of: "Yield", taking: ["country"], in: &table) { asked in
            yields(of: try asked.country())
        }
        list("/v1/evidence", of: "DeferredEvidence", in: &table) { _ in
            ListSource.oneFurther("evidence", at: IDText.entry(_:)) { before, limit in
                try await gateway.evidence(before: before, limit: limit)
            } position: {
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

    private func yields(of country: CountryCode?) -> ListSource {
        ListSource.oneFurther("yields", at: IDText.yield(_:)) { after, limit in
            try await gateway.yields(of: country, after: after, limit: limit)
        } position: {
            "\($0.position.country)/\($0.position.effective.rawValue)"
        } json: {
            CanonicalJSON($0)
        }
    }

    /// Who may act for an account.
    func delegations(of account: AccountID) -> ListSource {
        ListSource.oneFurther("delegations", at: IDText.account(_:)) { after, limit in
            try await gateway.delegations(of: account, after: after, limit: limit)
        } position: {
            $0.delegate.description
        } json: {
            CanonicalJSON($0)
        }
    }

    /// What held of a device, holds and will hold.
    func revisions(of device: DeviceID) -> ListSource {
        let network = gateway.network.hash
        return ListSource.oneFurther("revisions", at: IDText.time(_:)) { before, limit in
            try await gateway.revisions(of: device, before: before, limit: limit)
        } position: {
            String($0.effective.rawValue)
        } json: {
            CanonicalJSON($0, network: network)
        }
    }
}

extension IDText {
    /// `KEN/1700000000`, as cursors have it.
    fileprivate static func yield(_ text: String) -> YieldRecord.Position? {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let country = CountryCode(parts[0]),
            let effective = IDText.time(String(parts[1]))
        else { return nil }
        return YieldRecord.Position(country: country, effective: effective)
    }
}
