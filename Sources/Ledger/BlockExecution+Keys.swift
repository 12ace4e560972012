import Foundation
import Primitives
import Wire

/// Roles of a key, as bits.
package struct KeyRoles: OptionSet, Hashable, Sendable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }

    /// The account itself: keys, delegation, sponsoring, governance.
    package static let admin = KeyRoles(rawValue: 1)
    /// Registering and updating devices.
    package static let devices = KeyRoles(rawValue: 2)
    /// Submitting reads and minting.
    package static let metering = KeyRoles(rawValue: 4)
    /// Trading, redeeming, retiring.
    package static let trading = KeyRoles(rawValue: 8)
    /// Attesting evidence.
    package static let attesting = KeyRoles(rawValue: 16)
    package static let all = KeyRoles(rawValue: 31)

    /// The roles' names in the order of their bits.
    package var names: [String] {
        [
            (KeyRoles.admin, "admin"), (.devices, "devices"), (.metering, "metering"),
            (.trading, "trading"), (.attesting, "attesting"),
        ].filter { contains($0.0) }.map(\.1)
    }

    /// Nil unless the bits are known and at least one is set.
    package init?(checking bits: UInt32) {
        guard bits != 0, bits & ~KeyRoles.all.rawValue == 0 else { return nil }
        self.init(rawValue: bits)
    }
}

extension BlockExecution {
    /// Whether some signer may act for the account in a role: a key of its own, or one of a
    /// delegate's within the delegation's roles.
    @discardableResult
    func authorise(_ role: KeyRoles, for id: AccountID) throws -> ProtoAccountValue {
        let account = try requireActiveAccount(id, "account")
        for signer in transaction?.signers ?? [] where !newKeys.contains(signer.key) {
            guard let key = try state.keyValue(signer.key),
                key.removedAt == 0, KeyRoles(rawValue: key.roles).contains(role)
            else { continue }
            let holder = AccountID(key.account)
            if holder == id { return account }
            guard account.delegates.contains(holder.rawValue),
                let delegation = try state.message(
                    ProtoDelegationValue.self, for: .delegation(from: id, to: holder)),
                delegation.removedAt == 0, KeyRoles(rawValue: delegation.roles).contains(role),
                try state.account(holder)?.status == .active
            else { continue }
            return account
        }
        throw Refusal(
            .notAuthorised, "signers",
            "\(id) needs a signature with the role \(role.names.joined(separator: ", ")).")
    }

    /// As ``authorise(_:for:)``, but only by a key of the account itself.
    func authoriseOwnAdmin(of id: AccountID) throws -> ProtoAccountValue {
        let account = try requireActiveAccount(id, "account")
        for signer in transaction?.signers ?? [] where !newKeys.contains(signer.key) {
            guard let key = try state.keyValue(signer.key),
                key.account == id.rawValue, key.removedAt == 0,
                KeyRoles(rawValue: key.roles).contains(.admin)
            else { continue }
            return account
        }
        throw Refusal(.notAuthorised, "signers", "\(id) needs the signature of its own admin key.")
    }

    /// Marks every signer's nonce as used; the last step, so that new keys have a record by then.
    mutating func spendNonces(of transaction: Transaction) throws {
        for (index, signer) in transaction.signers.enumerated() {
            let field = "signers[\(index)]"
            guard var key = try state.keyValue(signer.key) else {
                if isTakeoverKey(signer.key) || shownKeys.contains(signer.key) { continue }
                throw Refusal(.unknownKey, "\(field).public_key", signer.key.hex)
            }
            guard key.removedAt == 0 || key.removedAt == indexAfter else {
                throw Refusal(.keyRemoved, "\(field).public_key", signer.key.hex)
            }
            var window = ReplayWindow(highest: key.highestNonce, bitmap: key.window)
            do {
                try window.use(signer.nonce)
            } catch {
                throw error.within(field)
            }
            key.highestNonce = window.highest
            key.window = window.bitmap
            state.set(key, of: signer.key)
        }
    }

    /// A takeover key has no record of its own: it is used once, because the takeover replaces it.
    private func isTakeoverKey(_ key: PublicKey) -> Bool {
        guard case .takeOver = transaction?.body.action else { return false }
        return takeoverKeyBytes == Data(key.bytes)
    }

    /// Registers keys for an account; each must be new to the network and among the signers.
    mutating func addKeys(
        _ grants: [ProtoKeyGrant], to account: inout ProtoAccountValue, id: AccountID,
        _ field: String
    ) throws {
        for (index, grant) in grants.enumerated() {
            let path = "\(field)[\(index)]"
            guard let roles = KeyRoles(checking: grant.roles) else {
                throw Refusal(.rolesInvalid, "\(path).roles")
            }
            let key = try newKey(grant.publicKey, "\(path).public_key")
            guard transaction?.signers.contains(where: { $0.key == key }) == true else {
                throw Refusal(.newKeyMustSign, "\(path).public_key")
            }
            guard try state.value(for: .key(key)) == nil else {
                throw Refusal(.keyInUse, "\(path).public_key")
            }
            guard account.keys.count < LedgerLimits.keysPerAccount else {
                throw Refusal(.tooManyKeys, path, limit: UInt64(LedgerLimits.keysPerAccount))
            }
            var value = ProtoKeyValue()
            value.account = id.rawValue
            value.roles = roles.rawValue
            value.addedAt = indexAfter
            state.set(value, of: key)
            newKeys.insert(key)
            account.keys.append(grant.publicKey)
            var event = ProtoKeyChanged()
            event.account = id.rawValue
            event.publicKey = grant.publicKey
            event.roles = roles.rawValue
            record(.keyChanged(event))
        }
    }

    /// Ends a key of an account.
    mutating func removeKey(
        _ bytes: Data, of account: inout ProtoAccountValue, id: AccountID, _ field: String
    ) throws {
        guard let key = PublicKey(bytes: bytes), let position = account.keys.firstIndex(of: bytes),
            var value = try state.keyValue(key)
        else { throw Refusal(.unknownKey, field) }
        value.removedAt = indexAfter
        state.set(value, of: key)
        account.keys.remove(at: position)
        var event = ProtoKeyChanged()
        event.account = id.rawValue
        event.publicKey = bytes
        record(.keyChanged(event))
    }

    /// An account without an admin key could never be changed again.
    func checkAdminKey(of account: ProtoAccountValue) throws {
        for bytes in account.keys {
            guard let key = PublicKey(bytes: bytes),
                let value = try state.keyValue(key)
            else { continue }
            if KeyRoles(rawValue: value.roles).contains(.admin) { return }
        }
        throw Refusal(.adminKeyMissing, "keys")
    }

    func newKey(_ bytes: Data, _ field: String) throws -> PublicKey {
        guard let key = PublicKey(bytes: bytes), key.isInPrimeOrderSubgroup else {
            throw Refusal(.keyInvalid, field)
        }
        return key
    }
}
