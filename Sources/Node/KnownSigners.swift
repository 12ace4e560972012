import Foundation
import Ledger
import Primitives
import Store
import Wire

/// Whom a node listens to.
enum KnownSigners {
    /// Turns away what no member has signed, before its signatures cost anything: room in the inbox
    /// is for those whom the network knows.
    ///
    /// Keys that a transaction registers are unknown yet, and so is a takeover key; one signer that
    /// is known, or signs a transaction that waits, vouches for the others. The rules judge the
    /// rest.
    static func require(
        of transaction: Transaction, _ access: ChainAccess
    ) throws {
        var removed: Int?
        for (position, signer) in transaction.signers.enumerated() {
            guard let key = try access.message(ProtoKeyValue.self, for: .key(signer.key)) else {
                continue
            }
            if key.removedAt == 0 { return }
            removed = removed ?? position
        }
        if case .takeOver = transaction.body.action,
            let account = try access.account(AccountID(transaction.body.account)),
            transaction.signers.contains(where: { Data($0.key.bytes) == account.takeoverKey })
        {
            return
        }
        let position = removed ?? 0
        throw Refusal(
            removed == nil ? .unknownKey : .keyRemoved, "signers[\(position)].public_key",
            transaction.signers[position].key.hex)
    }
}
