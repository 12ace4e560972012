import Consensus
import Foundation
import Ledger
import Primitives
import Replica
import SampleNetworks
import Testing
import Wire

@Suite("Authorities with a ledger")
struct AgreementTests {
    /// Settling, reads, and a trade of what they gave, one after the other since each needs what
    /// came before, each handed in at another authority.
    static func story(_ network: inout ReplicaNetwork, after ids: [Digest] = []) throws -> [Digest]
    {
        let count = network.processes.count { !$0.isObserver }
        var ids = ids
        var steps = network.sample.settling()
        steps.append(network.sample.reads([SampleNetwork.history(1, "2021-03-01", 12_345)]))
        steps.append(
            network.sample.trade(
                [SampleNetwork.range(2, 5)], from: "developer", SampleNetwork.developer,
                to: SampleNetwork.buyer))
        for (number, bytes) in steps.enumerated() {
            let living = (0..<count).filter { network.processes[$0].machine != nil }
            guard !living.isEmpty else { return ids }
            ids.append(try network.submit(bytes, to: living[number % living.count]))
            try network.run(for: 60_000) { $0.areFinal(ids, at: living) }
        }
        return ids
    }

    @Test("All authorities end with one chain, and each transaction once", arguments: [1, 4, 5])
    func agrees(_ count: Int) throws {
        var network = try ReplicaNetwork(count, observers: 1)
        try network.start()
        let ids = try Self.story(&network)
        #expect(try network.run(for: 20_000) { $0.areFinal(ids) })
        #expect(try network.audit() == [])
        #expect(network.processes[0].disk.head == network.processes[count].disk.head)
        #expect(network.processes[0].disk.history.count == ids.count)
        for (number, id) in ids.enumerated() {
            let outcome = network.processes[number % count].outcomes[id]
            guard case .final(let place)? = outcome else {
                Issue.record("no answer")
                continue
            }
            let known = try network.processes[0].disk.place(ofTransaction: id)
            #expect(known == place)
        }
    }

    @Test("Lost, doubled and delayed messages change nothing", arguments: 1...6)
    func lossy(_ seed: Int) throws {
        var network = try ReplicaNetwork(
            seed % 2 == 0 ? 4 : 5, seed: UInt64(seed),
            faults: ReplicaNetwork.Faults(loss: 15, duplication: 20, delay: 300))
        try network.start()
        let ids = try Self.story(&network)
        #expect(try network.run(for: 120_000) { $0.areFinal(ids) })
        #expect(try network.audit() == [])
    }

    @Test("A network at rest makes no blocks and sends nothing", arguments: [1, 4])
    func idle(_ count: Int) throws {
        var network = try ReplicaNetwork(count)
        try network.start()
        try network.run(for: 30_000)
        #expect(network.processes.allSatisfy { $0.disk.blocks.isEmpty })
        let ids = try Self.story(&network)
        #expect(try network.run(for: 20_000) { $0.areFinal(ids) })
        try network.run(for: 10_000)
        let height = network.height(0)
        let messages = network.messageCount
        try network.run(for: 600_000)
        #expect(network.height(0) == height && network.messageCount == messages)
    }

    @Test("A refused transaction is answered, makes no block and keeps nobody busy")
    func refused() throws {
        var network = try ReplicaNetwork(4)
        try network.start()
        let foreign = network.sample.signed(
            SampleNetwork.devices(named: ["x"]), as: 77, by: "stranger")
        let id = try network.submit(foreign)
        try network.run(for: 10_000)
        guard case .refused? = network.processes[0].outcomes[id] else {
            Issue.record("no refusal")
            return
        }
        let messages = network.messageCount
        try network.run(for: 60_000)
        #expect(network.messageCount == messages && network.height(0) == 0)
        #expect(network.processes.allSatisfy { $0.machine?.pooledCount == 0 })
    }

    @Test("A known transaction handed in again is answered with its place, and applied once")
    func again() throws {
        var network = try ReplicaNetwork(4)
        try network.start()
        let bytes = network.sample.account("twice")
        let id = try network.submit(bytes)
        try network.submit(bytes, to: 2)
        #expect(try network.run(for: 20_000) { $0.areFinal([id]) })
        try network.submit(bytes, to: 3)
        try network.run(for: 5_000)
        for index in [0, 2, 3] {
            guard case .final? = network.processes[index].outcomes[id] else {
                Issue.record("\(index) has no answer")
                continue
            }
        }
        #expect(network.processes[0].disk.history.count == 1)
        #expect(try network.audit() == [])
    }

    @Test("One dead authority of four, in turn, stops nothing", arguments: 0..<4)
    func oneDead(_ dead: Int) throws {
        var network = try ReplicaNetwork(4)
        try network.start()
        network.crash(dead)
        let living = (0..<4).filter { $0 != dead }
        var ids: [Digest] = []
        for number in 0..<6 {
            ids.append(
                try network.submit(network.sample.account("a\(number)"), to: living[number % 3]))
            try network.run(for: 500)
        }
        #expect(try network.run(for: 60_000) { $0.areFinal(ids, at: living) })
        #expect(try network.audit(living) == [])
        // Two dead are too many, and their return is enough.
        network.crash(living[0], restartAfter: 30_000)
        let height = network.height(living[1])
        let late = try network.submit(network.sample.account("late"), to: living[1])
        try network.run(for: 25_000)
        #expect(network.height(living[1]) <= height + 1 && !network.isFinal(late, at: living[1]))
        #expect(try network.run(for: 60_000) { $0.areFinal([late], at: living) })
        #expect(try network.audit(living) == [])
    }
}
