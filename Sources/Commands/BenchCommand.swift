import ArgumentParser
import Foundation
import Ledger
import Merkle
import Primitives
import Replica
import Store
import Wire

struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measure one node's work in this process, beside the machine's own rates.",
        discussion: """
            Use a release build on a quiet machine. Ratios are to V2, the rate of signature checks \
            on two threads in the same run.

            Example: drec bench --lots 100000 --trades 20000
            """)
    @Option(help: "Lots in the state before trades are replayed.") var lots = 100_000
    @Option(help: "Trades that are replayed.") var trades = 20_000
    @Option(help: "Provenance questions that are asked.") var questions = 20_000
    @Option(help: "Devices for the reads of one row each.") var devices = 100_000
    @Option(help: "Directory for the files; removed afterwards.")
    var directory = NSTemporaryDirectory()

    func run() async throws {
        try await Output.run {
            let folder = directory + "/drec-bench-\(UUID().uuidString)"
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(atPath: folder) }
            let verify = try await BenchMachine.verificationsPerSecond()
            Output.line("signature checks, two threads (V2)   \(Int(verify))/s")
            Output.line(
                "fsync of 4 KiB                       "
                    + "\(Int(try BenchMachine.syncsPerSecond(in: folder)))/s")
            try await benchReads(folder)
            try await benchTrades(folder, verify)
        }
    }

    // MARK: Reads

    private func benchReads(_ folder: String) async throws {
        var dense = try BenchNetwork(directory: folder, name: "dense")
        try dense.registerDevices(50)
        var bodies: [Data] = []
        let start: UInt64 = 1_672_531_200
        for round in 0..<20 {
            var rows: [ReadRow] = []
            for device in 1...50 {
                for hour in 0..<100 {
                    let from = start + UInt64(round * 100 + hour) * 3_600
                    rows.append(row(UInt64(device), from, 3_600, 20_000))
                }
            }
            bodies.append(try dense.transaction(.submitReads(ProtoSubmitReads()), reads: rows))
        }
        try await report("reads, 100 for each of 50 devices", bodies, 5_000, &dense)

        var sparse = try BenchNetwork(directory: folder, name: "sparse")
        try sparse.registerDevices(devices)
        bodies = []
        for first in stride(from: 1, through: devices, by: 5_000) {
            let rows = (first..<min(devices + 1, first + 5_000)).map {
                row(UInt64($0), start, 86_400, 100_000)
            }
            bodies.append(try sparse.transaction(.submitReads(ProtoSubmitReads()), reads: rows))
        }
        try await report("reads, 1 for each of \(devices) devices", bodies, 5_000, &sparse)
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
        _ title: String, _ bodies: [Data], _ rows: Int, _ network: inout BenchNetwork
    ) async throws {
        let clock = ContinuousClock()
        let began = clock.now
        for body in bodies {
            let decoded = try Transaction(decoding: body, network: network.genesis.hash)
            try decoded.checkSignatures()
            try network.append([body])
        }
        let seconds = BenchMachine.seconds(clock.now - began)
        let count = bodies.count * rows
        Output.line("\(title)   \(Int(Double(count) / seconds))/s  (\(count) in \(seconds) s)")
    }

    // MARK: Trades and provenance

    private func benchTrades(_ folder: String, _ verify: Double) async throws {
        var network = try BenchNetwork(directory: folder, name: "trades")
        try network.registerDevices(40)
        let minted = try mintEnergy(&network)
        let series = SeriesID(project: .first, vintage: 2022)
        var serial: UInt64 = 1
        // Every second D-REC goes to the buyer: each leaves a lot on either side.
        var made = 0
        while made < lots, serial + 512 < minted {
            var action = ProtoTrade()
            action.to = BenchNetwork.buyer.rawValue
            for _ in 0..<256 {
                action.ranges.append(range(series, serial))
                serial += 2
            }
            try network.append([network.transaction(.trade(action))])
            made += 512
        }
        let before = network.replica.head.height.rawValue + 1
        let copy = try network.copied(to: "replay")
        var left = trades
        while left > 0, serial + 2 < minted {
            var block: [Data] = []
            for _ in 0..<min(left, 2_000) where serial + 2 < minted {
                var action = ProtoTrade()
                action.to = BenchNetwork.buyer.rawValue
                action.ranges = [range(series, serial)]
                serial += 2
                block.append(try network.transaction(.trade(action)))
            }
            try network.append(block)
            left -= block.count
        }
        let blocks = try network.storedBlocks(from: before)
        var replayed = copy
        let clock = ContinuousClock()
        let began = clock.now
        try await replayed.replay(blocks)
        let seconds = BenchMachine.seconds(clock.now - began)
        let rate = Double(trades - left) / seconds
        Output.line(
            "replay of trades at \(copy.replica.tree.leafCount) leaves   \(Int(rate))/s"
                + "  = \(BenchMachine.ratio(rate, verify)) V2")
        try await benchProvenance(network, series, serial)
        let started = clock.now
        let loaded = try network.store.load()
        Output.line(
            "load of the chain, \(loaded.head.frontier.size) entries, "
                + "\(loaded.tree.leafCount) leaves   \(BenchMachine.seconds(clock.now - started)) s"
        )
        Output.line("resident memory of this process   \(BenchMachine.residentMegabytes()) MB")
    }

    /// A year of reads of forty devices, a month at a time, at a fifth of the nameplate.
    ///
    /// - Returns: about how many D-RECs of 2022 there are then.
    private func mintEnergy(_ network: inout BenchNetwork) throws -> UInt64 {
        var month = CivilMonth(Timestamp(1_640_995_200))
        var minted: UInt64 = 0
        let wanted = UInt64(lots + trades) * 2 + 1_000
        while minted < wanted, month.year == 2022 {
            let seconds = month.end.rawValue - month.start.rawValue
            let energy = 250_000 * seconds / 3_600 / 5
            let rows = (1...40).map {
                row(UInt64($0), month.start.rawValue, seconds, energy)
            }
            try network.append([
                network.transaction(.submitReads(ProtoSubmitReads()), reads: rows)
            ])
            minted += energy * 40 / 1_000
            month = month.next
        }
        return minted
    }

    private func benchProvenance(
        _ network: BenchNetwork, _ series: SeriesID, _ last: UInt64
    ) async throws {
        let clock = ContinuousClock()
        let began = clock.now
        let store = network.store
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

    private func range(_ series: SeriesID, _ serial: UInt64) -> ProtoRange {
        var range = ProtoRange()
        range.project = series.project.rawValue
        range.vintage = series.vintage
        range.first = serial
        range.last = serial
        return range
    }
}

/// What the machine itself can do.
enum BenchMachine {
    static func seconds(_ duration: Duration) -> Double {
        let exact =
            Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
        return (exact * 1e6).rounded() / 1e6
    }

    static func ratio(_ rate: Double, _ base: Double) -> Double {
        (rate / base * 100).rounded() / 100
    }

    /// Checks of signatures over 100 bytes on two threads.
    static func verificationsPerSecond() async throws -> Double {
        guard let key = SigningKey(seed: [UInt8](repeating: 9, count: 32)) else { return 0 }
        let message = [UInt8](repeating: 7, count: 100)
        let signature = key.sign(.transaction, message)
        let began = ContinuousClock.now
        let count = 8_000
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<2 {
                group.addTask {
                    for _ in 0..<count / 2 {
                        precondition(key.publicKey.verifies(signature, .transaction, message))
                    }
                }
            }
        }
        return Double(count) / seconds(ContinuousClock.now - began)
    }

    static func syncsPerSecond(in folder: String) throws -> Double {
        let path = folder + "/sync"
        guard FileManager.default.createFile(atPath: path, contents: nil) else { return 0 }
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        let page = Data(count: 4_096)
        let began = ContinuousClock.now
        for _ in 0..<500 {
            try handle.write(contentsOf: page)
            try handle.synchronize()
        }
        try handle.close()
        return 500 / seconds(ContinuousClock.now - began)
    }

    /// From `/proc/self/status`; 0 where there is none.
    static func residentMegabytes() -> Int {
        guard let text = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
            let line = text.split(separator: "\n").first(where: { $0.hasPrefix("VmRSS:") }),
            let kilobytes = line.split(whereSeparator: { !$0.isNumber }).first.flatMap({
                Int($0)
            })
        else { return 0 }
        return kilobytes / 1_024
    }
}
