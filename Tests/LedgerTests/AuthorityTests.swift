import Foundation
import Ledger
import Primitives
import SampleNetworks
import SwiftProtobuf
import Testing
import Wire

/// Changes of the set that votes, by the rules alone.
struct AuthorityTests {
    typealias Sample = SampleNetwork

    /// The seats' names and their accounts: the initiative's and one for each member.
    private static func network(
        _ names: [String], delay: UInt64 = 0
    ) throws -> LedgerHarness {
        var parameters = GenesisDocument.localParameters
        parameters.minimumDelaySeconds = delay
        let document = Sample.document(
            authorities: names.enumerated().map { ($1, $0 == 0 ? nil : $1) },
            parameters: parameters)
        var ledger = try LedgerHarness(parameters: parameters, document: document)
        // Behind a block of today: the founding is long ago.
        try ledger.seal()
        return ledger
    }

    /// The account that holds a seat of the first set, and its key.
    private static func holder(_ name: String, in names: [String]) -> (UInt64, String) {
        let place = names.firstIndex(of: name) ?? 0
        return (UInt64(place) + 1, place == 0 ? "initiative" : name)
    }

    private static func names(_ ledger: LedgerHarness) throws -> [String] {
        try #require(try ledger.state.authorities()).members.map(\.name)
    }

    private static func epoch(_ ledger: LedgerHarness) throws -> UInt64 {
        try #require(try ledger.state.authorities()).epoch.rawValue
    }

    private static func change(
        _ number: UInt64, _ ledger: LedgerHarness
    ) throws -> ProtoAuthorityChangeValue? {
        try ledger.state.message(
            ProtoAuthorityChangeValue.self, for: .openAuthorityChange(LogIndex(number)))
            ?? ledger.state.message(
                ProtoAuthorityChangeValue.self, for: .endedAuthorityChange(LogIndex(number)))
    }

    /// An account of the kind authority, with keys shown for a seat of its name.
    @discardableResult
    private static func newcomer(
        _ name: String, _ ledger: inout LedgerHarness
    ) throws -> UInt64 {
        try ledger.apply(
            Sample.registration(name, .authority), as: 1, by: "initiative", name)
        let id = ledger.history.last?.receipt.events.first?.accountRegistered.account ?? 0
        try show(name, of: id, by: name, keys: name, &ledger)
        return id
    }

    private static func show(
        _ seat: String, of account: UInt64, by name: String, keys: String,
        _ ledger: inout LedgerHarness, _ change: (inout ProtoJoinAuthorities) -> Void = { _ in }
    ) throws {
        try ledger.apply(
            bytes: ledger.signed(
                ledger.body(Sample.join(seat, keys: keys, change), as: account),
                by: [name] + Sample.keyNames(keys)))
    }

    private static func propose(
        _ changes: [ProtoSeatChange], effective: UInt64 = 0, _ ledger: inout LedgerHarness
    ) throws -> UInt64 {
        try ledger.apply(
            Sample.propose(changes, effective: effective), as: 1, by: "initiative"
        ).index.rawValue
    }

    private static func approve(
        _ number: UInt64, by approvers: [String], of names: [String],
        _ ledger: inout LedgerHarness
    ) throws {
        for name in approvers {
            let (account, key) = holder(name, in: names)
            try ledger.apply(Sample.approve(number), as: account, by: key)
        }
    }

    // MARK: The way of a change

    @Test("a change waits for its time, fixes its boundary, and is in force two blocks later")
    func way() throws {
        let names = ["north", "east", "south", "west"]
        var ledger = try Self.network(names, delay: 3_600)
        let newcomer = try Self.newcomer("fifth", &ledger)
        let begin = ledger.now.rawValue
        let seat = Sample.seat("fifth", of: newcomer)
        let number = try Self.propose([Sample.add(seat)], &ledger)
        #expect(try Self.change(number, ledger)?.effective == begin + 3_600)
        try Self.approve(number, by: ["north", "west"], of: names, &ledger)
        #expect(try Self.change(number, ledger)?.status == .proposed)
        #expect(try ledger.state.authorityChangeDue() == nil)
        try Self.approve(number, by: ["south"], of: names, &ledger)
        #expect(try Self.change(number, ledger)?.status == .approved)
        #expect(try ledger.state.authorityChangeDue() == Timestamp(begin + 3_600))
        // The block's own time is past the change's, its parent's is not.
        try ledger.seal(at: Timestamp(begin + 3_599))
        try ledger.seal(at: Timestamp(begin + 3_600))
        try ledger.seal()
        #expect(try Self.change(number, ledger)?.status == .approved)
        let fixing = ledger.height
        try ledger.seal()
        let fixed = try #require(try Self.change(number, ledger))
        #expect(fixed.status == .fixed && fixed.boundary == fixing + 2)
        #expect(try ledger.state.authorityChangeDue() == Timestamp(0))
        try ledger.seal()
        #expect(try Self.epoch(ledger) == 0)
        try ledger.seal()
        #expect(try Self.epoch(ledger) == 1)
        #expect(try Self.names(ledger) == names + ["fifth"])
        let ended = try #require(try Self.change(number, ledger))
        #expect(ended.status == .inForce && ended.epoch == 1)
        #expect(try ledger.state.openAuthorityChanges().isEmpty)
        #expect(try ledger.state.authorityJoins(of: AccountID(newcomer)).joins.isEmpty)
        #expect(try ledger.state.authorityChangeDue() == nil)
        // The old set stays readable, for whoever verifies old blocks.
        #expect(try ledger.state.value(for: .authorities(Epoch(0))) != nil)
    }

    @Test("two changes that are due at once take effect one after the other, as proposed")
    func queue() throws {
        let names = ["north", "east", "south", "west"]
        var ledger = try Self.network(names)
        let one = try Self.propose([Sample.remove("west")], &ledger)
        let two = try Self.propose([Sample.remove("south")], &ledger)
        for number in [two, one] {
            try Self.approve(number, by: ["north", "east", "south"], of: names, &ledger)
        }
        for _ in 0..<3 { try ledger.seal() }
        #expect(try Self.names(ledger) == ["north", "east", "south"])
        #expect(try Self.change(two, ledger)?.status == .approved)
        for _ in 0..<3 { try ledger.seal() }
        #expect(try Self.names(ledger) == ["north", "east"])
        #expect(try Self.change(one, ledger)?.epoch == 1)
        #expect(try Self.change(two, ledger)?.epoch == 2)
        try ledger.seal()
        #expect(try Self.epoch(ledger) == 2)
    }

    @Test("a change with an earlier time comes first, whenever it was proposed")
    func earlier() throws {
        var ledger = try Self.network(["north", "east"])
        let later = ledger.now.rawValue + 1_000
        let one = try Self.propose([Sample.remove("east")], effective: later, &ledger)
        try Self.show("north", of: 1, by: "initiative", keys: "other", &ledger)
        let two = try Self.propose(
            [Sample.replace("north", by: Sample.seat("north", of: 1, keys: "other"))], &ledger)
        for number in [one, two] {
            try Self.approve(number, by: ["north", "east"], of: ["north", "east"], &ledger)
        }
        for _ in 0..<8 { try ledger.seal() }
        #expect(try Self.change(two, ledger)?.status == .inForce)
        #expect(try Self.change(one, ledger)?.status == .approved)
        try ledger.seal(at: Timestamp(later))
        for _ in 0..<4 { try ledger.seal() }
        #expect(try Self.names(ledger) == ["north"])
    }

    @Test("what does not fit the set that it meets lapses, says why, and holds nothing up")
    func lapses() throws {
        let names = ["north", "east", "south", "west"]
        var ledger = try Self.network(names)
        let newcomer = try Self.newcomer("fifth", &ledger)
        let later = ledger.now.rawValue + 100
        let one = try Self.propose([Sample.remove("west")], effective: later + 1, &ledger)
        // By its earlier time the seat is expected to be there still, and by that one it is gone.
        let two = try Self.propose([Sample.remove("west")], effective: later, &ledger)
        let three = try Self.propose(
            [Sample.add(Sample.seat("fifth", of: newcomer))], effective: later + 2, &ledger)
        for number in [one, two, three] {
            try Self.approve(number, by: ["north", "east", "south"], of: names, &ledger)
        }
        try ledger.apply(
            .suspendAccount(.with { $0.account = newcomer }), as: 1, by: "initiative")
        try ledger.seal(at: Timestamp(later + 10))
        for _ in 0..<10 { try ledger.seal() }
        #expect(try Self.names(ledger) == ["north", "east", "south"])
        #expect(try Self.change(two, ledger)?.status == .inForce)
        let lapsed = try #require(try Self.change(one, ledger))
        #expect(lapsed.status == .lapsed && lapsed.boundary == 0)
        #expect(lapsed.refusal == UInt32(RefusalCode.seatUnknown.rawValue))
        let suspended = try #require(try Self.change(three, ledger))
        #expect(suspended.status == .lapsed)
        #expect(suspended.refusal == UInt32(RefusalCode.accountNotActive.rawValue))
        #expect(try Self.epoch(ledger) == 1)
    }

    @Test("a withdrawn change is over, its approvals count for nothing, and others go on")
    func withdrawn() throws {
        let names = ["north", "east", "south"]
        var ledger = try Self.network(names, delay: 100)
        let one = try Self.propose([Sample.remove("south")], &ledger)
        try Self.approve(one, by: names, of: names, &ledger)
        try ledger.apply(Sample.withdraw(one), as: 1, by: "initiative")
        #expect(try Self.change(one, ledger)?.status == .withdrawn)
        #expect(try ledger.state.authorityChangeDue() == nil)
        for code in [RefusalCode.authorityChangeUnknown] {
            for action in [Sample.approve(one), Sample.withdraw(one)] {
                #expect(
                    try ledger.refusal(action, as: 1, by: ["initiative"])?.code == code)
            }
        }
        let two = try Self.propose([Sample.remove("south")], &ledger)
        try Self.approve(two, by: names, of: names, &ledger)
        try ledger.seal(at: Timestamp(ledger.now.rawValue + 200))
        for _ in 0..<5 { try ledger.seal() }
        #expect(try Self.names(ledger) == ["north", "east"])
        #expect(try Self.epoch(ledger) == 1)
    }

    @Test("a smaller set needs fewer approvals of what waits, and a larger one takes none back")
    func recount() throws {
        let names = ["north", "east", "south"]
        var ledger = try Self.network(names)
        let one = try Self.propose([Sample.remove("south")], &ledger)
        let two = try Self.propose([Sample.remove("east")], &ledger)
        try Self.approve(two, by: ["north", "east"], of: names, &ledger)
        #expect(try Self.change(two, ledger)?.status == .proposed)
        try Self.approve(one, by: names, of: names, &ledger)
        for _ in 0..<3 { try ledger.seal() }
        #expect(try Self.names(ledger) == ["north", "east"])
        #expect(try Self.change(two, ledger)?.status == .approved)
        for _ in 0..<3 { try ledger.seal() }
        #expect(try Self.names(ledger) == ["north"])
    }

    @Test("one account with several seats speaks for each of them")
    func seats() throws {
        let document = Sample.document(
            authorities: [("a", nil), ("b", nil), ("c", nil), ("d", "d")])
        var ledger = try LedgerHarness(document: document)
        try ledger.seal()
        let number = try Self.propose([Sample.remove("d")], &ledger)
        try ledger.apply(Sample.approve(number), as: 1, by: "initiative")
        let event = try #require(ledger.history.last?.receipt.events.first).authorityChangeMoved
        #expect(event.approvals == 3 && event.quorum == 3 && event.status == .approved)
        for _ in 0..<3 { try ledger.seal() }
        #expect(try Self.names(ledger) == ["a", "b", "c"])
    }
}
