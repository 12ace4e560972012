package import Primitives
package import Wire

/// A change of the set that votes, by the log index of the entry that proposed it.
package struct AuthorityChange: Equatable, Sendable {
    package let number: LogIndex
    package var value: ProtoAuthorityChangeValue

    package init(number: LogIndex, value: ProtoAuthorityChangeValue) {
        self.number = number
        self.value = value
    }

    /// The order in which changes take effect: by their time, then as they were proposed.
    package static func isEarlier(_ left: AuthorityChange, _ right: AuthorityChange) -> Bool {
        (left.value.effective, left.number) < (right.value.effective, right.number)
    }
}

extension StateReader {
    /// The latest set: of the present epoch, or of the next one after the boundary.
    package func authorities() throws -> AuthoritySet? {
        let leaf = try last(
            atOrBefore: .authorities(Epoch(.max)), downTo: .authorities(Epoch(0)))
        return try leaf.map {
            AuthoritySet(
                epoch: Epoch($0.key.word0),
                value: try decode(ProtoAuthoritySetValue.self, $0.value, $0.key))
        }
    }

    /// Changes that are neither in force nor withdrawn nor lapsed, as they were proposed.
    package func openAuthorityChanges() throws -> [AuthorityChange] {
        var changes: [AuthorityChange] = []
        var low = StateKey.openAuthorityChange(LogIndex(0))
        let high = StateKey.openAuthorityChange(LogIndex(.max))
        while let leaf = try first(atOrAfter: low, upTo: high) {
            changes.append(
                AuthorityChange(
                    number: LogIndex(leaf.key.word1),
                    value: try decode(ProtoAuthorityChangeValue.self, leaf.value, leaf.key)))
            guard leaf.key < high else { break }
            low = .openAuthorityChange(LogIndex(leaf.key.word1 + 1))
        }
        return changes
    }

    /// When blocks are wanted to bring an authority change about (C9): the time of the next one
    /// that is approved, 0 for one whose boundary is fixed; nil where there is none.
    package func authorityChangeDue() throws -> Timestamp? {
        try openAuthorityChanges().compactMap { change -> Timestamp? in
            switch change.value.status {
            case .approved: Timestamp(change.value.effective)
            case .fixed: Timestamp(0)
            default: nil
            }
        }.min()
    }

    /// What an account has shown by joining and what was not used yet.
    package func authorityJoins(of account: AccountID) throws -> ProtoAuthorityJoinsValue {
        try message(ProtoAuthorityJoinsValue.self, for: .authorityJoins(of: account))
            ?? ProtoAuthorityJoinsValue()
    }
}

extension StateKey {
    /// What waits, by the first word: 1 authority changes, 2 joins.
    package static func openAuthorityChange(_ number: LogIndex) -> StateKey {
        StateKey(.pending, 1, number.rawValue)
    }

    package static func authorityJoins(of account: AccountID) -> StateKey {
        StateKey(.pending, 2, account.rawValue)
    }

    package static func endedAuthorityChange(_ number: LogIndex) -> StateKey {
        StateKey(.authorityChange, number.rawValue)
    }
}
