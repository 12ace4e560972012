import Gateway
import Hummingbird
import Ledger
import Primitives
import Wire

extension PublicRoutes {
    /// Projects, D-RECs with their history, lots and redemptions.
    func addDRECs(to table: inout RouteTable) {
        list(
            "/v1/projects", of: "Project", taking: ["owner", "country", "kind", "vintage"],
            in: &table
        ) { asked in
            let filter = try asked.projectFilter()
            return ListSource("projects", at: IDText.project(_:)) { after, limit in
                try await gateway.projects(filter, after: after, limit: limit)
            } position: {
                $0.description
            } json: {
                CanonicalJSON($0)
            }
        }
        read("/v1/projects/{id}", in: &table) { asked in
            let id = try asked.identified(IDText.project, IDText.project(_:))
            guard let record = try await gateway.project(id) else {
                throw Problem.unknown("project", id.description)
            }
            return Answer(CanonicalJSON(record), .head)
        }
        read("/v1/drecs/{id}", in: &table) { asked in
            let range = try asked.identified(IDText.drecs) { DRECRange($0) }
            guard let lots = try await gateway.lots(holding: range) else {
                throw Problem.unknown("minted range", range.description)
            }
            return Answer(CanonicalJSON(holding: range, in: lots), .head)
        }
        read("/v1/drecs/{id}/provenance", in: &table) { asked in
            let network = gateway.network.hash
            return Answer(CanonicalJSON(try await provenance(asked), network: network), .head)
        }
        list(
            "/v1/lots", of: "Lot", taking: PublicRoutes.lotFilters.union(["owner"]), in: &table
        ) { asked in
            lots(try asked.lotFilter())
        }
        addUses(to: &table)
        read("/v1/redemptions/{id}", in: &table) { asked in
            let index = try asked.identified(IDText.entry, IDText.entry(_:))
            guard let record = try await gateway.redemption(index) else {
                throw Problem.unknown("redemption", index.description)
            }
            return Answer(CanonicalJSON(record), .numbered)
        }
    }

    /// Statements of use.
    private func addUses(to table: inout RouteTable) {
        list(
            "/v1/redemptions", of: "Redemption",
            taking: ["account", "beneficiary", "location", "vintage", "year"], in: &table
        ) { asked in
            let filter = try asked.redemptionFilter()
            return ListSource("redemptions", at: IDText.entry(_:)) { before, limit in
                try await gateway.redemptions(filter, before: before, limit: limit)
            } position: {
                String($0.rawValue)
            } json: {
                CanonicalJSON($0)
            }
        }
        list(
            "/v1/retirements", of: "Retirement",
            taking: ["account", "reason", "vintage", "year"], in: &table
        ) { asked in
            let filter = try asked.retirementFilter()
            return ListSource("retirements", at: IDText.entry(_:)) { before, limit in
                try await gateway.retirements(filter, before: before, limit: limit)
            } position: {
                String($0.rawValue)
            } json: {
                CanonicalJSON($0)
            }
        }
    }

    /// Filters of what a lot is and of what its energy is from.
    static let lotFilters: Set = [
        "status", "series", "vintage", "country", "deviceKind", "offTaker",
    ]

    /// A list of lots in the order of the axes.
    func lots(_ filter: LotFilter) -> ListSource {
        ListSource("lots", at: IDText.lots(_:)) { after, limit in
            try await gateway.lots(filter, after: after, limit: limit)
        } position: {
            $0.description
        } json: {
            CanonicalJSON($0)
        }
    }

    private func provenance(_ asked: AskedAddress) async throws -> ProvenanceRecord {
        let range = try asked.identified(IDText.drecs) { DRECRange($0) }
        guard let record = try await gateway.provenance(of: range) else {
            throw Problem.unknown("minted range", range.description)
        }
        return record
    }
}
