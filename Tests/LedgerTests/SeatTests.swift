import Foundation
import Ledger
import Primitives
import SampleNetworks
import SwiftProtobuf
import Testing
import Wire

/// What a proposal and a newcomer may say.
struct SeatTests {
    typealias Sample = SampleNetwork

    private static func set(_ count: Int) -> AuthoritySet {
        var value = ProtoAuthoritySetValue()
        value.authorities = (0..<count).map { Sample.seat("s\($0)", of: UInt64($0) + 1) }
        return AuthoritySet(epoch: Epoch(7), value: value)
    }

    @Test(
        "a third of the others may change at once, and one in a small set",
        arguments: [
            (1, 1), (2, 1), (3, 1), (4, 1), (6, 1), (7, 2), (9, 2), (10, 3), (13, 4), (50, 16),
        ])
    func limit(_ count: Int, _ limit: Int) throws {
        let set = Self.set(count)
        #expect(set.changeLimit == limit)
        let changes = (0...limit).map {
            Sample.replace("s\($0)", by: Sample.seat("new \($0)", of: 90))
        }
        if count > 1 {
            let next = try set.changed(by: Array(changes.prefix(limit)))
            #expect(next.epoch == Epoch(8) && next.members.count == count)
        }
        #expect(refusal(set, changes)?.code == .tooManySeats)
        #expect(refusal(set, changes)?.limit == UInt64(limit))
        #expect(refusal(set, changes)?.excess == 1)
        #expect(refusal(set, [])?.code == .countInvalid)
    }

    private func refusal(_ set: AuthoritySet, _ changes: [ProtoSeatChange]) -> Refusal? {
        do throws(Refusal) {
            _ = try set.changed(by: changes)
            return nil
        } catch {
            return error
        }
    }

    @Test("seats keep their turns, close up, and are joined by newcomers at the end")
    func turns() throws {
        let set = Self.set(7)
        let (new, other) = (Sample.seat("new", of: 90), Sample.seat("other", of: 91))
        let cases: [([ProtoSeatChange], [String])] = [
            ([Sample.add(new)], ["s0", "s1", "s2", "s3", "s4", "s5", "s6", "new"]),
            ([Sample.remove("s0")], ["s1", "s2", "s3", "s4", "s5", "s6"]),
            ([Sample.remove("s6")], ["s0", "s1", "s2", "s3", "s4", "s5"]),
            ([Sample.replace("s2", by: new)], ["s0", "s1", "new", "s3", "s4", "s5", "s6"]),
            (
                [Sample.add(new), Sample.remove("s1")],
                ["s0", "s2", "s3", "s4", "s5", "s6", "new"]
            ),
            (
                [Sample.add(new), Sample.add(other)],
                ["s0", "s1", "s2", "s3", "s4", "s5", "s6", "new", "other"]
            ),
            // The name of a seat that goes may come back at once.
            (
                [Sample.remove("s1"), Sample.add(Sample.seat("s1", of: 9, keys: "x"))],
                ["s0", "s2", "s3", "s4", "s5", "s6", "s1"]
            ),
        ]
        for (changes, names) in cases {
            #expect(try set.changed(by: changes).members.map(\.name) == names)
        }
        let rotated = try set.changed(by: [
            Sample.replace("s3", by: Sample.seat("s3", of: 4, keys: "fresh"))
        ])
        #expect(rotated.members.map(\.name) == set.members.map(\.name))
        #expect(rotated.voteKey(of: 3) == key("fresh vote").publicKey)
    }

    @Test("changes that make no set are refused, each for its reason")
    func bad() {
        let set = Self.set(7)
        let new = Sample.seat("new", of: 90)
        let cases: [(RefusalCode, String, [ProtoSeatChange])] = [
            (.seatChangeInvalid, "changes[0]", [ProtoSeatChange()]),
            (.seatChangeInvalid, "changes[1]", [Sample.add(new), ProtoSeatChange()]),
            (.seatUnknown, "changes[0].seat", [Sample.remove("new")]),
            (.seatUnknown, "changes[0].seat", [Sample.remove("S1")]),
            (.seatUnknown, "changes[1].seat", [Sample.add(new), Sample.remove("new")]),
            (
                .seatChangeInvalid, "changes[1].seat",
                [Sample.remove("s1"), Sample.remove("s1")]
            ),
            (
                .seatChangeInvalid, "changes[1].seat",
                [Sample.replace("s1", by: new), Sample.remove("s1")]
            ),
            (
                .seatUnchanged, "changes[0].to",
                [Sample.replace("s1", by: Sample.seat("s1", of: 2))]
            ),
            (
                .seatNameInUse, "changes",
                [Sample.add(Sample.seat("s1", of: 90, keys: "new"))]
            ),
            (
                .seatNameInUse, "changes",
                [Sample.add(new), Sample.add(Sample.seat("new", of: 91, keys: "other"))]
            ),
            (.keyInUse, "changes", [Sample.add(Sample.seat("new", of: 90, keys: "s1"))]),
            (
                .keyInUse, "changes",
                [Sample.add(new), Sample.add(Sample.seat("more", of: 91, keys: "new"))]
            ),
            (
                .keyInUse, "changes",
                [
                    Sample.add(
                        ProtoAuthorityValue.with {
                            $0 = new
                            $0.tlsKey = new.voteKey
                        })
                ]
            ),
        ]
        for (code, field, changes) in cases {
            let refusal = refusal(set, changes)
            #expect(refusal?.code == code && refusal?.field == field, "\(refusal as Any)")
        }
        #expect(refusal(Self.set(1), [Sample.remove("s0")])?.code == .setSizeInvalid)
        #expect(refusal(Self.set(50), [Sample.add(new)])?.code == .setSizeInvalid)
        var value = ProtoAuthoritySetValue()
        value.authorities = Self.set(2).members
        let last = AuthoritySet(epoch: Epoch(.max), value: value)
        #expect(refusal(last, [Sample.remove("s0")])?.code == .overflow)
    }

    @Test("a name is its bytes: one that only looks alike is another seat's")
    func lookalikes() throws {
        var value = ProtoAuthoritySetValue()
        value.authorities = [Sample.seat("é", of: 1, keys: "a"), Sample.seat("x", of: 2)]
        let set = AuthoritySet(epoch: Epoch(0), value: value)
        #expect(refusal(set, [Sample.remove("e\u{301}")])?.code == .seatUnknown)
        #expect(try set.changed(by: [Sample.remove("é")]).members.map(\.name) == ["x"])
        let added = [Sample.add(Sample.seat("e\u{301}", of: 3, keys: "b"))]
        #expect(try set.changed(by: added).members.count == 3)
    }

    @Test("keys are shown by an account that may hold a seat, with all three signatures")
    func joins() throws {
        var ledger = try Inhabited.network()
        // A key of an account, and one of the other seat, are somebody's already.
        let good = ["authority"] + Sample.keyNames("east")
        let height = ledger.height
        typealias Change = (inout ProtoJoinAuthorities) -> Void
        let cases: [(RefusalCode, String, UInt64, [String], Change)] = [
            (.newKeyMustSign, "vote_key", 2, ["authority", "east tls", "east log"], { _ in }),
            (.newKeyMustSign, "tls_key", 2, ["authority", "east vote", "east log"], { _ in }),
            (.newKeyMustSign, "log_key", 2, ["authority", "east vote", "east tls"], { _ in }),
            (.notAuthorised, "signers", 2, Sample.keyNames("east"), { _ in }),
            (.notAuthorised, "signers", 2, ["initiative"] + Sample.keyNames("east"), { _ in }),
            (
                .accountKindNotPermitted, "account", 3,
                ["developer"] + Sample.keyNames("east"), { _ in }
            ),
            (.unknownKey, "signers[4].public_key", 2, good + ["stranger"], { _ in }),
            (.keyInvalid, "vote_key", 2, good, { $0.voteKey = Data() }),
            (.keyInvalid, "tls_key", 2, good, { $0.tlsKey = Data(count: 32) }),
            (.keyInvalid, "log_key", 2, good, { $0.logKey = Data(repeating: 1, count: 31) }),
            (.keyInUse, "tls_key", 2, good, { $0.tlsKey = $0.voteKey }),
            (.keyInUse, "log_key", 2, good, { $0.logKey = publicKey("authority") }),
            (.keyInUse, "vote_key", 2, good, { $0.voteKey = publicKey("north vote") }),
            (.keyInUse, "vote_key", 2, good, { $0.voteKey = publicKey("north log") }),
            (.keyInUse, "vote_key", 2, good, { $0.voteKey = publicKey("south vote") }),
            (.textInvalid, "name", 2, good, { $0.name = "" }),
            (.textInvalid, "name", 2, good, { $0.name = " " }),
            (.textInvalid, "name", 2, good, { $0.name = "a\nb" }),
            (.textInvalid, "name", 2, good, { $0.name = String(repeating: "x", count: 41) }),
            (.notCaughtUp, "height", 2, good, { $0.height = height }),
            (.notCaughtUp, "height", 2, good, { $0.height = .max }),
            (.notCaughtUp, "block_hash", 2, good, { $0.blockHash = Data() }),
            (.notCaughtUp, "block_hash", 2, good, { $0.blockHash = Data(count: 33) }),
        ]
        for (code, field, account, signers, change) in cases {
            let refusal = try ledger.refusal(
                Sample.join("east", change), as: account, by: signers)
            #expect(refusal?.code == code && refusal?.field == field, "\(refusal as Any)")
        }
        for height in [0, height - 1] {
            let join = Sample.join("east", height: height)
            #expect(try ledger.refusal(join, as: 2, by: good) == nil)
        }
        let joins = try ledger.state.authorityJoins(of: AccountID(2)).joins
        #expect(joins.map(\.height) == [height - 1])
        #expect(joins.first?.seat == Sample.seat("east", of: 2))
        // Their own keys, or some of them, may be shown again for the same seat.
        let own = ["authority", "south vote", "new tls", "south log"]
        let kept = Sample.join("south") { $0.tlsKey = publicKey("new tls") }
        #expect(try ledger.refusal(kept, as: 2, by: own) == nil)
        try ledger.seal()
    }

    @Test("an account shows at most eight seats, and each name once")
    func manyJoins() throws {
        var ledger = try Inhabited.network()
        for number in 0..<LedgerLimits.joinsPerAccount {
            for _ in 0..<2 {
                try RefusalExamples.show("s\(number)", keys: "k\(number)", &ledger)
            }
        }
        let joins = try ledger.state.authorityJoins(of: AccountID(2)).joins
        #expect(joins.count == LedgerLimits.joinsPerAccount)
        expectRefused(.countInvalid, "name") {
            try RefusalExamples.show("one more", keys: "more", &ledger)
        }
        // Those of a month ago make room.
        try ledger.seal(
            at: Timestamp(ledger.now.rawValue + LedgerLimits.joinSeconds + 1))
        try RefusalExamples.show("one more", keys: "more", &ledger)
        #expect(try ledger.state.authorityJoins(of: AccountID(2)).joins.count == 1)
    }

    @Test("a proposal names exactly the keys that were shown, and not long ago")
    func shown() throws {
        var ledger = try Inhabited.network()
        try RefusalExamples.show("east", keys: "east", &ledger)
        let seat = Sample.seat("east", of: 2)
        let changes: [((inout ProtoAuthorityValue) -> Void, RefusalCode, String)] = [
            ({ $0.name = "East" }, .notShown, "changes[0].to"),
            ({ $0.account = 1 }, .notShown, "changes[0].to"),
            ({ $0.account = 99 }, .accountUnknown, "changes[0].to.account"),
            ({ $0.voteKey = publicKey("other") }, .notShown, "changes[0].to"),
            ({ $0.tlsKey = publicKey("other") }, .notShown, "changes[0].to"),
            ({ $0.logKey = publicKey("other") }, .notShown, "changes[0].to"),
            ({ $0.secondKey = publicKey("other") }, .notShown, "changes[0].to"),
        ]
        for (change, code, field) in changes {
            var other = seat
            change(&other)
            let refusal = try ledger.refusal(
                Sample.propose([Sample.add(other)]), as: 1, by: ["initiative"])
            #expect(refusal?.code == code && refusal?.field == field, "\(refusal as Any)")
        }
        let good = Sample.propose([Sample.add(seat)])
        #expect(try ledger.refusal(good, as: 1, by: ["initiative"]) == nil)
        #expect(
            try ledger.refusal(good, as: 1, by: ["initiative"])?.code == .seatNameInUse,
            "the one before it is expected to take effect")
        try ledger.seal(at: Timestamp(ledger.now.rawValue + LedgerLimits.joinSeconds))
        let first = UInt64(ledger.history.count - 1)
        try ledger.apply(Sample.withdraw(first), as: 1, by: "initiative")
        #expect(try ledger.refusal(good, as: 1, by: ["initiative"]) == nil)
        try ledger.apply(Sample.withdraw(first + 2), as: 1, by: "initiative")
        try ledger.seal(at: Timestamp(ledger.now.rawValue + 1))
        #expect(try ledger.refusal(good, as: 1, by: ["initiative"])?.code == .notShown)
    }

    @Test("nobody but the initiative proposes and withdraws, and only holders of seats approve")
    func others() throws {
        var ledger = try Inhabited.network()
        let proposal = Sample.propose([Sample.remove("south")])
        let number = try ledger.apply(proposal, as: 1, by: "initiative").index.rawValue
        for (account, name) in [(2, "authority"), (3, "developer"), (4, "aggregator")]
            as [(UInt64, String)]
        {
            for action in [proposal, Sample.withdraw(number)] {
                #expect(
                    try ledger.refusal(action, as: account, by: [name])?.code
                        == .accountKindNotPermitted)
                #expect(try ledger.refusal(action, as: 1, by: [name])?.code == .notAuthorised)
            }
        }
        for (account, name) in [(3, "developer"), (4, "aggregator"), (5, "buyer")]
            as [(UInt64, String)]
        {
            let approval = Sample.approve(number)
            #expect(
                try ledger.refusal(approval, as: account, by: [name])?.code == .notAnAuthority)
            #expect(try ledger.refusal(approval, as: 2, by: [name])?.code == .notAuthorised)
        }
        // Neither a delegate nor a key without the role may, nor a suspended account.
        try ledger.apply(
            .changeDelegation(
                .with {
                    $0.delegate = 4
                    $0.roles = KeyRoles.all.rawValue
                }), as: 2, by: "authority")
        try ledger.apply(
            .changeKeys(.with { $0.add = [Sample.grant("trader", .trading)] }), as: 2,
            by: "authority", "trader")
        for name in ["aggregator", "trader"] {
            #expect(
                try ledger.refusal(Sample.approve(number), as: 2, by: [name])?.code
                    == .notAuthorised)
        }
        try ledger.apply(.suspendAccount(.with { $0.account = 2 }), as: 1, by: "initiative")
        #expect(
            try ledger.refusal(Sample.approve(number), as: 2, by: ["authority"])?.code
                == .accountNotActive)
        let past = Sample.propose([Sample.remove("south")], effective: ledger.now.rawValue - 1)
        #expect(try ledger.refusal(past, as: 1, by: ["initiative"])?.code == .tooSoon)
        for unknown in [number + 1, 0, .max] {
            #expect(
                try ledger.refusal(Sample.withdraw(unknown), as: 1, by: ["initiative"])?.code
                    == .authorityChangeUnknown)
            #expect(
                try ledger.refusal(Sample.approve(unknown), as: 1, by: ["initiative"])?.code
                    == .authorityChangeUnknown)
        }
        try ledger.seal()
    }
}
