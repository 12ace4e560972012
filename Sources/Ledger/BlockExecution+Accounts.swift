import Foundation
import Primitives
import Wire

extension BlockExecution {
    mutating func registerAccount(
        _ action: ProtoRegisterAccount, sponsor: AccountID
    ) throws {
        let sponsorValue = try authorise(.admin, for: sponsor)
        guard sponsorValue.kind.maySponsor else {
            throw Refusal(.sponsorNotPermitted, "account")
        }
        guard action.kind.isRegistrable else { throw Refusal(.accountKindInvalid, "kind") }
        try checkText(
            action.legalName, limit: LedgerLimits.nameBytes, "legal_name",
            mayBeEmpty: action.kind.mayBeIndividual)
        _ = try country(action.country, "country")
        try checkCommitment(action.profileRoot, "profile_root")
        guard (1...LedgerLimits.keysPerAccount).contains(action.keys.count) else {
            throw Refusal(.countInvalid, "keys", limit: UInt64(LedgerLimits.keysPerAccount))
        }
        if !action.takeoverKey.isEmpty {
            _ = try newKey(action.takeoverKey, "takeover_key")
        }

        let id = AccountID(try take(\.nextAccount))
        var account = ProtoAccountValue()
        account.kind = action.kind
        account.legalName = action.legalName
        account.country = action.country
        // Kinds that others rely on wait for the initiative's approval, unless it sponsors them.
        account.status =
            action.kind.needsApproval && sponsor != .initiative ? .pending : .active
        account.sponsor = sponsor.rawValue
        account.registeredAt = indexAfter
        account.takeoverKey = action.takeoverKey
        account.profileRoot = action.profileRoot
        account.channel = transaction?.body.channel ?? .unspecified

        var registered = ProtoAccountRegistered()
        registered.account = id.rawValue
        registered.status = account.status
        record(.accountRegistered(registered))
        try addKeys(action.keys, to: &account, id: id, "keys")
        try checkAdminKey(of: account)
        if action.delegate != 0 {
            try setDelegation(
                AccountID(action.delegate), roles: action.delegateRoles, of: &account, id: id)
        } else if action.delegateRoles != 0 {
            throw Refusal(.delegateInvalid, "delegate")
        }
        set(account, for: .account(id))
    }

    mutating func changeKeys(_ action: ProtoChangeKeys, of id: AccountID) throws {
        var account = try authoriseOwnAdmin(of: id)
        guard (1...LedgerLimits.keysPerAccount).contains(action.add.count + action.remove.count)
        else { throw Refusal(.countInvalid, "add") }
        for (index, key) in action.remove.enumerated() {
            try removeKey(key, of: &account, id: id, "remove[\(index)]")
        }
        try addKeys(action.add, to: &account, id: id, "add")
        try checkAdminKey(of: account)
        set(account, for: .account(id))
    }

    mutating func changeDelegation(_ action: ProtoChangeDelegation, of id: AccountID) throws {
        var account = try authoriseOwnAdmin(of: id)
        let delegate = AccountID(action.delegate)
        if action.roles == 0 {
            try endDelegation(to: delegate, of: &account, id: id)
        } else {
            try setDelegation(delegate, roles: action.roles, of: &account, id: id)
        }
        set(account, for: .account(id))
    }

    mutating func takeOver(_ action: ProtoTakeOver, of id: AccountID) throws {
        var account = try requireActiveAccount(id, "account")
        guard let takeover = PublicKey(bytes: account.takeoverKey),
            transaction?.signers.contains(where: { $0.key == takeover }) == true
        else { throw Refusal(.takeoverKeyMissing, "signers") }
        takeoverKeyBytes = account.takeoverKey
        guard (1...LedgerLimits.keysPerAccount).contains(action.keys.count) else {
            throw Refusal(.countInvalid, "keys", limit: UInt64(LedgerLimits.keysPerAccount))
        }
        if !action.takeoverKey.isEmpty {
            let next = try newKey(action.takeoverKey, "takeover_key")
            // The same key again could be replayed: its nonce has no window.
            guard next != takeover else { throw Refusal(.keyInUse, "takeover_key") }
        }
        for key in account.keys {
            try removeKey(key, of: &account, id: id, "account")
        }
        for delegate in account.delegates {
            try endDelegation(to: AccountID(delegate), of: &account, id: id)
        }
        account.takeoverKey = action.takeoverKey
        try addKeys(action.keys, to: &account, id: id, "keys")
        try checkAdminKey(of: account)
        set(account, for: .account(id))
    }

    mutating func commitProfile(_ action: ProtoCommitProfile, of id: AccountID) throws {
        try checkCommitment(action.root, "root")
        if action.device == 0 {
            var account = try authorise(.admin, for: id)
            account.profileRoot = action.root
            set(account, for: .account(id))
        } else {
            try authorise(.devices, for: id)
            let device = DeviceID(action.device)
            var (effective, value) = try requireDevice(device, of: id, "device")
            value.details.profileRoot = action.root
            value.entry = nextIndex.rawValue
            set(value, for: .device(device, effective: effective))
        }
        var event = ProtoProfileCommitted()
        event.account = id.rawValue
        event.device = action.device
        event.root = action.root
        record(.profileCommitted(event))
    }

    // MARK: Governance of accounts

    mutating func approve(_ subject: AccountID, by id: AccountID) throws {
        try requireInitiative(id)
        try setStatus(.active, of: subject)
    }

    mutating func suspend(_ subject: AccountID, by id: AccountID) throws {
        try requireInitiative(id)
        guard subject != .initiative else { throw Refusal(.accountKindNotPermitted, "account") }
        try setStatus(.suspended, of: subject)
    }

    private mutating func setStatus(_ status: ProtoAccountStatus, of id: AccountID) throws {
        var account = try requireAccount(id, "account")
        guard account.status != status else {
            throw Refusal(.alreadySo, "account", "\(id) is \(status.name).")
        }
        account.status = status
        set(account, for: .account(id))
        var event = ProtoAccountStatusChanged()
        event.account = id.rawValue
        event.status = status
        record(.accountStatusChanged(event))
    }

    func requireInitiative(_ id: AccountID) throws {
        guard id == .initiative else {
            throw Refusal(.accountKindNotPermitted, "account", "Only the initiative, A1, may.")
        }
        try authorise(.admin, for: id)
    }

    // MARK: Delegation

    private mutating func setDelegation(
        _ delegate: AccountID, roles bits: UInt32, of account: inout ProtoAccountValue,
        id: AccountID
    ) throws {
        guard let roles = KeyRoles(checking: bits) else {
            throw Refusal(.delegateInvalid, "delegate_roles")
        }
        guard delegate != id, try state.account(delegate)?.status == .active else {
            throw Refusal(.delegateInvalid, "delegate")
        }
        if !account.delegates.contains(delegate.rawValue) {
            guard account.delegates.count < LedgerLimits.delegatesPerAccount else {
                throw Refusal(
                    .tooManyKeys, "delegate", limit: UInt64(LedgerLimits.delegatesPerAccount))
            }
            account.delegates.append(delegate.rawValue)
        }
        var value = ProtoDelegationValue()
        value.roles = roles.rawValue
        value.addedAt = indexAfter
        set(value, for: .delegation(from: id, to: delegate))
        recordDelegation(to: delegate, roles: roles.rawValue, of: id)
    }

    private mutating func endDelegation(
        to delegate: AccountID, of account: inout ProtoAccountValue, id: AccountID
    ) throws {
        let key = StateKey.delegation(from: id, to: delegate)
        guard let position = account.delegates.firstIndex(of: delegate.rawValue),
            var value = try state.message(ProtoDelegationValue.self, for: key)
        else { throw Refusal(.delegateInvalid, "delegate") }
        account.delegates.remove(at: position)
        value.removedAt = indexAfter
        set(value, for: key)
        recordDelegation(to: delegate, roles: 0, of: id)
    }

    private mutating func recordDelegation(
        to delegate: AccountID, roles: UInt32, of id: AccountID
    ) {
        var event = ProtoDelegationChanged()
        event.account = id.rawValue
        event.delegate = delegate.rawValue
        event.roles = roles
        record(.delegationChanged(event))
    }
}

extension ProtoAccountKind {
    /// Consortium members, who answer for those whom they bring in.
    var maySponsor: Bool {
        switch self {
        case .initiative, .authority, .aggregator, .intermediary, .auditor, .registry: true
        default: false
        }
    }

    /// Whether an account of the kind comes by registration; the initiative comes with genesis.
    var isRegistrable: Bool {
        switch self {
        case .unspecified, .initiative, .UNRECOGNIZED: false
        default: true
        }
    }

    /// A person may hold it, whose name stays off the chain.
    var mayBeIndividual: Bool {
        switch self {
        case .developer, .buyer, .onSiteGenerator: true
        default: false
        }
    }

    var needsApproval: Bool {
        switch self {
        case .authority, .aggregator, .auditor, .meteringOperator, .gridOperator, .registry: true
        default: false
        }
    }
}
