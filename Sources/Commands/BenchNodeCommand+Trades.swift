import Foundation
import Ledger
import Node
import Primitives
import Store

/// Replay of trades, and provenance.
extension BenchNodeCommand {
    /// Trades in one block.
    private static let tradesPerBlock = 2_000

    func benchTrades(_ folder: String, _ verify: Double) async throws {
        var network = try BenchNetwork(directory: folder, name: "trades")
        let clock = ContinuousClock()
        let started = clock.now
        try network.mintEnergy(kilowattHours: UInt64(lots + trades * 2 + 1_000))
        try network.splitLots(lots)
        let growth = BenchMachine.seconds(clock.now - started)
        Output.line(
            "growth to \(network.leafCount) leaves in \(growth) s")
        if parts.contains(.replay) {
            try await benchReplay(&network, verify, "trades of whole lots") {
                try $0.tradeLots(
                    min(trades, lots), perBlock: BenchNodeCommand.tradesPerBlock)
            }
            try await benchReplay(&network, verify, "trades cut off a lot") {
                try $0.tradeSingly(trades, perBlock: BenchNodeCommand.tradesPerBlock)
            }
        }
        if parts.contains(.provenance) { try await benchProvenance(network) }
        if parts.contains(.proofs) { try benchProofs(&network) }
        Output.line("resident memory of this process   \(BenchMachine.residentMegabytes()) MB")
    }

    /// Makes trades, and replays them in a copy of the file as it was before them.
    private func benchReplay(
        _ network: inout BenchNetwork, _ verify: Double, _ title: String,
        _ trade: (inout BenchNetwork) throws -> Void
    ) async throws {
        let first = network.entryCount
        var replayed = try network.copied(to: "replay")
        try trade(&network)
        let count = Double(network.entryCount - first)
        let clock = ContinuousClock()
        let (began, used) = (clock.now, BenchMachine.processorSeconds())
        try await replayed.replay(from: network)
        let rate = count / BenchMachine.seconds(clock.now - began)
        let each = Int((BenchMachine.processorSeconds() - used) / count * 1e6)
        Output.line(
            "replay of \(title), \(network.leafCount) leaves   \(Int(rate))/s"
                + "  = \(BenchMachine.ratio(rate, verify)) V2, \(each) µs of processor time each")
        try replayed.close()
        try FileManager.default.removeItem(atPath: replayed.path)
    }

    private func benchProvenance(
        _ network: BenchNetwork
    ) async throws {
        let clock = ContinuousClock()
        let began = clock.now
        let store = network.chain.store
        let (series, last) = (BenchNetwork.series, network.nextSerial - 1)
        let half = questions / 2
        let times = try await withThrowingTaskGroup(of: [Double].self) { group in
            for worker in 0..<2 {
                group.addTask {
                    var times: [Double] = []
                    var state = UInt64(worker) &* 0x9e37_79b9_7f4a_7c15 &+ 1
                    for _ in 0..<half {
                        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                        let serial = DRECSerial((state >> 20) % last + 1)
                        guard let range = DRECRange(series: series, first: serial, last: serial)
                        else { continue }
                        let asked = ContinuousClock.now
                        let found = try await store.read { try $0.provenance(of: range) }
                        times.append(BenchMachine.seconds(ContinuousClock.now - asked))
                        guard found?.sources.isEmpty == false else {
                            throw CommandFailure.failed("a D-REC has no provenance")
                        }
                    }
                    return times
                }
            }
            return try await group.reduce(into: [Double]()) { $0 += $1 }.sorted()
        }
        let rate = Double(times.count) / BenchMachine.seconds(clock.now - began)
        let p99 = times.isEmpty ? 0 : times[min(times.count - 1, times.count * 99 / 100)]
        Output.line(
            "provenance, two askers at full speed   \(Int(rate))/s  p99 "
                + "\(Int(p99 * 1_000_000)) µs")
    }
}
