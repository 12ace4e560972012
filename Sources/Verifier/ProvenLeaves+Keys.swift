import Primitives
import Wire

/// Roles of a key, as bits of its leaf.
enum KeyRole: UInt32 {
    case admin = 1
    case devices = 2
    case metering = 4
    case trading = 8

    var name: String {
        switch self {
        case .admin: "admin"
        case .devices: "devices"
        case .metering: "metering"
        case .trading: "trading"
        }
    }
}

extension ProvenEntry {
    /// What the action needs a key for; nil for actions that no proof has a use for.
    var role: KeyRole? {
        switch body.action {
        case .submitReads, .mint: .metering
        case .trade, .redeem, .retire: .trading
        case .registerAccount, .changeDelegation: .admin
        case .registerDevices, .updateDevice, .closeDevice, .handOverMeter: .devices
        case .commitProfile(let action): action.device == 0 ? .admin : .devices
        default: nil
        }
    }

    /// The roles that the entry gave a delegate, none where it ended the delegation; nil where it
    /// did neither.
    fileprivate func granted(from account: UInt64, to delegate: UInt64) -> UInt32? {
        let change: ProtoDelegationChanged? = only {
            if case .delegationChanged(let event) = $0 { event } else { nil }
        }
        guard let change, change.account == account, change.delegate == delegate else {
            return nil
        }
        switch body.action {
        case .changeDelegation(let action):
            let isSame = body.account == account && action.delegate == delegate
            return isSame && action.roles == change.roles ? change.roles : nil
        case .registerAccount(let action):
            let isSame = action.delegate == delegate && action.delegateRoles == change.roles
            return isSame ? change.roles : nil
        default: return nil
        }
    }
}

extension ProvenLeaves {
    /// Every signer's key was in force at the entry, and one of them may act for the entry's
    /// account: a key of the account itself, or one of a delegate of its.
    ///
    /// - Throws: ``ProofFailure`` of the step ``ProofStep/keys``.
    mutating func authorise(
        _ entry: ProvenEntry, among entries: [ProvenEntry]
    ) throws(ProofFailure) {
        guard let role = entry.role else {
            throw ProofFailure(.keys, "entry #\(entry.index) has an action of no use here")
        }
        // Who is registered signs the registration too.
        let registers = if case .registerAccount = entry.body.action { true } else { false }
        var isAuthorised = false
        for signer in entry.body.signers {
            guard let key = PublicKey(bytes: signer.publicKey),
                let leaf = try value(ProtoKeyValue.self, Key(key))
            else { throw ProofFailure(.keys, "entry #\(entry.index): no leaf of a signer's key") }
            let isNew = registers && leaf.addedAt == entry.index + 1
            guard covers(entry.index, leaf.addedAt, leaf.removedAt) || isNew else {
                throw ProofFailure(.keys, "entry #\(entry.index): \(key) was not in force")
            }
            let isOwn = leaf.account == entry.body.account
            let delegation =
                isOwn
                ? nil
                : try value(
                    ProtoDelegationValue.self,
                    Key(.delegation, entry.body.account, leaf.account))
            guard !isNew, leaf.roles & role.rawValue != 0 else { continue }
            if isOwn {
                isAuthorised = true
            } else if let delegation,
                permits(delegation, role, to: leaf.account, at: entry, among: entries)
            {
                isAuthorised = true
            }
        }
        guard isAuthorised else {
            throw ProofFailure(
                .keys,
                "entry #\(entry.index): no signer may act for A\(entry.body.account) (role "
                    + "\(role.name))")
        }
    }

    /// Whether a delegation let the delegate act at an entry. One that was granted anew since has
    /// forgotten what was before: the file then has the entry that granted it earlier.
    private mutating func permits(
        _ delegation: ProtoDelegationValue, _ role: KeyRole, to delegate: UInt64,
        at entry: ProvenEntry, among entries: [ProvenEntry]
    ) -> Bool {
        // Who may act for the account is its own to say.
        if case .changeDelegation = entry.body.action { return false }
        guard delegation.addedAt > entry.index else {
            return delegation.roles & role.rawValue != 0
                && covers(entry.index, delegation.addedAt, delegation.removedAt)
        }
        let account = entry.body.account
        let last = entries.last {
            $0.index < entry.index && $0.granted(from: account, to: delegate) != nil
        }
        guard let last, let roles = last.granted(from: account, to: delegate),
            roles & role.rawValue != 0
        else { return false }
        grants.insert(last.index)
        return true
    }

    /// Whether `[added, removed)` holds the entry; 0 stands for "from genesis" and "still".
    private func covers(_ index: UInt64, _ added: UInt64, _ removed: UInt64) -> Bool {
        added <= index && (removed == 0 || index < removed)
    }
}
