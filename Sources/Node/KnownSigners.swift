import Foundation
import Ledger
import Primitives
import Store
import Synchronization
import Wire

/// Whom a node listens to; remembers whose keys it has seen in the state, until keys change.
final class KnownSigners: Sendable {
    /// Keys that are remembered; beyond it all are looked up again.
    private static let limit = 10_000

    private struct State {
        var keys: Set<PublicKey> = []
        /// How often keys have changed.
        var changes = 0
    }

    private let state = Mutex(State())

    /// Whether one of the signers was seen in the state, and no key has changed since.
    func remembers(_ transaction: Transaction) -> Bool {
        state.withLock { state in transaction.signers.contains { state.keys.contains($0.key) } }
    }

    var changeCount: Int { state.withLock { $0.changes } }

    /// Remembers a transaction's first signer, which ``require(of:_:)`` has found.
    ///
    /// - Parameter count: ``changeCount`` before that.
    func remember(_ key: PublicKey, seenAt count: Int) {
        state.withLock { state in
            guard state.changes == count else { return }
            if state.keys.count >= KnownSigners.limit { state.keys.removeAll() }
            state.keys.insert(key)
        }
    }

    /// Transactions have become final: what changes keys may have removed some.
    func settle(_ transactions: [AppliedTransaction]) {
        let changesKeys = transactions.contains { applied in
            switch applied.transaction.body.action {
            case .changeKeys, .takeOver: true
            default: false
            }
        }
        guard changesKeys else { return }
        state.withLock { state in
            state.keys.removeAll()
            state.changes += 1
        }
    }

    /// Turns away what no member has signed, before its signatures cost anything: room in the inbox
    /// is for those whom the network knows.
    ///
    /// Keys that a transaction registers are unknown yet, and so is a takeover key; one signer that
    /// is known, or signs a transaction that waits, vouches for the others. The rules judge the
    /// rest.
    ///
    /// - Returns: the first signer whose key is in force; nil where a takeover key vouches.
    @discardableResult
    static func require(
        of transaction: Transaction, _ access: ChainAccess
    ) throws -> PublicKey? {
        var removed: Int?
        for (position, signer) in transaction.signers.enumerated() {
            guard let key = try access.message(ProtoKeyValue.self, for: .key(signer.key)) else {
                continue
            }
            if key.removedAt == 0 { return signer.key }
            removed = removed ?? position
        }
        if case .takeOver = transaction.body.action,
            let account = try access.account(AccountID(transaction.body.account)),
            transaction.signers.contains(where: { Data($0.key.bytes) == account.takeoverKey })
        {
            return nil
        }
        let position = removed ?? 0
        throw Refusal(
            removed == nil ? .unknownKey : .keyRemoved, "signers[\(position)].public_key",
            transaction.signers[position].key.hex)
    }
}
