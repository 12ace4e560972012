import Foundation
import Primitives
import Wire

/// Governance of the set that votes: what members and the initiative sign.
extension BlockExecution {
    mutating func proposeAuthorityChange(
        _ action: ProtoProposeAuthorityChange, by id: AccountID
    ) throws {
        try requireInitiative(id)
        let open = try state.openAuthorityChanges()
        guard open.count < LedgerLimits.openAuthorityChanges else {
            throw Refusal(
                .tooManyChanges, "changes", limit: UInt64(LedgerLimits.openAuthorityChanges))
        }
        var value = ProtoAuthorityChangeValue()
        value.effective = try effectiveTime(action.effective)
        value.changes = action.changes
        value.status = .proposed
        // The set that the change will meet, if those before it come to be.
        var expected = try presentAuthorities()
        for change in open.sorted(by: AuthorityChange.isEarlier)
        where change.value.effective <= value.effective {
            if let next = try? expected.changed(by: change.value.changes) { expected = next }
        }
        _ = try expected.changed(by: action.changes)
        for (index, change) in action.changes.enumerated() where change.hasTo {
            try requireShown(change.to, "changes[\(index)].to")
        }
        let number = nextIndex
        set(value, for: .openAuthorityChange(number))
        recordMove(of: AuthorityChange(number: number, value: value), try presentAuthorities())
    }

    mutating func approveAuthorityChange(_ number: LogIndex, by id: AccountID) throws {
        _ = try authoriseOwnAdmin(of: id)
        let present = try presentAuthorities()
        guard present.seatCount(of: [id.rawValue]) > 0 else {
            throw Refusal(.notAnAuthority, "account", "\(id) has none.")
        }
        var change = try requireOpenChange(number)
        guard !change.value.approvals.contains(id.rawValue) else {
            throw Refusal(.alreadyApproved, "account")
        }
        change.value.approvals.append(id.rawValue)
        change.value.countApprovals(in: present)
        set(change.value, for: .openAuthorityChange(number))
        recordMove(of: change, present)
    }

    mutating func withdrawAuthorityChange(_ number: LogIndex, by id: AccountID) throws {
        try requireInitiative(id)
        var change = try requireOpenChange(number)
        change.value.status = .withdrawn
        close(change)
        recordMove(of: change, try presentAuthorities())
    }

    /// An account shows that it holds an authority's keys, which sign too, and says how far its
    /// node has come.
    ///
    /// The state knows no hashes of blocks: that the named one is right is for those to check who
    /// approve the change.
    mutating func joinAuthorities(_ action: ProtoJoinAuthorities, by id: AccountID) throws {
        let account = try authoriseOwnAdmin(of: id)
        guard account.kind.mayHoldSeats else { throw Refusal(.accountKindNotPermitted, "account") }
        try checkText(action.name, limit: LedgerLimits.authorityNameBytes, "name")
        var seat = ProtoAuthorityValue()
        seat.account = id.rawValue
        seat.name = action.name
        seat.voteKey = action.voteKey
        seat.tlsKey = action.tlsKey
        seat.logKey = action.logKey
        try showKeys(of: seat)
        let (behind, isAhead) = context.height.rawValue.subtractingReportingOverflow(
            action.height)
        guard !isAhead, (1...LedgerLimits.caughtUpBlocks).contains(behind) else {
            throw Refusal(
                .notCaughtUp, "height", "The chain is at \(context.height.rawValue - 1).",
                limit: LedgerLimits.caughtUpBlocks)
        }
        guard action.blockHash.count == Digest.byteCount else {
            throw Refusal(.notCaughtUp, "block_hash")
        }
        var join = ProtoAuthorityJoin()
        join.seat = seat
        join.height = action.height
        join.blockHash = action.blockHash
        join.entry = nextIndex.rawValue
        join.time = context.time.rawValue
        var joins = try state.authorityJoins(of: id)
        joins.joins.removeAll { $0.seat.isNamed(seat.name) || !isFresh($0) }
        guard joins.joins.count < LedgerLimits.joinsPerAccount else {
            throw Refusal(.countInvalid, "name", limit: UInt64(LedgerLimits.joinsPerAccount))
        }
        joins.joins.append(join)
        set(joins, for: .authorityJoins(of: id))
        var event = ProtoAuthorityJoined()
        event.account = id.rawValue
        event.name = action.name
        record(.authorityJoined(event))
    }

    // MARK: Parts

    /// Each key is good, signs, and is no account's key nor another seat's.
    private mutating func showKeys(of seat: ProtoAuthorityValue) throws {
        let present = try presentAuthorities()
        let others = present.members.filter {
            $0.account != seat.account || !$0.isNamed(seat.name)
        }
        var seen: Set<PublicKey> = []
        for (field, bytes) in zip(["vote_key", "tls_key", "log_key"], seat.keys) {
            let key = try newKey(bytes, field)
            guard seen.insert(key).inserted, try state.value(for: .key(key)) == nil,
                !others.contains(where: { $0.keys.contains(bytes) })
            else { throw Refusal(.keyInUse, field) }
            guard transaction?.signers.contains(where: { $0.key == key }) == true else {
                throw Refusal(.newKeyMustSign, field)
            }
            shownKeys.insert(key)
        }
    }

    private func requireShown(_ seat: ProtoAuthorityValue, _ field: String) throws {
        let id = AccountID(seat.account)
        _ = try requireActiveAccount(id, "\(field).account")
        guard
            try state.authorityJoins(of: id).joins.contains(where: {
                $0.seat == seat && isFresh($0)
            })
        else { throw Refusal(.notShown, field) }
    }

    private func isFresh(_ join: ProtoAuthorityJoin) -> Bool {
        join.time &+ LedgerLimits.joinSeconds >= context.time.rawValue
    }

    private func requireOpenChange(_ number: LogIndex) throws -> AuthorityChange {
        let key = StateKey.openAuthorityChange(number)
        guard let value = try state.message(ProtoAuthorityChangeValue.self, for: key) else {
            throw Refusal(.authorityChangeUnknown, "change")
        }
        guard value.status != .fixed else {
            throw Refusal(.changeFixed, "change", "The epoch ends with block \(value.boundary).")
        }
        return AuthorityChange(number: number, value: value)
    }

    /// The set of the block's epoch: the next one comes into the state after its transactions.
    func presentAuthorities() throws -> AuthoritySet {
        guard let set = try state.authorities() else {
            throw CorruptStateError(key: .authorities(Epoch(0)))
        }
        return set
    }

    /// Moves a change that is over to those of the past.
    mutating func close(_ change: AuthorityChange) {
        state.set(nil, for: .openAuthorityChange(change.number))
        set(change.value, for: .endedAuthorityChange(change.number))
    }

    private mutating func recordMove(of change: AuthorityChange, _ present: AuthoritySet) {
        var event = ProtoAuthorityChangeMoved()
        event.change = change.number.rawValue
        event.status = change.value.status
        event.effective = change.value.effective
        event.approvals = UInt32(present.seatCount(of: change.value.approvals))
        event.quorum = UInt32(present.quorum)
        record(.authorityChangeMoved(event))
    }
}

extension ProtoAuthorityChangeValue {
    /// Approved is what a quorum of the seats has approved, and stays so whoever holds them later.
    mutating func countApprovals(in set: AuthoritySet) {
        if status == .proposed, set.seatCount(of: approvals) >= set.quorum { status = .approved }
    }
}

extension ProtoAuthorityValue {
    /// The vote, TLS and log key.
    var keys: [Data] { [voteKey, tlsKey, logKey] }
}

extension ProtoAccountKind {
    /// Whether an account of the kind may hold a seat.
    var mayHoldSeats: Bool { self == .initiative || self == .authority }
}
