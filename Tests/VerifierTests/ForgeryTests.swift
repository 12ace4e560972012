import Foundation
import Ledger
import Primitives
import SampleNetworks
import SwiftProtobuf
import Testing
import Verifier
import Wire

@Suite("What a lying quorum could sign")
struct ForgeryTests {
    typealias Sample = SampleNetwork

    /// A defect and the step that finds it. The subject is all that was minted, DREC101-2021-1..11:
    /// entries 3, 4 and 5 mint 1..3, 4..10 and 11, 6 sells 2..8 of account 5 to 6, 7 sells 3..4
    /// back, 8 redeems 6..7, 9 retires 4.
    struct Defect: Sendable {
        let name: String
        let step: ProofStep
        let make: @Sendable (inout Forger) throws -> Void
    }

    private static let series = SeriesID(project: .first, vintage: 2021)
    private static func lot(_ first: UInt64) -> StateKey {
        .lot(series, first: DRECSerial(first))
    }
    private static let developer = StateKey.key(key("developer").publicKey)

    static let ofLog: [Defect] = [
        Defect(name: "a receipt of another index", step: .log) { $0[6].receipt.logIndex = 5 },
        Defect(name: "a receipt of a later block", step: .log) { $0[9].receipt.height = 99 },
        Defect(name: "a receipt of no block", step: .log) { $0[3].receipt.height = 0 },
        Defect(name: "a receipt of tomorrow", step: .log) { $0[9].receipt.time += 86_400 },
        Defect(name: "entries whose blocks descend", step: .log) {
            $0[6].receipt.height = 1
        },
        Defect(name: "another version", step: .signatures) { $0[6].body.version = 2 },
        Defect(name: "a body of another network", step: .signatures) {
            $0[6].body.network = Data(count: 32)
        },
        Defect(name: "no signer", step: .signatures) { $0[6].body.signers = [] },
        Defect(name: "a signer who did not sign", step: .signatures) {
            $0[6].body.signers.append(.with { $0.publicKey = publicKey("nobody") })
        },
        Defect(name: "one signer twice", step: .signatures) {
            $0[6].body.signers.append($0[6].body.signers[0])
        },
    ]

    static let ofKeys: [Defect] = [
        Defect(name: "a key added later", step: .keys) {
            try $0.change(ProtoKeyValue.self, developer) { $0.addedAt = 4 }
        },
        Defect(name: "a key removed before", step: .keys) {
            try $0.change(ProtoKeyValue.self, developer) { $0.removedAt = 9 }
        },
        Defect(name: "a key without the role", step: .keys) {
            try $0.change(ProtoKeyValue.self, developer) { $0.roles = 1 | 2 | 16 }
        },
        Defect(name: "a key that may only trade", step: .keys) {
            try $0.change(ProtoKeyValue.self, developer) { $0.roles = 8 }
        },
        Defect(name: "a key of another account", step: .keys) {
            try $0.change(ProtoKeyValue.self, developer) { $0.account = 6 }
        },
        Defect(name: "no leaf of a key", step: .keys) { $0.leaves[developer] = nil },
        Defect(name: "a delegation that was over", step: .keys) {
            try $0.change(ProtoKeyValue.self, developer) { $0.account = 7 }
            $0.leaves[.delegation(from: AccountID(5), to: AccountID(7))] =
                ProtoDelegationValue.with {
                    $0.roles = 31
                    $0.addedAt = 1
                    $0.removedAt = 8
                }.canonicalBytes
        },
        Defect(name: "a delegation without the role", step: .keys) {
            try $0.change(ProtoKeyValue.self, developer) { $0.account = 7 }
            $0.leaves[.delegation(from: AccountID(5), to: AccountID(7))] =
                ProtoDelegationValue.with { $0.roles = 4 }.canonicalBytes
        },
        Defect(name: "an action that has no business here", step: .keys) {
            $0[6].body.action = .approveAccount(.with { $0.account = 6 })
        },
        Defect(name: "a leaf of no use", step: .lineage) {
            $0.leaves[.key(key("other").publicKey)] =
                ProtoKeyValue.with { $0.account = 9 }.canonicalBytes
        },
        Defect(name: "a leaf of another kind", step: .state) {
            $0.leaves[.project(.first)] = ProtoProjectValue.with { $0.owner = 5 }.canonicalBytes
        },
        Defect(name: "a lot that is reversed", step: .state) {
            try $0.change(ProtoLotValue.self, lot(2)) { $0.last = 1 }
        },
        Defect(name: "a lot of a project that there cannot be", step: .state) {
            let none = SeriesID(project: ProjectID(100), vintage: 2021)
            $0.leaves[.lot(none, first: DRECSerial(1))] = $0.leaves[lot(1)]
        },
    ]

    static let ofLineage: [Defect] = [
        Defect(name: "a lot too few", step: .lineage) { $0.leaves[lot(3)] = nil },
        Defect(name: "a lot cut short", step: .lineage) {
            try $0.change(ProtoLotValue.self, lot(9)) { $0.last = 9 }
        },
        Defect(name: "lots that overlap", step: .lineage) {
            try $0.change(ProtoLotValue.self, lot(1)) { $0.last = 2 }
        },
        Defect(name: "a lot of another owner", step: .lineage) {
            try $0.change(ProtoLotValue.self, lot(5)) { $0.owner = 7 }
        },
        Defect(name: "a spent lot that is active again", step: .lineage) {
            try $0.change(ProtoLotValue.self, lot(6)) { $0.status = .active }
        },
        Defect(name: "an active lot that is spent", step: .lineage) {
            try $0.change(ProtoLotValue.self, lot(1)) { $0.status = .redeemed }
        },
        Defect(name: "a lot of an earlier owner", step: .lineage) {
            try $0.change(ProtoLotValue.self, lot(5)) {
                $0.entry = 4
                $0.owner = 5
            }
            try $0.change(ProtoLotValue.self, lot(5)) { $0.owner = 6 }
        },
        Defect(name: "a lot whose entry is missing", step: .lineage) {
            try $0.change(ProtoLotValue.self, lot(1)) { $0.entry = 10 }
        },
        Defect(name: "a sale that its owner did not sign for", step: .lineage) {
            var moved = $0[6].moved
            for place in moved.consumed.indices { moved.consumed[place].owner = 4 }
            $0[6].moved = moved
        },
        Defect(name: "a sale of what was spent", step: .lineage) {
            var moved = $0[6].moved
            moved.consumed[0].status = .redeemed
            $0[6].moved = moved
        },
        Defect(name: "a sale to another than was signed", step: .lineage) {
            guard case .trade(var trade) = $0[6].body.action else { return }
            trade.to = 4
            $0[6].body.action = .trade(trade)
        },
        Defect(name: "a sale of more than was signed", step: .lineage) {
            guard case .trade(var trade) = $0[6].body.action else { return }
            trade.ranges = [Sample.range(2, 7)]
            $0[6].body.action = .trade(trade)
        },
        Defect(name: "a sale of less than was signed", step: .lineage) {
            guard case .trade(var trade) = $0[6].body.action else { return }
            trade.ranges = [Sample.range(1, 8)]
            $0[6].body.action = .trade(trade)
        },
        Defect(name: "a sale of nothing", step: .lineage) {
            guard case .trade(var trade) = $0[6].body.action else { return }
            trade.ranges = []
            $0[6].body.action = .trade(trade)
        },
        Defect(name: "a sale that makes a D-REC", step: .lineage) {
            var moved = $0[6].moved
            moved.created[moved.created.count - 1].range.last += 1
            $0[6].moved = moved
        },
        Defect(name: "a sale that loses a D-REC", step: .lineage) {
            var moved = $0[6].moved
            moved.created.removeLast()
            $0[6].moved = moved
        },
        Defect(name: "a sale of the future", step: .lineage) {
            var moved = $0[6].moved
            moved.consumed[0].entry = 7
            $0[6].moved = moved
        },
        Defect(name: "one D-REC consumed twice", step: .lineage) {
            var moved = $0[6].moved
            moved.consumed.append(moved.consumed[0])
            $0[6].moved = moved
        },
        Defect(name: "two movements in one entry", step: .lineage) {
            $0[6].receipt.events.append($0[6].receipt.events[0])
        },
        Defect(name: "a retirement that was signed as a redemption", step: .lineage) {
            $0[9].body.action = Sample.redeem([Sample.range(4, 4)])
        },
        Defect(name: "a receipt of nothing", step: .lineage) { $0[6].receipt.events = [] },
        Defect(name: "minted for another", step: .lineage) {
            var placed = $0[3].placed
            placed.issues[0].owner = 6
            $0[3].placed = placed
        },
        Defect(name: "minted without energy", step: .lineage) {
            var placed = $0[5].placed
            placed.issues[0].length = 0
            $0[5].placed = placed
        },
        Defect(name: "minted more than the energy completes", step: .lineage) {
            var placed = $0[5].placed
            placed.issues[0].last += 1
            $0[5].placed = placed
        },
        Defect(name: "minted although it was deferred", step: .lineage) {
            $0[3].body.action = .submitReads(.with { $0.deferMint = true })
        },
        Defect(name: "minted although its receipt says deferred", step: .lineage) {
            $0[3].accepted.deferred = true
        },
        Defect(name: "other reads accepted than were signed for", step: .lineage) {
            $0[3].accepted.count += 1
        },
        Defect(name: "minted although no read was accepted", step: .lineage) {
            $0[3].receipt.events.removeFirst()
        },
        Defect(name: "minted from evidence that nobody named", step: .lineage) {
            var placed = $0[3].placed
            placed.evidence = 1
            $0[3].placed = placed
        },
    ]

    static let ofEnergy: [Defect] = [
        Defect(name: "a read too few", step: .energy) { $0.reads.remove(at: 1) },
        Defect(name: "the last read missing", step: .energy) { $0.reads.removeLast() },
        Defect(name: "a placement longer than its read", step: .energy) {
            $0.reads[1].placement = $0.reads[1].placement.changed(length: 1_351)
            $0.reads[2].placement = $0.reads[2].placement.changed(offset: 1_751, length: 1_249)
        },
        Defect(name: "a read of less than was placed", step: .energy) {
            $0.reads[0].record = $0.reads[0].record.changed(energy: 399)
        },
        Defect(name: "a gap between placements", step: .energy) {
            $0.reads[1].placement = $0.reads[1].placement.changed(offset: 401)
        },
        Defect(name: "placements that overlap", step: .energy) {
            $0.reads[1].placement = $0.reads[1].placement.changed(offset: 399)
        },
        Defect(name: "a placement outside of what was issued", step: .energy) {
            var placed = $0[4].placed
            placed.issues[0].offset = 3_001
            placed.issues[0].length = 7_699
            $0[4].placed = placed
        },
        Defect(name: "a placement of another year", step: .energy) {
            $0.reads[3].record = $0.reads[3].record.changed(start: "2022-03-02")
            $0.reads[3].placement = $0.reads[3].placement.changed(start: "2022-03-02")
        },
        Defect(name: "a placement of another time than its read", step: .energy) {
            $0.reads[3].placement = $0.reads[3].placement.changed(start: "2021-03-03")
        },
        Defect(name: "one moment of a device counted twice", step: .energy) {
            $0.reads[4].record = $0.reads[0].record.changed(energy: 300)
            $0.reads[4].placement = $0.reads[4].placement.changed(start: "2021-03-01")
        },
        Defect(name: "a read of no kind", step: .energy) {
            $0.reads[0].record = $0.reads[0].record.changed(kind: .unspecified)
        },
        Defect(name: "issued over an earlier entry's energy", step: .energy) {
            var placed = $0[5].placed
            placed.issues[0].offset = 10_600
            placed.issues[0].length = 400
            $0[5].placed = placed
        },
    ]

    static let all = ofLog + ofKeys + ofLineage + ofEnergy

    @Test("Every forgery is found by its step", arguments: all.indices)
    func forgeries(number: Int) throws {
        let defect = Self.all[number]
        let chain = try ProofChain.busy()
        var forger = try Forger(try chain.proof(1, 11))
        // What is forged without a defect holds: it is the defect that is found.
        let honest = try forger.file().bytes
        #expect(chain.report(honest).holds, "\(chain.report(honest).lines)")
        try defect.make(&forger)
        let forged = try forger.file().bytes
        try keep(honest, "holds without a defect", chain)
        try keep(forged, "\(defect.step.rawValue) \(defect.name)", chain)
        let report = chain.report(forged)
        let failed = report.lines.filter { $0.verdict == .fails }.map(\.step)
        #expect(failed == [defect.step], "\(defect.name): \(report.lines)")
        #expect(!report.holds && report.statement == nil && report.isFinal)
        try chain.remove()
    }

    /// Keeps a file for verifiers in other languages, where the environment names a folder.
    private func keep(_ bytes: [UInt8], _ name: String, _ chain: ProofChain) throws {
        guard let folder = ProcessInfo.processInfo.environment["DREC_PROOFS"] else { return }
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        for (file, content) in [(name, bytes), ("genesis", chain.genesis)] {
            try Data(content).write(
                to: URL(fileURLWithPath: "\(folder)/\(file).json"), options: .atomic)
        }
    }

    @Test("An account is what its registration made it")
    func accounts() throws {
        let chain = try ProofChain.busy()
        let honest = try Forger(try #require(try chain.proof(of: .account(AccountID(6)))))
        #expect(chain.report(try honest.file().bytes).holds)
        let key = StateKey.account(AccountID(6))
        let changes: [(inout ProtoAccountValue) -> Void] = [
            { $0.legalName = "another" }, { $0.country = "DEU" }, { $0.kind = .developer },
            { $0.sponsor = 2 }, { $0.registeredAt = 1 }, { $0.registeredAt = 9 },
            // It would be the genesis document's, and its entry of no use.
            { $0.registeredAt = 0 },
        ]
        for (number, change) in changes.enumerated() {
            var forger = honest
            try forger.change(ProtoAccountValue.self, key, change)
            #expect(!chain.report(try forger.file().bytes).holds, "change \(number)")
        }
        for other in [AccountID(5), AccountID(1), AccountID(0)] {
            var forger = honest
            forger.subject = .account(other)
            #expect(!chain.report(try forger.file().bytes).holds)
        }
        var forger = honest
        forger[1].receipt.events[0].accountRegistered.account = 5
        #expect(!chain.report(try forger.file().bytes).holds)
        try chain.remove()
    }

    @Test("A device is what its entry made it")
    func devices() throws {
        let chain = try ProofChain.busy()
        let effective = time("2019-01-01")
        let subject = ProofSubject.device(DeviceID(2), effective: effective)
        let honest = try Forger(try #require(try chain.proof(of: subject)))
        #expect(chain.report(try honest.file().bytes).holds)
        let key = StateKey.device(DeviceID(2), effective: effective.rawValue)
        let changes: [(inout ProtoDeviceValue) -> Void] = [
            { $0.owner = 6 }, { $0.details.capacityWatts += 1 }, { $0.entry = 1 },
            { $0.externalIDHash = Data(count: 32) }, { $0.details.country = "DEU" },
        ]
        for (number, change) in changes.enumerated() {
            var forger = honest
            try forger.change(ProtoDeviceValue.self, key, change)
            #expect(!chain.report(try forger.file().bytes).holds, "change \(number)")
        }
        let actions: [Action] = [
            .closeDevice(.with { $0.device = 2 }),
            .updateDevice(.with { $0.device = 2 }),
            .handOverMeter(
                .with {
                    $0.device = 2
                    $0.meterHash = SampleNetworks.hash("meter")
                }),
            .commitProfile(
                .with {
                    $0.device = 2
                    $0.root = SampleNetworks.hash("root")
                }),
            Sample.devices(named: ["two", "one"]), Sample.devices(named: ["one"]),
        ]
        for (number, action) in actions.enumerated() {
            var forger = honest
            forger[2].body.action = action
            #expect(!chain.report(try forger.file().bytes).holds, "action \(number)")
        }
        var forger = honest
        forger.subject = .device(DeviceID(1), effective: effective)
        #expect(!chain.report(try forger.file().bytes).holds)
        try chain.remove()
    }

    @Test("A redemption is of what its entry redeemed, and of nothing else")
    func redemptions() throws {
        let chain = try ProofChain.busy()
        var forger = try Forger(
            try #require(try chain.proof(of: .redemption(LogIndex(8)))))
        #expect(chain.report(try forger.file().bytes).holds)
        for subject in [LogIndex(9), LogIndex(4), LogIndex(6)] {
            var other = forger
            other.subject = .redemption(subject)
            #expect(!chain.report(try other.file().bytes).holds)
        }
        forger.subject = .account(AccountID(5))
        #expect(!chain.report(try forger.file().bytes).holds)
        try chain.remove()
    }
}
