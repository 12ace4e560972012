import Foundation
import Ledger
import Node
import Primitives
import Wire

/// Bulk meter reads through checks, claim, mint and commit.
extension BenchNodeCommand {
    func benchDenseReads(_ folder: String) async throws {
        var dense = try BenchNetwork(directory: folder, name: "dense")
        try dense.registerDevices(50)
        var bodies: [Data] = []
        let start: UInt64 = 1_672_531_200
        for round in 0..<submissions {
            var rows: [ReadRow] = []
            for device in 1...50 {
                for hour in 0..<100 {
                    let from = start + UInt64(round * 100 + hour) * 3_600
                    rows.append(row(UInt64(device), from, 3_600, 20_000))
                }
            }
            bodies.append(try dense.transaction(.submitReads(ProtoSubmitReads()), reads: rows))
        }
        try await report("reads, 100 for each of 50 devices", bodies, submissions * 5_000, &dense)
    }

    func benchSparseReads(_ folder: String) async throws {
        let start: UInt64 = 1_672_531_200
        var bodies: [Data] = []
        var sparse = try BenchNetwork(directory: folder, name: "sparse")
        try sparse.registerDevices(devices)
        for first in stride(from: 1, through: devices, by: 5_000) {
            let rows = (first..<min(devices + 1, first + 5_000)).map {
                row(UInt64($0), start, 86_400, 100_000)
            }
            bodies.append(try sparse.transaction(.submitReads(ProtoSubmitReads()), reads: rows))
        }
        try await report("reads, 1 for each of \(devices) devices", bodies, devices, &sparse)
    }

    private func row(
        _ device: UInt64, _ start: UInt64, _ seconds: UInt64, _ energy: UInt64
    ) -> ReadRow {
        ReadRow(
            device: DeviceID(device), start: Timestamp(start), end: Timestamp(start + seconds),
            energy: WattHours(energy), kind: .history)
    }

    /// One block for each submission: decode, signature, rules, mint, roots, commit.
    private func report(
        _ title: String, _ bodies: [Data], _ total: Int, _ network: inout BenchNetwork
    ) async throws {
        let clock = ContinuousClock()
        let began = clock.now
        let hash = network.network
        // As in a node: a submission is decoded and its signature checked while the driver is at
        // the one before.
        try await Lookahead.run(
            0..<UInt64(bodies.count), ahead: 2,
            prepare: { index in
                let transaction = try Transaction(decoding: bodies[Int(index)], network: hash)
                try transaction.checkSignatures()
                return transaction
            }, take: { try network.append([$1]) })
        let seconds = BenchMachine.seconds(clock.now - began)
        Output.line("\(title)   \(Int(Double(total) / seconds))/s  (\(total) in \(seconds) s)")
    }
}
