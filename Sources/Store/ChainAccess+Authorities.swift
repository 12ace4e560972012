package import Ledger
package import Primitives
import Wire

/// Queries about who votes, who voted and who will.
extension ChainAccess {
    /// Sets of authorities by epoch, the latest first.
    package func authoritySets(before: Epoch?, limit: Int) throws -> [AuthoritySetRecord] {
        if before?.rawValue == 0 { return [] }
        let present = try authorities()?.epoch
        return try leaves(
            from: .authorities(Epoch(0)),
            upTo: .authorities(Epoch(before.map { $0.rawValue - 1 } ?? .max)), limit: limit,
            descending: true
        ).map { leaf in
            let epoch = Epoch(leaf.key.word0)
            return AuthoritySetRecord(
                set: AuthoritySet(
                    epoch: epoch,
                    value: try decode(ProtoAuthoritySetValue.self, leaf.value, leaf.key)),
                isPresent: epoch == present)
        }
    }

    package func authorityChange(_ number: LogIndex) throws -> AuthorityChange? {
        for key in [StateKey.openAuthorityChange(number), .endedAuthorityChange(number)] {
            if let value = try message(ProtoAuthorityChangeValue.self, for: key) {
                return AuthorityChange(number: number, value: value)
            }
        }
        return nil
    }

    /// Authority changes, open ones and those that are over, the newest proposal first.
    package func authorityChanges(before: LogIndex?, limit: Int) throws -> [AuthorityChange] {
        if before?.rawValue == 0 { return [] }
        let last = LogIndex(before.map { $0.rawValue - 1 } ?? .max)
        let open = try leaves(
            from: .openAuthorityChange(LogIndex(0)), upTo: .openAuthorityChange(last),
            limit: limit, descending: true)
        let ended = try leaves(
            from: .endedAuthorityChange(LogIndex(0)), upTo: .endedAuthorityChange(last),
            limit: limit, descending: true)
        let changes = try (open + ended).map { leaf in
            AuthorityChange(
                number: LogIndex(leaf.key.words.last ?? 0),
                value: try decode(ProtoAuthorityChangeValue.self, leaf.value, leaf.key))
        }
        return Array(changes.sorted { $0.number > $1.number }.prefix(limit))
    }

    /// Keys that were shown and not used yet, by account.
    package func authorityJoins(after: AccountID?, limit: Int) throws -> [AuthorityJoinsRecord] {
        guard after?.rawValue != .max else { return [] }
        return try leaves(
            from: .authorityJoins(of: AccountID(after.map { $0.rawValue + 1 } ?? 0)),
            upTo: .authorityJoins(of: AccountID(.max)), limit: limit
        ).map { leaf in
            AuthorityJoinsRecord(
                account: AccountID(leaf.key.word1),
                value: try decode(ProtoAuthorityJoinsValue.self, leaf.value, leaf.key))
        }
    }
}
