import Foundation
import Ledger
import Mutations
import Primitives
import SampleNetworks
import SwiftProtobuf
import Testing
import Wire

/// Sequences that nobody thought of, with the audit on after each block.
struct RandomTests {
    @Test("whatever is sent, energy is conserved and a refusal leaves no trace", arguments: 1...8)
    func sequences(seed: UInt64) throws {
        var random = SmallRandom(seed: seed)
        var ledger = try Inhabited.network()
        try ledger.apply(
            SampleNetwork.devices((0..<3).map { SampleNetwork.device("random \($0)") }), as: 3,
            by: "developer")
        var applied = 0
        var refusals: [RefusalCode: Int] = [:]
        for step in 0..<250 {
            let attempt = attempt(&random, ledger)
            let refusal = try ledger.refusal(
                attempt.action, as: attempt.account, by: attempt.signers, reads: attempt.reads)
            if let refusal {
                refusals[refusal.code, default: 0] += 1
            } else {
                applied += 1
            }
            if random.below(9) == 0 {
                try ledger.seal(at: Timestamp(ledger.now.rawValue + random.below(40_000)))
            }
            #expect(step < 250, "seed \(seed)")
        }
        try ledger.seal()
        print("seed \(seed): \(applied) applied, \(refusals.values.reduce(0, +)) refused")
        #expect(applied > 50 && refusals.count > 3, "seed \(seed)")
    }

    private struct Attempt {
        var action: Action
        var account: UInt64
        var signers: [String]
        var reads: [ReadRow] = []
    }

    private static let holders: [(UInt64, String)] = [
        (3, "developer"), (5, "buyer"), (6, "client"),
    ]

    private func attempt(_ random: inout SmallRandom, _ ledger: LedgerHarness) -> Attempt {
        let lot = activeLot(&random, ledger)
        let owner = lot.flatMap { lot in RandomTests.holders.first { $0.0 == lot.owner } }
        let (account, name) =
            random.below(4) == 0
            ? RandomTests.holders[Int(random.below(3))] : owner ?? (3, "developer")
        let signers = random.below(12) == 0 ? ["buyer"] : [name]
        let target = [3, 4, 5, 6, 1, 77][Int(random.below(6))] as UInt64
        switch random.below(10) {
        case 0...3:
            let owner =
                random.below(3) == 0 ? (6, "aggregator") : (3, "developer") as (UInt64, String)
            let reads = (0...random.below(4) / 3).map { _ in read(&random, ledger, of: owner.0) }
            let isDeferred = random.below(5) == 0
            return Attempt(
                action: .submitReads(.with { $0.deferMint = isDeferred }), account: owner.0,
                signers: [owner.1], reads: reads)
        case 4:
            guard
                let entry = ledger.history.last(where: {
                    $0.receipt.events.first?.readsAccepted.deferred == true
                })
            else { fallthrough }
            return Attempt(
                action: .mint(.with { $0.evidence = entry.index.rawValue }),
                account: entry.transaction.body.account, signers: ["developer", "client"],
                reads: entry.transaction.reads)
        case 5, 6, 7:
            return Attempt(
                action: SampleNetwork.trade(ranges(&random, ledger, lot), to: target),
                account: account,
                signers: signers)
        case 8:
            return Attempt(
                action: SampleNetwork.redeem(ranges(&random, ledger, lot)), account: account,
                signers: signers)
        default:
            return random.below(4) == 0
                ? device(&random, ledger)
                : Attempt(
                    action: SampleNetwork.retire(ranges(&random, ledger, lot)), account: account,
                    signers: signers)
        }
    }

    private func device(_ random: inout SmallRandom, _ ledger: LedgerHarness) -> Attempt {
        let device = 1 + random.below(5)
        let now = ledger.now.rawValue
        let effective = random.below(2) == 0 ? 0 : now - random.below(900_000)
        let capacity = 10_000 + random.below(90_000)
        let meter = hash("meter \(random.below(3))")
        let action: Action =
            switch random.below(4) {
            case 0:
                .updateDevice(
                    .with {
                        $0.device = device
                        $0.effective = effective
                        $0.details = SampleNetwork.details { $0.capacityWatts = capacity }
                    })
            case 1 where random.below(4) == 0:
                .closeDevice(
                    .with {
                        $0.device = device
                        $0.effective = effective
                    })
            default:
                .handOverMeter(
                    .with {
                        $0.device = device
                        $0.meterHash = meter
                    })
            }
        return Attempt(action: action, account: 3, signers: ["developer"])
    }

    private func read(
        _ random: inout SmallRandom, _ ledger: LedgerHarness, of owner: UInt64
    ) -> ReadRow {
        let device = owner == 6 ? 2 : [1, 3, 4, 5][Int(random.below(4))] as UInt64
        let now = ledger.now.rawValue
        let lengths: [UInt64] = [900, 3_600, 86_400, 86_400 * 3, 86_400 * 40, 86_400 * 300, 0]
        let length = lengths[Int(random.below(7))]
        switch random.below(4) {
        case 0:
            let at = now - random.below(400_000)
            return SampleNetwork.aggregate(
                device, Timestamp(at), (at - 1_600_000_000) / 3 + random.below(90_000))
        case 1:
            let start = random.below(3) == 0 ? 0 : now - random.below(100_000)
            return SampleNetwork.delta(
                device, Timestamp(start), Timestamp(now - random.below(90_000)),
                random.below(30_000))
        default:
            // Whole days around New Year, so that windows meet and cross.
            let start = time("2021-01-01").rawValue + random.below(500) * 86_400
            return ReadRow(
                device: DeviceID(device), start: Timestamp(start), end: Timestamp(start + length),
                energy: WattHours(random.below(1 + min(length, 40 * 86_400) * 5)), kind: .history)
        }
    }

    private func activeLot(
        _ random: inout SmallRandom, _ ledger: LedgerHarness
    ) -> ProtoLotRecord? {
        var lots: [ProtoLotRecord] = []
        for (key, bytes) in ledger.leaves.sorted(by: { $0.key < $1.key }) where key.kind == .lot {
            guard let lot = try? ProtoLotValue(serializedBytes: bytes), lot.status == .active
            else { continue }
            lots.append(
                .with {
                    $0.range = SampleNetwork.range(
                        key.word2, lot.last, project: key.word0, vintage: UInt32(key.word1))
                    $0.owner = lot.owner
                })
        }
        return lots.isEmpty ? nil : lots[Int(random.below(UInt64(lots.count)))]
    }

    private func ranges(
        _ random: inout SmallRandom, _ ledger: LedgerHarness, _ lot: ProtoLotRecord?
    ) -> [ProtoRange] {
        if let lot, random.below(5) > 0 {
            var range = lot.range
            range.first += random.below(range.last - range.first + 1)
            range.last = range.first + random.below(range.last - range.first + 1)
            if random.below(2) == 0 { range.first = lot.range.first }
            return [range]
        }
        let series = ledger.leaves.keys.filter { $0.kind == .series }.sorted()
        guard !series.isEmpty else { return [SampleNetwork.range(1, 1)] }
        let id = series[Int(random.below(UInt64(series.count)))].series
        let minted = ((try? ledger.state.series(id))??.issuedWattHours ?? 0) / 1_000
        var ranges: [ProtoRange] = []
        var first = 1 + random.below(minted + 1)
        for _ in 0...random.below(3) {
            let last = first + random.below(1 + minted / 4)
            ranges.append(
                SampleNetwork.range(first, last, project: id.project.rawValue, vintage: id.vintage))
            first = last + random.below(4)
        }
        return ranges
    }

    @Test("independent transactions give the same state in any order", arguments: 1...5)
    func orders(seed: UInt64) throws {
        func run(_ shuffled: Bool) throws -> [StateKey: Data] {
            var ledger = try Inhabited.network()
            try ledger.apply(
                SampleNetwork.devices((0..<6).map { SampleNetwork.device("order \($0)") }), as: 3,
                by: "developer")
            // Deferred reads of six devices touch six months each and nothing in common.
            var batch = (0..<6).map { index in
                (0..<4).map { day in
                    let start = time("2021-05-29").rawValue + UInt64(day) * 86_400
                    return ReadRow(
                        device: DeviceID(UInt64(3 + index)), start: Timestamp(start),
                        end: Timestamp(start + 86_400),
                        energy: WattHours(UInt64(1_000 * index + 77 * day)), kind: .history)
                }
            }
            // And rows of one submission in any order.
            var rows = (0..<24).map { index in
                let start = time("2022-02-27").rawValue + UInt64(index / 6) * 86_400
                return ReadRow(
                    device: DeviceID(UInt64(3 + index % 6)), start: Timestamp(start),
                    end: Timestamp(start + 86_400), energy: WattHours(UInt64(999 * index)),
                    kind: .history)
            }
            if shuffled {
                var random = SmallRandom(seed: seed)
                batch.shuffle(using: &random)
                rows.shuffle(using: &random)
            }
            for rows in batch { try ledger.submit(rows, deferred: true) }
            try ledger.submit(rows, deferred: true)
            try ledger.seal()
            return ledger.leaves.filter { $0.key.kind != .evidence }
        }
        #expect(try run(true) == run(false))
    }
}
