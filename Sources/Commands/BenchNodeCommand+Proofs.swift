import Foundation
import Ledger
import Node
import Primitives
import Store
import Verifier
import Wire

/// Proof files: making them and checking them.
extension BenchNodeCommand {
    /// D-RECs that were minted, sold and redeemed, in a state of many lots.
    func benchProofs(_ network: inout BenchNetwork) throws {
        let count = min(1_000, trades)
        let first = network.nextSerial
        try network.tradeSingly(count, perBlock: 500)
        let serials = stride(from: first, to: network.nextSerial, by: 2)
        try network.redeemSingly(serials)
        let store = network.chain.store
        let genesis = network.genesis.json.canonicalBytes
        var making: [Double] = []
        var checking: [Double] = []
        var sizes: [Int] = []
        for serial in serials {
            guard
                let range = DRECRange(
                    series: BenchNetwork.series, first: DRECSerial(serial),
                    last: DRECSerial(serial))
            else { continue }
            let began = ContinuousClock.now
            let file = try store.readNow { access in
                try access.proofFile(
                    of: .drecs(range), network: network.network, trees: store.proofTree)
            }
            let bytes = file?.bytes ?? []
            let made = ContinuousClock.now
            let report = ProofCheck.report(on: bytes, genesis: genesis)
            checking.append(BenchMachine.seconds(ContinuousClock.now - made))
            making.append(BenchMachine.seconds(made - began))
            sizes.append(bytes.count)
            guard report.holds, file?.entries.count == 3 else {
                throw CommandFailure.failed("a proof of three transactions does not hold")
            }
        }
        func tell(_ what: String, _ values: [Double]) {
            let sorted = values.sorted()
            guard let last = sorted.last else { return }
            let microseconds = [sorted[sorted.count / 2], sorted[sorted.count * 99 / 100], last]
                .map { String(Int($0 * 1e6)) }
            Output.line(
                "\(what) a proof of three transactions, \(network.leafCount) leaves   median "
                    + "\(microseconds[0]) µs  p99 \(microseconds[1]) µs  most \(microseconds[2]) µs"
            )
        }
        tell("making", making)
        tell("after each block of one trade, making", try makingAfterBlocks(&network))
        tell("checking", checking)
        sizes.sort()
        if let largest = sizes.last {
            Output.line(
                "size of such a proof, one authority and one read   median "
                    + "\(sizes[sizes.count / 2]) bytes  most \(largest) bytes")
        }
    }

    /// A proof right after each of some blocks, by the copy of the tree that follows them; then by
    /// one that is made anew, of which the first is told alone.
    private func makingAfterBlocks(_ network: inout BenchNetwork) throws -> [Double] {
        let store = network.chain.store
        func seconds(_ serial: UInt64, _ trees: ProofTree) throws -> Double {
            let range = DRECRange(
                series: BenchNetwork.series, first: DRECSerial(serial), last: DRECSerial(serial))
            let hash = network.network
            let began = ContinuousClock.now
            let file = try range.flatMap { range in
                try store.readNow {
                    try $0.proofFile(of: .drecs(range), network: hash, trees: trees)
                }
            }
            guard file != nil else { throw CommandFailure.failed("no proof after a block") }
            return BenchMachine.seconds(ContinuousClock.now - began)
        }
        var times: [Double] = []
        for _ in 0..<100 {
            let serial = network.nextSerial
            try network.tradeSingly(1, perBlock: 1)
            times.append(try seconds(serial, store.proofTree))
        }
        let anew = try seconds(network.nextSerial - 1, ProofTree())
        Output.line("making the tree anew for a proof   \(Int(anew * 1e6)) µs")
        return times
    }
}

extension BenchNetwork {
    /// Has the buyer redeem D-RECs one by one.
    fileprivate mutating func redeemSingly(_ serials: StrideTo<UInt64>) throws {
        var block: [Data] = []
        for serial in serials {
            var range = ProtoRange()
            range.project = BenchNetwork.series.project.rawValue
            range.vintage = BenchNetwork.series.vintage
            range.first = serial
            range.last = serial
            var action = ProtoRedeem()
            action.ranges = [range]
            action.beneficiary = "A school"
            action.location = "KEN"
            action.purpose = "Its light"
            action.periodStart = 1_640_995_200
            action.periodEnd = 1_672_531_200
            block.append(
                try transaction(.redeem(action), as: BenchNetwork.buyer, keys: [buyerKey]))
        }
        try append(block)
    }
}
