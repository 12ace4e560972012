import Ledger
import Primitives
import Wire

extension CanonicalJSON {
    init(_ record: AuthoritySetRecord) {
        let set = record.set
        self = [
            "epoch": .unsigned(set.epoch.rawValue),
            "status": .string(record.isPresent ? "inForce" : "past"),
            "hash": .id(set.hash),
            "quorum": .integer(Int64(set.quorum)),
            "seatsAtOnce": .integer(Int64(set.changeLimit)),
            "authorities": .array(set.members.map { CanonicalJSON($0) }),
        ]
    }

    init(_ seat: ProtoAuthorityValue) {
        self = [
            "name": .string(seat.name), "account": .account(seat.account),
            "voteKey": .hex(seat.voteKey), "tlsKey": .hex(seat.tlsKey),
            "logKey": .hex(seat.logKey),
        ]
    }

    init(_ change: AuthorityChange) {
        let value = change.value
        let isOver = value.status == .inForce
        let reason = RefusalCode(rawValue: UInt16(truncatingIfNeeded: value.refusal))
        self = [
            "change": .unsigned(change.number.rawValue),
            "status": .word(value.status),
            "effective": .time(value.effective),
            "changes": .seatChanges(value.changes),
            "approvals": .array(value.approvals.map { .account($0) }),
            "boundary": .unlessZero(value.boundary),
            "epoch": isOver ? .unsigned(value.epoch) : .null,
            "refusal": reason.map { .string($0.name) } ?? .null,
        ]
    }

    init(_ record: AuthorityJoinsRecord) {
        self = [
            "account": .id(record.account),
            "joins": .array(
                record.value.joins.map { join in
                    [
                        "seat": CanonicalJSON(join.seat), "height": .unsigned(join.height),
                        "blockHash": .hex(join.blockHash), "entry": .unsigned(join.entry),
                        "time": .time(join.time),
                    ]
                }),
        ]
    }

    init(_ record: DoubleVoteRecord) {
        let value = record.value
        self = [
            "epoch": .unsigned(record.epoch.rawValue), "seat": .unsigned(record.seat),
            "view": .unsigned(value.first.view),
            "authority": record.authority.map { CanonicalJSON($0) } ?? .null,
            "fault": record.fault.map { .string($0.rawValue) } ?? .null,
            "account": .account(value.account), "entry": .unsigned(value.entry),
            "time": .time(value.time), "first": CanonicalJSON(value.first),
            "second": CanonicalJSON(value.second),
        ]
    }

    private init(_ vote: ProtoVote) {
        self = [
            "kind": .word(vote.kind), "epoch": .unsigned(vote.epoch),
            "view": .unsigned(vote.view), "seat": .integer(Int64(vote.signer)),
            "parentView": vote.kind == .nullify ? .null : .unsigned(vote.parentView),
            "blockHash": .hexOrNull(vote.blockHash), "signature": .hex(vote.signature),
        ]
    }

    /// What a transaction asks for.
    static func authorities(_ action: ProtoTransactionBody.OneOf_Action) -> CanonicalJSON {
        switch action {
        case .proposeAuthorityChange(let value):
            [
                "name": "proposeAuthorityChange", "effective": .time(value.effective),
                "changes": .seatChanges(value.changes),
            ]
        case .approveAuthorityChange(let value):
            ["name": "approveAuthorityChange", "change": .unsigned(value.change)]
        case .withdrawAuthorityChange(let value):
            ["name": "withdrawAuthorityChange", "change": .unsigned(value.change)]
        case .joinAuthorities(let value):
            [
                "name": "joinAuthorities", "authority": .string(value.name),
                "voteKey": .hex(value.voteKey), "tlsKey": .hex(value.tlsKey),
                "logKey": .hex(value.logKey), "height": .unsigned(value.height),
                "blockHash": .hex(value.blockHash),
            ]
        case .reportDoubleVote(let value):
            [
                "name": "reportDoubleVote", "first": CanonicalJSON(value.first),
                "second": CanonicalJSON(value.second),
            ]
        default: .null
        }
    }

    /// What a transaction caused.
    static func authorities(_ event: ProtoEvent.OneOf_Event) -> CanonicalJSON {
        switch event {
        case .authorityChangeMoved(let value):
            [
                "name": "authorityChangeMoved", "change": .unsigned(value.change),
                "status": .word(value.status), "effective": .time(value.effective),
                "approvals": .integer(Int64(value.approvals)),
                "quorum": .integer(Int64(value.quorum)),
            ]
        case .authorityJoined(let value):
            [
                "name": "authorityJoined", "account": .account(value.account),
                "authority": .string(value.name),
            ]
        case .doubleVoteReported(let value):
            [
                "name": "doubleVoteReported", "epoch": .unsigned(value.epoch),
                "seat": .integer(Int64(value.seat)), "authority": .string(value.name),
                "view": .unsigned(value.view),
            ]
        default: .null
        }
    }

    private static func seatChanges(_ changes: [ProtoSeatChange]) -> CanonicalJSON {
        .array(
            changes.map { change in
                [
                    "seat": change.seat.isEmpty ? .null : .string(change.seat),
                    "to": change.hasTo ? CanonicalJSON(change.to) : .null,
                ]
            })
    }
}
