import Foundation
import Ledger
import Primitives
import SampleNetworks
import SwiftProtobuf
import Testing
import Wire

/// Authorities that signed twice, by the rules alone. Seat 0 is north of A1, seat 1 south of A2.
struct DoubleVoteTests {
    typealias Sample = SampleNetwork

    private static func network() throws -> LedgerHarness {
        var ledger = try RefusalExamples.network()
        try ledger.seal()
        return ledger
    }

    private static func vote(
        _ kind: ProtoVoteKind, _ block: String?, _ ledger: LedgerHarness, seat: UInt32 = 1,
        epoch: UInt64 = 0, view: UInt64 = 5, by name: String = "south vote"
    ) -> ProtoVote {
        Sample.vote(
            kind, on: block, epoch: epoch, view: view, seat: seat, by: name,
            network: ledger.network)
    }

    @Test(
        "each kind of double vote goes on record, with its proof and who reported it",
        arguments: [
            (ProtoVoteKind.notarize, "a", ProtoVoteKind.notarize, "b", "conflictingNotarize"),
            (.finalize, "a", .finalize, "b", "conflictingFinalize"),
            (.nullify, nil, .finalize, "b", "nullifyFinalize"),
            (.finalize, "a", .nullify, nil, "nullifyFinalize"),
        ] as [(ProtoVoteKind, String?, ProtoVoteKind, String?, String)])
    func recorded(
        _ first: ProtoVoteKind, _ one: String?, _ second: ProtoVoteKind, _ other: String?,
        _ fault: String
    ) throws {
        var ledger = try Self.network()
        let votes = (Self.vote(first, one, ledger), Self.vote(second, other, ledger))
        let applied = try ledger.apply(
            Sample.report(votes.0, votes.1), as: 2, by: "authority")
        let value = try #require(
            try ledger.state.message(
                ProtoDoubleVoteValue.self, for: .doubleVote(Epoch(0), seat: 1)))
        #expect(value.first == votes.0 && value.second == votes.1)
        #expect(value.account == 2 && value.entry == applied.index.rawValue)
        #expect(value.time == ledger.now.rawValue)
        let event = try #require(applied.receipt.events.first).doubleVoteReported
        #expect(event.epoch == 0 && event.seat == 1 && event.name == "south" && event.view == 5)
        let found = try DoubleVote(value.first, value.second)
        #expect(found.fault.rawValue == fault && found.seat == 1)
        try ledger.seal()
    }

    @Test("one record for each seat and epoch: more of the same are refused, others are not")
    func once() throws {
        var ledger = try Self.network()
        let report = Sample.report(
            Self.vote(.notarize, "a", ledger), Self.vote(.notarize, "b", ledger))
        try ledger.apply(report, as: 1, by: "initiative")
        let others = Sample.report(
            Self.vote(.finalize, "a", ledger, view: 9), Self.vote(.nullify, nil, ledger, view: 9))
        for action in [report, others] {
            #expect(
                try ledger.refusal(action, as: 2, by: ["authority"])?.code == .alreadyReported)
        }
        try ledger.apply(
            Sample.report(
                Self.vote(.notarize, "a", ledger, seat: 0, by: "north vote"),
                Self.vote(.notarize, "b", ledger, seat: 0, by: "north vote")),
            as: 2, by: "authority")
        #expect(try ledger.state.value(for: .doubleVote(Epoch(0), seat: 0)) != nil)
        try ledger.seal()
    }

    @Test("votes of a past epoch are judged against the set that was")
    func pastEpoch() throws {
        let document = Sample.document(
            authorities: [("north", nil), ("east", "east"), ("south", "south")])
        var ledger = try LedgerHarness(document: document)
        try ledger.seal()
        let number = try ledger.apply(
            Sample.propose([Sample.remove("east")]), as: 1, by: "initiative"
        ).index.rawValue
        for (account, name) in [(1, "initiative"), (2, "east"), (3, "south")] as [(UInt64, String)]
        {
            try ledger.apply(Sample.approve(number), as: account, by: name)
        }
        for _ in 0..<4 { try ledger.seal() }
        #expect(try ledger.state.authorities()?.members.map(\.name) == ["north", "south"])
        func report(_ name: String, epoch: UInt64) -> Action {
            Sample.report(
                Self.vote(.notarize, "a", ledger, epoch: epoch, by: "\(name) vote"),
                Self.vote(.notarize, "b", ledger, epoch: epoch, by: "\(name) vote"))
        }
        // East lost its seat and its say, not its past.
        for (action, code) in [
            (report("south", epoch: 0), RefusalCode.voteForeign),
            (report("east", epoch: 1), .voteForeign), (report("east", epoch: 2), .epochUnknown),
        ] {
            #expect(try ledger.refusal(action, as: 3, by: ["south"])?.code == code)
        }
        #expect(
            try ledger.refusal(report("east", epoch: 0), as: 2, by: ["east"])?.code
                == .notAnAuthority)
        try ledger.apply(report("east", epoch: 0), as: 3, by: "south")
        try ledger.apply(report("south", epoch: 1), as: 1, by: "initiative")
        try ledger.seal()
    }

    /// What is wrong with two votes, and the refusal that names it.
    private static let wrong:
        [(String, RefusalCode, @Sendable (inout ProtoVote, inout ProtoVote) -> Void)] = [
            ("first.kind", .voteInvalid, { first, _ in first.kind = .unspecified }),
            ("second.kind", .voteInvalid, { _, second in second.kind = .UNRECOGNIZED(9) }),
            ("first.block_hash", .voteInvalid, { first, _ in first.blockHash = Data() }),
            ("second.block_hash", .voteInvalid, { _, second in second.blockHash.append(0) }),
            ("first.block_hash", .voteInvalid, { first, _ in first.kind = .nullify }),
            (
                "first.parent_view", .voteInvalid,
                { first, _ in
                    first.kind = .nullify
                    first.blockHash = Data()
                }
            ),
            ("first.signature", .voteInvalid, { first, _ in first.signature.removeLast() }),
            ("second.signature", .voteInvalid, { _, second in second.signature = Data() }),
            ("second", .votesAgree, { first, second in second = first }),
            ("second", .votesAgree, { _, second in second.view += 1 }),
            ("second", .votesAgree, { _, second in second.epoch += 1 }),
            ("second", .votesAgree, { _, second in second.signer = 0 }),
            ("second", .votesAgree, { _, second in second.kind = .finalize }),
            (
                "second", .votesAgree,
                { _, second in
                    second.kind = .nullify
                    second.blockHash = Data()
                    second.parentView = 0
                }
            ),
            (
                "second", .votesAgree,
                { first, second in
                    second.blockHash = first.blockHash
                }
            ),
            ("first.signature", .voteForeign, { first, _ in first.signature[5] ^= 1 }),
            ("second.signature", .voteForeign, { _, second in second.parentView = 3 }),
            (
                "first.signature", .voteForeign,
                { first, second in
                    first.signer = 0
                    second.signer = 0
                }
            ),
            (
                "first.signer", .voteForeign,
                { first, second in
                    first.signer = 2
                    second.signer = 2
                }
            ),
            (
                "first.signer", .voteForeign,
                { first, second in
                    first.signer = .max
                    second.signer = .max
                }
            ),
            (
                "first.epoch", .epochUnknown,
                { first, second in
                    first.epoch = 1
                    second.epoch = 1
                }
            ),
        ]

    @Test("what proves nothing is refused and leaves no trace", arguments: wrong.indices)
    func refused(_ index: Int) throws {
        let (field, code, change) = Self.wrong[index]
        var ledger = try Self.network()
        var first = Self.vote(.notarize, "a", ledger)
        var second = Self.vote(.notarize, "b", ledger)
        change(&first, &second)
        let refusal = try ledger.refusal(
            Sample.report(first, second), as: 2, by: ["authority"])
        #expect(refusal?.code == code && refusal?.field == field, "\(index)")
        #expect(try ledger.state.value(for: .doubleVote(Epoch(0), seat: 1)) == nil)
        try ledger.seal()
    }

    @Test("votes of another network, of two kinds that agree, and by strangers prove nothing")
    func foreign() throws {
        var ledger = try Self.network()
        func elsewhere(_ block: String) -> ProtoVote {
            Sample.vote(
                .notarize, on: block, seat: 1, by: "south vote",
                network: Digest.sha256([1, 2, 3]))
        }
        let good = Sample.report(
            Self.vote(.notarize, "a", ledger), Self.vote(.notarize, "b", ledger))
        for (action, account, name, code) in [
            (Sample.report(elsewhere("a"), elsewhere("b")), 2, "authority", .voteForeign),
            (
                Sample.report(Self.vote(.notarize, "a", ledger), elsewhere("b")), 2, "authority",
                .voteForeign
            ),
            (good, 3, "developer", .notAnAuthority), (good, 2, "developer", .notAuthorised),
            (good, 99, "authority", .accountUnknown),
            (.reportDoubleVote(.init()), 2, "authority", .voteInvalid),
        ] as [(Action, UInt64, String, RefusalCode)] {
            #expect(try ledger.refusal(action, as: account, by: [name])?.code == code)
        }
        try ledger.apply(good, as: 1, by: "initiative")
    }
}
