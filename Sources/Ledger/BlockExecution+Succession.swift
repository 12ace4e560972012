package import Primitives
import Wire

/// How a change of authorities takes effect: at the end of blocks, without a transaction.
extension BlockExecution {
    /// Ends the block, after its transactions.
    ///
    /// In the first block whose parent's time is past a change's, the boundary is fixed: the block
    /// two heights later. At the boundary's end the next epoch's set is in the state. One change
    /// at a time; the next one is looked at in the next epoch.
    ///
    /// - Parameters:
    ///   - parentTime: of the block's parent.
    ///   - losesQueue: a bug for tests: what waits behind a change is lost with it.
    /// - Throws: what the state's reader throws.
    package mutating func end(parentTime: Timestamp, losesQueue: Bool = false) throws {
        let open = try state.openAuthorityChanges()
        guard !open.isEmpty else { return }
        let present = try presentAuthorities()
        if let change = open.first(where: { $0.value.status == .fixed }) {
            guard change.value.boundary <= context.height.rawValue else { return }
            try bringAbout(change, present)
            if losesQueue {
                for other in open { state.set(nil, for: .openAuthorityChange(other.number)) }
            }
        } else {
            try fixBoundary(
                of: open.filter {
                    $0.value.status == .approved && $0.value.effective <= parentTime.rawValue
                }, present)
        }
        state.forgetJournal()
    }

    /// Fixes the boundary of the first change that fits the set; those before it lapse.
    private mutating func fixBoundary(
        of due: [AuthorityChange], _ present: AuthoritySet
    ) throws {
        for var change in due.sorted(by: AuthorityChange.isEarlier) {
            if let reason = try misfit(of: change, present) {
                lapse(&change, reason)
                continue
            }
            change.value.status = .fixed
            change.value.boundary = context.height.rawValue + LedgerLimits.boundaryDistance
            set(change.value, for: .openAuthorityChange(change.number))
            return
        }
    }

    /// Writes the next set, and what follows from it for the changes that wait.
    private mutating func bringAbout(_ change: AuthorityChange, _ present: AuthoritySet) throws {
        var change = change
        let next: AuthoritySet
        do {
            next = try present.changed(by: change.value.changes)
        } catch {
            return lapse(&change, error)
        }
        var value = ProtoAuthoritySetValue()
        value.authorities = next.members
        set(value, for: .authorities(next.epoch))
        change.value.status = .inForce
        change.value.epoch = next.epoch.rawValue
        close(change)
        for seat in change.value.changes where seat.hasTo { try useJoin(of: seat.to) }
        // Fewer approvals may be enough now; what is approved stays so.
        for var other in try state.openAuthorityChanges() where other.value.status == .proposed {
            other.value.countApprovals(in: next)
            set(other.value, for: .openAuthorityChange(other.number))
        }
    }

    private func misfit(of change: AuthorityChange, _ present: AuthoritySet) throws -> Refusal? {
        do {
            _ = try present.changed(by: change.value.changes)
            for seat in change.value.changes where seat.hasTo {
                _ = try requireActiveAccount(AccountID(seat.to.account), "changes")
            }
            return nil
        } catch let refusal as Refusal {
            return refusal
        }
    }

    private mutating func lapse(_ change: inout AuthorityChange, _ reason: Refusal) {
        change.value.status = .lapsed
        change.value.refusal = UInt32(reason.code.rawValue)
        change.value.boundary = 0
        close(change)
    }

    private mutating func useJoin(of seat: ProtoAuthorityValue) throws {
        let account = AccountID(seat.account)
        var joins = try state.authorityJoins(of: account)
        joins.joins.removeAll { $0.seat == seat }
        if joins.joins.isEmpty {
            state.set(nil, for: .authorityJoins(of: account))
        } else {
            set(joins, for: .authorityJoins(of: account))
        }
    }
}
