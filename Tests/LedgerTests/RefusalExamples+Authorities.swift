import Foundation
import Ledger
import Primitives
import SampleNetworks
import SwiftProtobuf
import Wire

extension RefusalExamples {
    /// A change of the two seats, north of A1 and south of A2.
    private static func proposed(
        _ changes: [ProtoSeatChange], effective: UInt64 = 0
    ) -> Example {
        {
            try $0.apply(
                SampleNetwork.propose(changes, effective: effective), as: 1, by: "initiative")
        }
    }

    /// A2 shows other keys for its seat, or keys for another one.
    static func show(
        _ name: String, keys: String, _ ledger: inout LedgerHarness,
        _ change: (inout ProtoJoinAuthorities) -> Void = { _ in }
    ) throws {
        try ledger.apply(
            bytes: ledger.signed(
                ledger.body(SampleNetwork.join(name, keys: keys, change), as: 2),
                by: ["authority"] + SampleNetwork.keyNames(keys)))
    }

    /// An open change, named by its entry.
    private static func removal(
        _ name: String, _ ledger: inout LedgerHarness, effective: UInt64 = 0
    ) throws -> UInt64 {
        try ledger.apply(
            SampleNetwork.propose([SampleNetwork.remove(name)], effective: effective), as: 1,
            by: "initiative"
        ).index.rawValue
    }

    private static func report(
        _ first: ProtoVote, _ second: ProtoVote, _ ledger: inout LedgerHarness
    ) throws {
        try ledger.apply(SampleNetwork.report(first, second), as: 2, by: "authority")
    }

    private static func approve(_ number: UInt64, _ ledger: inout LedgerHarness) throws {
        try ledger.apply(SampleNetwork.approve(number), as: 1, by: "initiative")
        try ledger.apply(SampleNetwork.approve(number), as: 2, by: "authority")
    }

    static let authorities: [RefusalCode: Example] = [
        .tooManySeats: proposed([SampleNetwork.remove("north"), SampleNetwork.remove("south")]),
        .seatUnknown: proposed([SampleNetwork.remove("east")]),
        .seatChangeInvalid: proposed([ProtoSeatChange()]),
        .seatUnchanged: proposed([
            SampleNetwork.replace("south", by: SampleNetwork.seat("south", of: 2))
        ]),
        .seatNameInUse: proposed([
            SampleNetwork.add(SampleNetwork.seat("south", of: 2, keys: "new"))
        ]),
        .setSizeInvalid: {
            _ = try removal("north", &$0)
            _ = try removal("south", &$0)
        },
        .notShown: proposed([SampleNetwork.add(SampleNetwork.seat("east", of: 2))]),
        .notCaughtUp: { try show("east", keys: "east", &$0) { $0.height = 1_000 } },
        .tooManyChanges: {
            let later = $0.now.rawValue + 100
            for index in 0...LedgerLimits.openAuthorityChanges {
                let name = index.isMultiple(of: 2) ? "north" : "south"
                // Each a moment before the last: nothing else is expected of the set by then.
                _ = try removal(name, &$0, effective: later - UInt64(index))
            }
        },
        .authorityChangeUnknown: {
            try $0.apply(SampleNetwork.withdraw(9_999), as: 1, by: "initiative")
        },
        .notAnAuthority: {
            let number = try removal("south", &$0)
            try $0.apply(SampleNetwork.approve(number), as: 3, by: "developer")
        },
        .alreadyApproved: {
            let number = try removal("south", &$0)
            for _ in 0..<2 {
                try $0.apply(SampleNetwork.approve(number), as: 2, by: "authority")
            }
        },
        .changeFixed: {
            let number = try removal("south", &$0)
            try approve(number, &$0)
            try $0.seal()
            try $0.apply(SampleNetwork.withdraw(number), as: 1, by: "initiative")
        },
        .voteInvalid: { try $0.apply(.reportDoubleVote(.init()), as: 2, by: "authority") },
        .votesAgree: { try report($0.vote("a"), $0.vote("a"), &$0) },
        .epochUnknown: { try report($0.vote("a", epoch: 7), $0.vote("b", epoch: 7), &$0) },
        .voteForeign: { try report($0.vote("a", by: "stranger"), $0.vote("b"), &$0) },
        .alreadyReported: {
            for _ in 0..<2 { try report($0.vote("a"), $0.vote("b"), &$0) }
        },
    ]
}

extension LedgerHarness {
    /// South's vote to notarize a block.
    fileprivate func vote(
        _ block: String, epoch: UInt64 = 0, by name: String = "south vote"
    ) -> ProtoVote {
        SampleNetwork.vote(
            .notarize, on: block, epoch: epoch, seat: 1, by: name, network: network)
    }
}
