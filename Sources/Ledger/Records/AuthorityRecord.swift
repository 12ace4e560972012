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
