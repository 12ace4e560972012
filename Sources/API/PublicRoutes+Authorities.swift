import Gateway
import Ledger
import Primitives

extension PublicRoutes {
    /// Who votes, who voted and who will.
    func addAuthorities(to table: inout RouteTable) {
        let list = PublicRoutes.listParameters
        read("/v1/authorities", taking: list, in: &table) { asked in
            let before = try asked.cursor("authorities") { UInt64(decimal: $0).map { Epoch($0) } }
            let found = try await gateway.authoritySets(before: before, limit: asked.limit() + 1)
            return try Answer.list(found, asked, name: "authorities") {
                String($0.set.epoch.rawValue)
            } json: {
                CanonicalJSON($0)
            }
        }
        read("/v1/authority-changes", taking: list, in: &table) { asked in
            let before = try asked.cursor("authority-changes", IDText.entry(_:))
            let found = try await gateway.authorityChanges(
                before: before, limit: asked.limit() + 1)
            return try Answer.list(found, asked, name: "authority-changes") {
                String($0.number.rawValue)
            } json: {
                CanonicalJSON($0)
            }
        }
        read("/v1/authority-changes/{id}", in: &table) { asked in
            let number = try asked.identified(IDText.entry, IDText.entry(_:))
            guard let change = try await gateway.authorityChange(number) else {
                throw Problem.unknown("authority change", number.description)
            }
            return Answer(CanonicalJSON(change), .head)
        }
        read("/v1/double-votes", taking: list, in: &table) { asked in
            let before = try asked.cursor("double-votes") { DoubleVoteRecord.Position(cursor: $0) }
            let found = try await gateway.doubleVotes(before: before, limit: asked.limit() + 1)
            return try Answer.list(found, asked, name: "double-votes") {
                "\($0.epoch.rawValue)/\($0.seat)"
            } json: {
                CanonicalJSON($0)
            }
        }
        read("/v1/authority-joins", taking: list, in: &table) { asked in
            let after = try asked.cursor("authority-joins", IDText.account(_:))
            let found = try await gateway.authorityJoins(after: after, limit: asked.limit() + 1)
            return try Answer.list(found, asked, name: "authority-joins") {
                $0.account.description
            } json: {
                CanonicalJSON($0)
            }
        }
    }
}

extension DoubleVoteRecord.Position {
    /// `3/1`, as cursors have it.
    fileprivate init?(cursor text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let epoch = UInt64(decimal: parts[0]),
            let seat = UInt64(decimal: parts[1])
        else { return nil }
        self.init(epoch: Epoch(epoch), seat: seat)
    }
}
