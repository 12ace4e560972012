import Gateway
import Hummingbird
import Ledger
import Primitives
import Wire

extension PublicRoutes {
    /// Projects, D-RECs with their history, lots and redemptions.
    func addDRECs(to table: inout RouteTable) {
        let list = PublicRoutes.listParameters
        read("/v1/projects", taking: list, in: &table) { asked in
            let after = try asked.cursor("projects", IDText.project(_:))
            let found = try await gateway.projects(after: after, limit: asked.limit() + 1)
            return try Answer.list(found, asked, name: "projects") {
                $0.id.description
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
        read("/v1/lots", taking: list.union(["owner", "status", "series"]), in: &table) { asked in
            let owner = try asked.value("owner", IDText.account, IDText.account(_:))
            return try await lots(asked, owner: owner)
        }
        read("/v1/redemptions", taking: list, in: &table) { asked in
            let before = try asked.cursor("redemptions", IDText.entry(_:))
            let found = try await gateway.redemptions(before: before, limit: asked.limit() + 1)
            return try Answer.list(found, asked, name: "redemptions") {
                String($0.entry.rawValue)
            } json: {
                CanonicalJSON($0)
            }
        }
        read("/v1/redemptions/{id}", in: &table) { asked in
            let index = try asked.identified(IDText.entry, IDText.entry(_:))
            guard let record = try await gateway.redemption(index) else {
                throw Problem.unknown("redemption", index.description)
            }
            return Answer(CanonicalJSON(record), .numbered)
        }
    }

    /// A list of lots in the order of the axes.
    func lots(_ asked: AskedAddress, owner: AccountID?) async throws -> Answer {
        let status = try asked.value("status", IDText.status, PublicRoutes.status(_:))
        let series = try asked.value("series", IDText.series, IDText.series(_:))
        let after = try asked.cursor("lots") { DRECRange($0) }
        let found = try await gateway.lots(
            owner: owner, status: status, series: series, after: after,
            limit: asked.limit() + 1)
        return try Answer.list(found, asked, name: "lots") {
            $0.range.description
        } json: {
            CanonicalJSON($0)
        }
    }

    private static func status(_ text: String) -> ProtoLotStatus? {
        ProtoLotStatus.allCases.first {
            $0 != .unspecified && CanonicalJSON.word($0).string == text
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
