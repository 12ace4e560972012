import Ledger
import Primitives
import Verifier
import Wire

extension ChainAccess {
    /// How many entries of an account are looked through for an earlier grant.
    private static let grantDistance = 10_000
    private static let grantPage = 200

    /// The signers' keys, and the delegations by which they act for others.
    func collectKeys(_ draft: inout ProofDraft) throws {
        var pending = draft.entries.keys.sorted()
        while let index = pending.popLast() {
            guard let entry = draft.entries[index] else { continue }
            for signer in entry.body.signers {
                guard let key = PublicKey(bytes: signer.publicKey),
                    let value = try message(ProtoKeyValue.self, for: .key(key))
                else { continue }
                try addLeaf(.key(key), &draft)
                let (account, holder) = (AccountID(entry.body.account), AccountID(value.account))
                let place = StateKey.delegation(from: account, to: holder)
                guard account != holder,
                    let delegation = try message(ProtoDelegationValue.self, for: place)
                else { continue }
                try addLeaf(place, &draft)
                // Granted anew since: the leaf has forgotten what was before.
                guard delegation.addedAt > index.rawValue,
                    let grant = try lastGrant(from: account, to: holder, before: index),
                    draft.entries[grant] == nil
                else { continue }
                try addEntry(grant, &draft)
                pending.append(grant)
            }
        }
    }

    /// The last entry before another that changed a delegation.
    private func lastGrant(
        from account: AccountID, to delegate: AccountID, before index: LogIndex
    ) throws -> LogIndex? {
        var before = index
        for _ in 0..<ChainAccess.grantDistance / ChainAccess.grantPage {
            let page = try transactions(
                of: account, before: before, limit: ChainAccess.grantPage)
            for transaction in page {
                let isGrant = transaction.receipt.events.contains { event in
                    guard case .delegationChanged(let change)? = event.event else { return false }
                    return change.account == account.rawValue
                        && change.delegate == delegate.rawValue
                }
                if isGrant { return transaction.index }
            }
            guard let last = page.last else { return nil }
            before = last.index
        }
        throw ProofUnavailableError.tooLarge
    }
}
