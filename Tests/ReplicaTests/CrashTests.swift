import Consensus
import Foundation
import Ledger
import Primitives
import Replica
import SampleNetworks
import Testing
import Wire

@Suite("Crashes and returns")
struct CrashTests {
    /// Two accounts by way of two authorities; gives the ids.
    private static func short(_ network: inout ReplicaNetwork) throws -> [Digest] {
        var ids: [Digest] = []
        for number in 0..<2 {
            let bytes = network.sample.account("a\(number)")
            let index = (number + 1) % network.processes.count
            if network.processes[index].machine != nil {
                ids.append(try network.submit(bytes, to: index))
            } else {
                ids.append(try network.submit(bytes, to: (index + 1) % network.processes.count))
            }
            try network.run(for: 300)
        }
        return ids
    }

    /// How many effects a process of an undisturbed network obeys.
    private static func effectCount(_ count: Int, of index: Int) throws -> Int {
        var network = try ReplicaNetwork(count)
        try network.start()
        _ = try short(&network)
        try network.run(for: 10_000)
        return network.processes[index].effectCount
    }

    @Test(
        "A process that dies before any one of its effects comes back, and all agree",
        arguments: [(1, 0), (4, 0), (4, 1), (4, 2)])
    func everyEffect(_ count: Int, _ index: Int) throws {
        let effects = try Self.effectCount(count, of: index)
        #expect(effects > 10)
        for crash in 1...effects {
            var network = try ReplicaNetwork(count)
            network.processes[index].crashAt = crash
            try network.start()
            guard count > 1 || network.processes[0].machine != nil else {
                try network.run(for: 5_000)
                #expect(network.processes[0].machine != nil)
                continue
            }
            var ids: [Digest] = []
            if count == 1 {
                // Its client hands everything in until it is answered.
                let all = (0..<3).map { network.sample.account("a\($0)") }
                for _ in 0..<4 {
                    for bytes in all where network.processes[0].machine != nil {
                        try network.submit(bytes)
                    }
                    try network.run(for: 2_500)
                }
                ids = try all.map { try network.sample.decoded($0).id }
            } else {
                ids = try Self.short(&network)
            }
            let waits = ids.filter { id in
                // What only the dead one knew of is gone with it.
                network.processes.contains { $0.machine?.isPooled(id) == true }
                    || network.processes.indices.contains { network.isFinal(id, at: $0) }
            }
            #expect(
                try network.run(for: 60_000) { $0.areFinal(waits) },
                "\(index) of \(count) before effect \(crash)")
            let audit = try network.audit()
            #expect(audit == [], "\(index) of \(count) before effect \(crash)")
        }
    }

    @Test("All die again and again, and still end with one chain", arguments: 1...6)
    func storms(_ seed: Int) throws {
        var network = try ReplicaNetwork(
            4, seed: UInt64(seed),
            faults: ReplicaNetwork.Faults(loss: 5, duplication: 5, delay: 100, crash: 12))
        try network.start()
        var pending: [Data] = []
        for number in 0..<12 {
            pending.append(network.sample.account("a\(number)"))
            for (place, bytes) in pending.enumerated() {
                let index = (place + number) % 4
                if network.processes[index].machine != nil {
                    try network.submit(bytes, to: index)
                }
            }
            try network.run(for: 2_000)
        }
        network.faults = ReplicaNetwork.Faults()
        try network.run(for: 3_000)
        try network.reconnect()
        for bytes in pending { try network.submit(bytes, to: 2) }
        let ids = try pending.map { try network.sample.decoded($0).id }
        #expect(try network.run(for: 120_000) { $0.areFinal(ids) })
        #expect(try network.audit() == [])
        #expect(network.processes.allSatisfy { $0.disk.doubleVotes == 0 })
    }

    @Test("All die at once, and go on from what they kept")
    func allAtOnce() throws {
        for delay in stride(from: UInt64(1), through: 120, by: 7) {
            var network = try ReplicaNetwork(4, seed: delay)
            try network.start()
            let id = try network.submit(network.sample.account("a"))
            try network.run(for: delay)
            for index in 0..<4 { network.crash(index, restartAfter: 500) }
            try network.run(for: 1_000)
            try network.submit(network.sample.account("b"), to: 3)
            try network.run(for: 30_000)
            #expect(network.processes.allSatisfy { $0.disk.history.count >= 1 }, "\(delay)")
            let known = (0..<4).filter { network.isFinal(id, at: $0) }
            #expect(known.isEmpty || known.count == 4)
            #expect(try network.audit() == [])
        }
    }
}
