import Gateway
import Ledger
import Primitives

extension PublicRoutes {
    /// Who votes, who voted and who will.
    func addAuthorities(to table: inout RouteTable) {
        list("/v1/authorities", of: "AuthoritySet", in: &table) { _ in
            ListSource.oneFurther("authorities", at: IDText.epoch(_:)) {
                before, limit in
                try await gateway.authoritySets(before: before, limit: limit)
            } position: {
                String($0.set.epoch.rawValue)
            } json: {
                CanonicalJSON($0)
            }
        }
        list("/v1/authority-changes", of: "AuthorityChange", in: &table) { _ in
            ListSource.oneFurther("authority-changes", at: IDText.entry(_:)) { before, limit in
                try await gateway.authorityChanges(before: before, limit: limit)
            } position: {
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
        list("/v1/double-votes", of: "DoubleVote", in: &table) { _ in
            ListSource.oneFurther("double-votes", at: IDText.doubleVote(_:)) {
                before, limit in
                try await gateway.doubleVotes(before: before, limit: limit)
            } position: {
                "\($0.epoch.rawValue)/\($0.seat)"
            } json: {
                CanonicalJSON($0)
            }
        }
        list("/v1/authority-joins", of: "AuthorityJoins", in: &table) { _ in
            ListSource.oneFurther("authority-joins", at: IDText.account(_:)) { after, limit in
                try await gateway.authorityJoins(after: after, limit: limit)
            } position: {
                $0.account.description
            } json: {
                CanonicalJSON($0)
            }
        }
    }
}

extension IDText {
    fileprivate static func epoch(_ text: String) -> Epoch? {
        UInt64(decimal: text).map { Epoch($0) }
    }

    /// `3/1`, as cursors have it.
    fileprivate static func doubleVote(_ text: String) -> DoubleVoteRecord.Position? {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let epoch = UInt64(decimal: parts[0]),
            let seat = UInt64(decimal: parts[1])
        else { return nil }
        return DoubleVoteRecord.Position(epoch: Epoch(epoch), seat: seat)
    }
}
