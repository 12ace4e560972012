import Foundation
import Ledger
import Primitives
import SampleNetworks
import SwiftProtobuf
import Testing
import Wire

/// Corners of the rules that are easily got wrong.
struct CornerTests {
    private func update(
        _ effective: UInt64, _ change: (inout ProtoDeviceDetails) -> Void = { _ in }
    ) -> Action {
        .updateDevice(
            .with {
                $0.device = 1
                $0.effective = effective
                $0.details = SampleNetwork.details(change)
            })
    }

    @Test("no effective date can stop a node (L10)")
    func effectiveDateAtTheEndOfTime() async {
        await #expect(processExitsWith: .success) {
            var ledger = try Inhabited.network()
            func change(_ effective: UInt64) throws -> Refusal? {
                try ledger.refusal(
                    .updateDevice(
                        .with {
                            $0.device = 1
                            $0.effective = effective
                            $0.details = SampleNetwork.details()
                        }), as: 3, by: ["developer"])
            }
            _ = try change(.max)
            _ = try change(0)
            _ = try change(.max)
        }
    }

    @Test(
        "an effective date beyond the year 9999 is refused, or the device could never change again")
    func effectiveDateBeyondTheCalendar() throws {
        var ledger = try Inhabited.network()
        for effective in [Timestamp.maximum.rawValue + 1, UInt64.max - 1, UInt64.max] {
            #expect(
                try ledger.refusal(update(effective), as: 3, by: ["developer"])?.code
                    == .effectiveDateInvalid)
        }
    }

    @Test("a window over two changes that cancel out straddles them all the same (L2)")
    func changesThatCancelOut() throws {
        var ledger = try Inhabited.network()
        try ledger.apply(
            update(time("2022-03-10").rawValue) { $0.capacityWatts = 10_000 }, as: 3,
            by: "developer")
        try ledger.apply(update(time("2022-03-11").rawValue), as: 3, by: "developer")
        let refusal = try ledger.refusal(of: [
            SampleNetwork.history(1, "2022-03-09", "2022-03-12", 1)
        ])
        #expect(refusal?.code == .windowStraddlesChange)
    }

    @Test("a device cannot close later: it would keep its meter, and nothing would free it (L1)")
    func closingLater() throws {
        var ledger = try Inhabited.network()
        func withMeter(_ name: String) -> Action {
            SampleNetwork.devices([SampleNetwork.device(name) { $0.meterHash = hash("meter") }])
        }
        try ledger.apply(withMeter("three"), as: 3, by: "developer")
        let later = ledger.now.rawValue + 86_400
        let close = Action.closeDevice(
            .with {
                $0.device = 3
                $0.effective = later
            })
        let refusal = try ledger.refusal(close, as: 3, by: ["developer"])
        #expect(refusal?.code == .effectiveDateInvalid)
        #expect(
            try ledger.refusal(withMeter("four"), as: 3, by: ["developer"])?.code == .meterInUse)
    }

    @Test("a counter's baseline is a read: commissioning is fixed from then on (L1)")
    func baselineFixesCommissioning() throws {
        var ledger = try Inhabited.network()
        try ledger.submit([SampleNetwork.aggregate(1, time("2022-01-01"), 5)])
        let refusal = try ledger.refusal(
            update(0) { $0.commissioned = time("2022-06-01").rawValue }, as: 3, by: ["developer"])
        #expect(refusal?.code == .commissioningFixed)
    }

    @Test("counters reach back no further than history does (L2)")
    func countersReachBack() throws {
        var parameters = GenesisDocument.localParameters
        parameters.historyLimitSeconds = 365 * 86_400
        var ledger = try Inhabited.network(parameters: parameters)
        let refusal = try ledger.refusal(of: [
            SampleNetwork.aggregate(1, time("2019-02-01"), 0),
            SampleNetwork.aggregate(1, time("2019-03-01"), 1_000_000),
        ])
        #expect(refusal?.code == .historyTooOld)
    }

    @Test("a state that cannot be read is a failure, not a refusal")
    func failingState() throws {
        var ledger = try Inhabited.network()
        try ledger.apply(
            SampleNetwork.registration("other", .developer), as: 1, by: "initiative", "other")
        try ledger.seal()
        let body = ledger.body(
            SampleNetwork.devices([SampleNetwork.device("x") { $0.kind = .other }]), as: 3)
        let bytes = ledger.signed(body, by: ["developer", "initiative"])
        let transaction = try Transaction(decoding: bytes, network: ledger.network)
        let state = UnreadableKey(
            base: ledger.state, unreadable: .key(key("initiative").publicKey))
        var execution = BlockExecution(context: ledger.execution.context, over: state)
        #expect(throws: UnreadableKey.Failure.self) { try execution.apply(transaction) }
    }

    @Test("a genesis document's names are checked like every other text")
    func genesisNames() throws {
        var document = LedgerHarness.document()
        for name in ["", "a\nb", String(repeating: "x", count: 10_000)] {
            document.authorities[0].name = name
            #expect(document.violation != nil, "\(name.prefix(5))")
        }
        document = LedgerHarness.document(yields: [
            GenesisDocument.CountryYield(
                country: try #require(CountryCode("IND")), kwhPerKwp: 1_500, source: "a\u{0}b")
        ])
        #expect(document.violation != nil)
    }

    @Test("a dry run answers as the submission would")
    func dryRun() throws {
        var ledger = try Inhabited.network()
        let rows = [SampleNetwork.history(1, "2021-12-17", "2021-12-18", 1_000)]
        var execution = ledger.execution
        #expect(throws: Refusal.self, "a buyer has no devices") {
            try execution.dryRun(reads: rows, of: AccountID(Inhabited.buyer))
        }
        #expect(try execution.dryRun(reads: rows, of: AccountID(3)).isEmpty)
        try ledger.submit(rows)
    }
}

/// A store whose disk has a bad spot.
struct UnreadableKey: StateReader {
    struct Failure: Error {}
    let base: any StateReader
    let unreadable: StateKey

    func value(for key: StateKey) throws -> Data? {
        if key == unreadable { throw Failure() }
        return try base.value(for: key)
    }
    func last(atOrBefore key: StateKey, downTo lowest: StateKey) throws -> StateLeaf? {
        try base.last(atOrBefore: key, downTo: lowest)
    }
    func first(atOrAfter key: StateKey, upTo highest: StateKey) throws -> StateLeaf? {
        try base.first(atOrAfter: key, upTo: highest)
    }
}
