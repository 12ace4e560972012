import Foundation
import Ledger
import Primitives
import Wire

extension SampleRecords {
    private static func seat(_ name: String, _ account: UInt64) -> ProtoAuthorityValue {
        var seat = ProtoAuthorityValue()
        seat.account = account
        seat.name = name
        seat.voteKey = Data(repeating: 0x61, count: 32)
        seat.tlsKey = Data(repeating: 0x62, count: 32)
        seat.logKey = Data(repeating: 0x63, count: 32)
        return seat
    }

    /// The present one and the one before, the latest first.
    var authoritySets: [AuthoritySetRecord] {
        [(UInt64(1), ["north", "south"]), (0, ["north"])].map { epoch, names in
            var value = ProtoAuthoritySetValue()
            value.authorities = names.enumerated().map {
                SampleRecords.seat($1, UInt64($0) + 1)
            }
            return AuthoritySetRecord(
                set: AuthoritySet(epoch: Epoch(epoch), value: value), isPresent: epoch == 1)
        }
    }

    /// One that waits, one in force, and one that lapsed, the newest first.
    var authorityChanges: [AuthorityChange] {
        let rows: [(UInt64, ProtoAuthorityChangeStatus)] = [
            (9, .approved), (5, .inForce), (3, .lapsed),
        ]
        return rows.map { number, status in
            var change = ProtoSeatChange()
            change.seat = "south"
            if status != .lapsed { change.to = SampleRecords.seat("east", 3) }
            var value = ProtoAuthorityChangeValue()
            value.effective = 1_640_000_000
            value.changes = [change]
            value.status = status
            value.approvals = [1, 2]
            value.boundary = status == .inForce ? 42 : 0
            value.epoch = status == .inForce ? 1 : 0
            value.refusal = status == .lapsed ? UInt32(RefusalCode.seatUnknown.rawValue) : 0
            return AuthorityChange(number: LogIndex(number), value: value)
        }
    }

    var authorityJoins: [AuthorityJoinsRecord] {
        [UInt64(3), 4].map { account in
            var join = ProtoAuthorityJoin()
            join.seat = SampleRecords.seat("east", account)
            join.height = 7
            join.blockHash = Data(SampleRecords.digest(0x77).bytes)
            join.entry = 8
            join.time = 1_640_000_000
            var value = ProtoAuthorityJoinsValue()
            value.joins = [join]
            return AuthorityJoinsRecord(account: AccountID(account), value: value)
        }
    }

    static func vote(_ kind: ProtoVoteKind, _ block: UInt8?) -> ProtoVote {
        var vote = ProtoVote()
        vote.kind = kind
        vote.epoch = 1
        vote.view = 6
        vote.signer = 1
        if let block {
            vote.parentView = 5
            vote.blockHash = Data(repeating: block, count: 32)
        }
        vote.signature = Data(repeating: 0x64, count: 64)
        return vote
    }

    /// By epoch and seat, the latest epoch first; the set of the older one is not known.
    var doubleVotes: [DoubleVoteRecord] {
        [(UInt64(1), UInt64(1)), (0, 3)].map { epoch, seat in
            var value = ProtoDoubleVoteValue()
            value.first = SampleRecords.vote(.notarize, 0x71)
            value.second = SampleRecords.vote(.notarize, 0x72)
            value.account = 2
            value.entry = 5
            value.time = 1_640_000_000
            return DoubleVoteRecord(
                epoch: Epoch(epoch), seat: seat,
                authority: epoch == 1 ? SampleRecords.seat("south", 2) : nil, value: value)
        }
    }
}
