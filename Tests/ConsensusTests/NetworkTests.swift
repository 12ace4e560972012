import Consensus
import Primitives
import Testing

/// S1 to S6 and L1 to L5 on whole networks in one thread, from seeds.
@Suite struct NetworkTests {
    /// Ten certification timeouts (L1).
    private let patience: UInt64 = 40_000

    /// Bad weather with work in it, then good weather: safe all the time, and live after it.
    private func survives(
        _ count: Int, seed: UInt64, _ faults: SmallNetwork.Faults, deviations: Deviations = []
    ) -> [String] {
        var network = SmallNetwork(count, seed: seed, faults: faults, deviations: deviations)
        for number in 1...8 {
            network.submit(number)
            network.run(for: 1_500)
            if network.numbers.chance(30) {
                network.cut = [Int(network.numbers.below(UInt64(count)))]
            } else {
                network.cut = []
            }
        }
        network.cut = []
        network.faults.loss = 0
        network.faults.crash = 0
        network.faults.delay = 20
        network.submit(9)
        var problems: [String] = []
        if !network.run(for: patience, until: { $0.isFinal(9) }) {
            problems.append("L1: number 9 is not final after \(patience) ms")
        }
        // Enough blocks to pass any boundary.
        for number in 10...14 where faults.boundary != nil {
            network.submit(number)
            if !network.run(for: patience, until: { $0.isFinal(number) }) {
                problems.append("L1: number \(number) is not final after \(patience) ms")
            }
        }
        if faults.boundary != nil,
            network.processes.contains(where: { $0.machine?.epoch == Epoch(0) })
        {
            problems.append("a member is in the first epoch still")
        }
        return network.check.violations + problems
    }

    @Test(
        "members with good links agree, quickly, and then fall silent",
        arguments: [1, 2, 3, 4, 5, 7])
    func goodWeather(count: Int) {
        var network = SmallNetwork(count, seed: 1)
        for number in 1...10 {
            network.submit(number)
            #expect(
                network.run(for: 1_500) { $0.isFinal(number) }, "number \(number) is not final")
        }
        network.run(for: 10_000)
        let messages = network.messageCount
        let height = network.check.highestFinal
        network.run(for: 600_000)
        #expect(network.messageCount == messages, "L3: an idle network talks")
        #expect(network.check.highestFinal == height, "L3: an idle network makes blocks")
        #expect(height == 10, "L3: \(height) blocks for 10 pieces of work")
        network.submit(11)
        #expect(network.run(for: 1_500) { $0.isFinal(11) })
        #expect(network.check.violations.isEmpty)
    }

    @Test(
        "nothing contradicts itself under loss, disorder, repetition and crashes, and all goes on",
        arguments: [1, 2, 3, 4, 5, 7], 0..<25 as Range<UInt64>)
    func badWeather(count: Int, seed: UInt64) {
        var faults = SmallNetwork.Faults()
        faults.loss = [0, 5, 15, 30][Int(seed % 4)]
        faults.duplication = 20
        faults.delay = [20, 200, 1_500][Int(seed % 3)]
        faults.crash = [0, 2, 10][Int(seed / 3 % 3)]
        let problems = survives(count, seed: seed, faults)
        #expect(problems.isEmpty, "\(count) members, seed \(seed): \(problems)")
    }

    @Test(
        "a member that runs twice with one key breaks nothing", arguments: 0..<20 as Range<UInt64>)
    func twins(seed: UInt64) {
        var faults = SmallNetwork.Faults()
        faults.twin = Int(seed % 4)
        faults.loss = 10
        faults.delay = 300
        faults.crash = seed % 2 * 4
        let problems = survives(4, seed: seed, faults)
        #expect(problems.isEmpty, "seed \(seed): \(problems)")
    }

    @Test(
        "a member that signs whatever it likes breaks nothing", arguments: 0..<30 as Range<UInt64>)
    func liars(seed: UInt64) {
        let count = seed % 3 == 0 ? 7 : 4
        var faults = SmallNetwork.Faults()
        faults.liar = Int(seed % UInt64(count))
        faults.loss = seed % 2 * 10
        faults.delay = [20, 300][Int(seed / 2 % 2)]
        faults.crash = seed / 4 % 2 * 4
        let problems = survives(count, seed: seed, faults)
        #expect(problems.isEmpty, "seed \(seed): \(problems)")
    }

    @Test(
        "an epoch ends once and the next one begins on its last block, in any weather",
        arguments: [1, 3, 4, 7], 0..<10 as Range<UInt64>)
    func epochs(count: Int, seed: UInt64) {
        var faults = SmallNetwork.Faults()
        faults.boundary = 1 + seed % 4
        faults.loss = [0, 10, 25][Int(seed % 3)]
        faults.delay = [20, 1_000][Int(seed % 2)]
        faults.crash = [0, 5, 20][Int(seed / 2 % 3)]
        let problems = survives(count, seed: seed, faults)
        #expect(problems.isEmpty, "\(count) members, seed \(seed): \(problems)")
    }

    @Test("the same seed gives the same run, another seed another")
    func deterministic() {
        let trace = { (seed: UInt64) in
            var faults = SmallNetwork.Faults()
            faults.loss = 10
            faults.crash = 5
            var network = SmallNetwork(4, seed: seed, faults: faults)
            for number in 1...5 {
                network.submit(number)
                network.run(for: 2_000)
            }
            return network.trace
        }
        #expect(trace(7) == trace(7))
        #expect(trace(7) != trace(8))
    }

    @Test("three of four go on without the fourth, and it costs a view timeout once")
    func deadMember() {
        for dead in 0..<4 {
            var network = SmallNetwork(4, seed: UInt64(dead))
            network.submit(1)
            #expect(network.run(for: 1_500) { $0.isFinal(1) })
            network.cut = [dead]
            var slow = 0
            for number in 2...21 {
                network.submit(number)
                let start = network.now
                let isDone = network.run(for: patience) { network in
                    network.processes.count { process in
                        process.disk.chain.contains {
                            process.disk.blocks[$0.hash]?.numbers.contains(number) == true
                        }
                    } == 3
                }
                #expect(isDone)
                if network.now - start >= 2_000 { slow += 1 }
            }
            #expect(slow <= 1, "member \(dead) was waited for \(slow) times")
            network.cut = []
            network.submit(22)
            #expect(network.run(for: patience) { $0.isFinal(22) })
            #expect(network.check.violations.isEmpty)
        }
    }

    @Test("without a quorum nothing becomes final, and with it again all goes on by itself")
    func withoutQuorum() {
        var network = SmallNetwork(4, seed: 3)
        network.submit(1)
        #expect(network.run(for: 1_500) { $0.isFinal(1) })
        let height = network.check.highestFinal
        network.cut = [0, 2]
        network.submit(2)
        network.run(for: 120_000)
        #expect(network.check.highestFinal == height)
        network.cut = []
        #expect(network.run(for: patience) { $0.isFinal(2) })
        #expect(network.check.violations.isEmpty)
    }

    @Test(
        "a network that stops as a whole, at any moment, goes on",
        arguments: 0..<12 as Range<UInt64>)
    func allCrash(seed: UInt64) {
        var network = SmallNetwork(4, seed: seed)
        network.submit(1)
        // From the first messages through the leader's timeout and the nullify votes.
        if seed >= 6 { network.cut = [Int(seed % 4)] }
        network.run(for: seed < 6 ? seed * 12 : 1_990 + (seed - 6) * 8)
        for index in network.processes.indices { network.crash(index, restartAfter: 500) }
        network.cut = []
        network.submit(2)
        #expect(network.run(for: patience) { $0.isFinal(1) && $0.isFinal(2) })
        #expect(network.check.violations.isEmpty)
    }

    @Test("a committee that stops with every nullify vote written and none heard goes on")
    func allCrashAfterNullify() {
        let goesOn: (Deviations) -> Bool = { deviations in
            var network = SmallNetwork(3, seed: 5, deviations: deviations)
            network.cut = [0, 1, 2]
            network.submit(1)
            network.run(for: 4_500)
            for index in network.processes.indices { network.crash(index, restartAfter: 500) }
            network.cut = []
            #expect(network.check.violations.isEmpty)
            return network.run(for: patience) { $0.isFinal(1) }
        }
        #expect(goesOn([]))
        #expect(!goesOn(.forgetsOwnNullify), "the bug is not noticed")
    }

    @Test(
        "the checks find the bugs that they are for",
        arguments: [
            (Deviations.sendsBeforePersisting, "S5"), (.forgetsVotesOfHighestView, ""),
            (.finalizesAfterNullify, ""), (.quorumOfTwoThirds, "S6"), (.waitsForPeers, "L1"),
        ])
    func mutants(deviations: Deviations, expected: String) {
        let count =
            deviations == .quorumOfTwoThirds ? 5 : deviations == .waitsForPeers ? 1 : 4
        var faults = SmallNetwork.Faults()
        faults.loss = 15
        faults.delay = 1_500
        faults.crash = 10
        let found = (0..<20 as Range<UInt64>).contains { seed in
            survives(count, seed: seed, faults, deviations: deviations).contains {
                $0.hasPrefix(expected)
            }
        }
        #expect(found)
    }
}
