import Foundation
import GRDB
import Ledger
package import Primitives
import Wire

/// Whose an off-chain profile is. Roots are public, so that anybody can commit to another's: the
/// first account that did is the owner, and the only one that is kept.
extension ChainAccess {
    private static let roles: KeyRoles = [.admin, .devices]

    /// Whether a key may order a profile to be erased: an admin or devices key of the owner.
    package func commits(to root: Digest, key: PublicKey) throws -> Bool {
        guard let holder = try holder(of: key) else { return false }
        return try owner(ofProfile: root) == holder.account
    }

    /// Whether a key may see a profile: an admin or devices key of the owner, of an account that
    /// acts for the owner in one of those roles, or of the initiative.
    package func mayRead(profile root: Digest, key: PublicKey) throws -> Bool {
        guard let holder = try holder(of: key), let owner = try owner(ofProfile: root) else {
            return false
        }
        if holder.account == owner { return true }
        guard try account(holder.account)?.status == .active else { return false }
        if holder.account == .initiative { return true }
        guard
            let delegation = try message(
                ProtoDelegationValue.self, for: .delegation(from: owner, to: holder.account)),
            delegation.removedAt == 0
        else { return false }
        return !holder.roles.isDisjoint(with: KeyRoles(rawValue: delegation.roles))
    }

    /// Whether anybody has ever committed to a profile.
    package func isCommitted(_ root: Digest) throws -> Bool { try owner(ofProfile: root) != nil }

    /// The account of a key that is valid and has one of the roles that profiles need.
    private func holder(of key: PublicKey) throws -> (account: AccountID, roles: KeyRoles)? {
        guard let value = try message(ProtoKeyValue.self, for: .key(key)), value.removedAt == 0
        else { return nil }
        let roles = KeyRoles(rawValue: value.roles).intersection(ChainAccess.roles)
        return roles.isEmpty ? nil : (AccountID(value.account), roles)
    }

    private func owner(ofProfile root: Digest) throws -> AccountID? {
        try Int64.fetchOne(
            db, sql: "SELECT account FROM profile_root WHERE root = ?",
            arguments: [Data(root.bytes)]
        ).map { AccountID(unsigned($0)) }
    }
}
