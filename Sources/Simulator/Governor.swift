import Foundation
import Ledger
import Primitives
import Replica
import SwiftProtobuf
import Wire

/// Brings changes of the authorities about as their owners do: keys are shown, the initiative
/// proposes, the accounts with seats approve, each by a transaction, and each step follows on what
/// is final at a node that is asked.
///
/// The next change is begun once the last one is approved; so several may wait for their time.
struct Governor {
    /// A seat as it is meant to be.
    private struct Seat {
        var name: String
        var account: UInt64
        /// Whose keys.
        var member: Int
        /// Of the log key.
        var generation = 0
    }

    private enum Stage {
        case waiting
        case showing(id: Digest, bytes: Data)
        /// All that were handed in, where the first came too late for its time; the last is sent.
        case proposing(ids: [Digest], bytes: Data)
        case approving(LogIndex)
    }

    /// What a node shows its clients.
    struct View {
        let state: any StateReader
        let head: ChainHead
        let place: (Digest) -> TransactionPlace?
        /// Milliseconds of the run.
        let now: UInt64
    }

    private let plans: [ChangePlan]
    private let founders: Int
    private var pen: Pen
    private var seats: [Seat]
    private var stage = Stage.waiting
    /// By change and account.
    private var approvals: [String: Data] = [:]
    private(set) var approvedCount = 0
    /// Why it cannot go on.
    private(set) var failure: String?

    init(_ scenario: Scenario, network: Digest) {
        plans = scenario.changes
        founders = scenario.members
        pen = Pen(network: network)
        seats = (0..<scenario.members).map { member in
            Seat(
                name: "member \(member)",
                account: scenario.membersHaveAccounts ? UInt64(member) + 1 : 1, member: member)
        }
    }

    var isDone: Bool { approvedCount == plans.count || failure != nil }

    /// What is handed in now, new or again.
    mutating func nextTransactions(_ view: View) throws -> [Data] {
        guard !isDone else { return [] }
        let plan = plans[approvedCount]
        switch stage {
        case .waiting:
            guard view.now >= plan.time else { return [] }
            return begin(plan, view)
        case .showing(let id, let bytes):
            return view.place(id) == nil ? [bytes] : propose(plan, view)
        case .proposing(let ids, let bytes):
            if let place = ids.compactMap(view.place).first {
                stage = .approving(place.index)
                return try approve(place.index, view)
            }
            // Its time is past: most likely no block can take it any more.
            let isLate = plan.effective.map { $0 + 5_000 < view.now } ?? false
            return isLate && ids.count == 1 ? propose(plan, view, after: ids) : [bytes]
        case .approving(let number): return try approve(number, view)
        }
    }

    private mutating func begin(_ plan: ChangePlan, _ view: View) -> [Data] {
        guard let seat = newSeat(plan.kind) else { return propose(plan, view) }
        let value = authority(seat)
        var join = ProtoJoinAuthorities()
        join.name = value.name
        join.voteKey = value.voteKey
        join.tlsKey = value.tlsKey
        join.logKey = value.logKey
        join.height = view.head.height.rawValue
        join.blockHash = Data(view.head.hash.bytes)
        let bytes = pen.sign(
            .joinAuthorities(join), as: seat.account,
            by: [accountKey(seat.account)] + keyNames(seat))
        guard let id = id(of: bytes) else { return [] }
        stage = .showing(id: id, bytes: bytes)
        return [bytes]
    }

    private mutating func propose(
        _ plan: ChangePlan, _ view: View, after earlier: [Digest] = []
    ) -> [Data] {
        var action = ProtoProposeAuthorityChange()
        action.changes = [seatChange(plan.kind)]
        if let effective = plan.effective, effective > view.now {
            action.effective = (World.beginning + effective) / 1_000
        }
        let bytes = pen.sign(.proposeAuthorityChange(action), as: 1, by: [World.governor])
        guard let id = id(of: bytes) else { return [] }
        stage = .proposing(ids: earlier + [id], bytes: bytes)
        return [bytes]
    }

    /// Every account with a seat that has not approved does so, again and again until it is seen.
    private mutating func approve(_ number: LogIndex, _ view: View) throws -> [Data] {
        let change = try view.state.message(
            ProtoAuthorityChangeValue.self, for: .openAuthorityChange(number))
        guard let change else {
            let ended = try view.state.message(
                ProtoAuthorityChangeValue.self, for: .endedAuthorityChange(number))
            guard let ended else { return [] }
            if ended.status == .inForce {
                finishPlan()
            } else {
                failure = "change \(approvedCount + 1) lapsed by refusal \(ended.refusal)"
            }
            return []
        }
        guard change.status == .proposed else {
            finishPlan()
            return []
        }
        let present = try view.state.authorities()?.members ?? []
        return Set(present.map(\.account)).subtracting(change.approvals).sorted().map {
            approval(of: number, by: $0)
        }
    }

    private mutating func approval(of number: LogIndex, by account: UInt64) -> Data {
        let name = "\(number) \(account)"
        if let known = approvals[name] { return known }
        let bytes = pen.sign(
            .approveAuthorityChange(.with { $0.change = number.rawValue }), as: account,
            by: [accountKey(account)])
        approvals[name] = bytes
        return bytes
    }

    private mutating func finishPlan() {
        let plan = plans[approvedCount]
        let seat = newSeat(plan.kind)
        switch plan.kind {
        case .add: seats += [seat].compactMap(\.self)
        case .remove(let member): seats.removeAll { $0.member == member }
        case .replace(let member, _), .rotateVoteKey(let member, _), .rotateLogKey(let member):
            if let place = seats.firstIndex(where: { $0.member == member }), let seat {
                seats[place] = seat
            }
        }
        approvedCount += 1
        stage = .waiting
    }

    // MARK: Seats

    /// The seat that a change makes or leaves otherwise than it was.
    private func newSeat(_ kind: ChangePlan.Kind) -> Seat? {
        switch kind {
        case .remove: return nil
        case .add(let member), .replace(_, let member):
            return Seat(name: "member \(member)", account: 1, member: member)
        case .rotateVoteKey(let member, let other):
            var seat = seats.first { $0.member == member }
            seat?.member = other
            return seat
        case .rotateLogKey(let member):
            var seat = seats.first { $0.member == member }
            seat?.generation += 1
            return seat
        }
    }

    private func seatChange(_ kind: ChangePlan.Kind) -> ProtoSeatChange {
        var change = ProtoSeatChange()
        switch kind {
        case .add: break
        case .remove(let member), .replace(let member, _), .rotateVoteKey(let member, _),
            .rotateLogKey(let member):
            change.seat = seats.first { $0.member == member }?.name ?? ""
        }
        if let seat = newSeat(kind) { change.to = authority(seat) }
        return change
    }

    private func authority(_ seat: Seat) -> ProtoAuthorityValue {
        let keys = keyNames(seat).map { Data(World.key($0).publicKey.bytes) }
        return .with {
            $0.account = seat.account
            $0.name = seat.name
            $0.voteKey = keys[0]
            $0.tlsKey = keys[1]
            $0.logKey = keys[2]
        }
    }

    private func keyNames(_ seat: Seat) -> [String] {
        let name = "member \(seat.member)"
        let log = seat.generation == 0 ? "\(name) log" : "\(name) log \(seat.generation)"
        return [name, "\(name) tls", log]
    }

    private func accountKey(_ account: UInt64) -> String {
        account == 1 ? World.governor : "member \(account - 1) account"
    }

    private func id(of bytes: Data) -> Digest? {
        try? Transaction(decoding: bytes, network: pen.network).id
    }
}
