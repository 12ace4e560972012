package import Primitives
package import Wire

/// A set of authorities, of the present epoch or a past one.
package struct AuthoritySetRecord: Sendable {
    package let set: AuthoritySet
    package let isPresent: Bool

    package init(set: AuthoritySet, isPresent: Bool) {
        self.set = set
        self.isPresent = isPresent
    }
}

/// What an account has shown by joining and what was not used yet.
package struct AuthorityJoinsRecord: Sendable {
    package let account: AccountID
    package let value: ProtoAuthorityJoinsValue

    package init(account: AccountID, value: ProtoAuthorityJoinsValue) {
        self.account = account
        self.value = value
    }
}

/// Two votes that prove that an authority signed twice.
package struct DoubleVoteRecord: Sendable {
    /// Where a record stands in the list of all of them.
    package struct Position: Hashable, Sendable {
        package let epoch: Epoch
        package let seat: UInt64

        package init(epoch: Epoch, seat: UInt64) {
            self.epoch = epoch
            self.seat = seat
        }
    }

    package let epoch: Epoch
    /// Index in the epoch's set.
    package let seat: UInt64
    /// The seat as it was in that epoch; nil where the state does not hold that set.
    package let authority: ProtoAuthorityValue?
    package let value: ProtoDoubleVoteValue

    package init(
        epoch: Epoch, seat: UInt64, authority: ProtoAuthorityValue?, value: ProtoDoubleVoteValue
    ) {
        self.epoch = epoch
        self.seat = seat
        self.authority = authority
        self.value = value
    }

    /// What the votes break; nil for a record that the rules did not make.
    package var fault: DoubleVote.Fault? { (try? DoubleVote(value.first, value.second))?.fault }
}
