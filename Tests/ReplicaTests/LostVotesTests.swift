import Consensus
import Foundation
import Ledger
import Primitives
import Replica
import SampleNetworks
import Testing
import Wire

/// D5: votes that may have been lost.
@Suite("Lost votes")
struct LostVotesTests {
    private static func running(_ count: Int) throws -> ReplicaNetwork {
        var network = try ReplicaNetwork(count)
        try network.start()
        for number in 0..<3 {
            let id = try network.submit(network.sample.account("a\(number)"))
            try network.run(for: 20_000) { $0.areFinal([id]) }
        }
        return network
    }

    private static func votes(_ process: ReplicaNetwork.Process) -> [Vote] {
        process.disk.records.compactMap { record in
            if case .consensus(.vote(let vote)) = record { vote } else { nil }
        }
    }

    @Test("A chain without records is noticed, and nothing is signed without the operator's word")
    func withoutWord() throws {
        var network = try Self.running(4)
        network.crash(2)
        network.processes[2].disk.records = []
        try network.begin(2)
        let id = try network.submit(network.sample.account("b"))
        #expect(try network.run(for: 20_000) { $0.areFinal([id]) })
        try network.run(for: 20_000)
        #expect(Self.votes(network.processes[2]).isEmpty)
        #expect(
            network.processes[2].notices.contains(
                .signsNothing(heard: 0, needed: 3, hasWord: false)))
        #expect(try network.audit() == [])
    }

    @Test("With the word it signs again, above every view that it may have voted in")
    func withWord() throws {
        var network = try Self.running(4)
        network.crash(2)
        network.processes[2].disk.records = []
        let highest = try #require(network.processes[0].machine?.consensus.current)
        network.cut = [3]
        try network.begin(2, mayResume: true)
        try network.reconnect()
        let first = try network.submit(network.sample.account("b"))
        try network.run(for: 20_000)
        // One of the others was not heard: it stays silent, and there is no quorum.
        #expect(Self.votes(network.processes[2]).isEmpty && !network.isFinal(first, at: 0))
        network.cut = []
        try network.reconnect()
        #expect(try network.run(for: 60_000) { $0.areFinal([first]) })
        for number in 0..<4 {
            let id = try network.submit(network.sample.account("c\(number)"))
            #expect(try network.run(for: 20_000) { $0.areFinal([id]) })
        }
        let own = Self.votes(network.processes[2])
        #expect(!own.isEmpty && own.allSatisfy { $0.view.rawValue > highest.rawValue + 2 })
        #expect(try network.audit() == [])
    }

    @Test("Alone, the word is enough; without it nothing moves")
    func alone() throws {
        var network = try Self.running(1)
        network.crash(0)
        network.processes[0].disk.records = []
        let before = network.height(0)
        try network.begin(0)
        let bytes = network.sample.account("b")
        let id = try network.submit(bytes)
        try network.run(for: 30_000)
        #expect(network.height(0) == before)
        network.crash(0)
        try network.begin(0, mayResume: true)
        try network.submit(bytes)
        #expect(try network.run(for: 60_000) { $0.areFinal([id]) })
        #expect(try network.audit() == [])
    }

    @Test("An old copy of the records is noticed by its age")
    func oldCopy() throws {
        var network = try Self.running(4)
        let old = network.processes[2].disk.records
        let id = try network.submit(network.sample.account("b"))
        #expect(try network.run(for: 20_000) { $0.areFinal([id]) })
        network.crash(2)
        network.processes[2].disk.records = old
        try network.begin(2)
        let later = try network.submit(network.sample.account("c"))
        #expect(try network.run(for: 20_000) { $0.areFinal([later]) })
        #expect(
            Self.votes(network.processes[2]).allSatisfy { vote in
                old.contains(.consensus(.vote(vote)))
            })
    }

    @Test(
        "Of two or three, all others are heard, and then all go on from the view that they are in",
        arguments: [2, 3], [false, true])
    func few(_ count: Int, _ wasStuck: Bool) throws {
        var network = try Self.running(count)
        var ids: [Digest] = []
        if wasStuck {
            // All have voted in a view that nobody can leave.
            network.cut = [0]
            for index in 0..<count {
                ids.append(
                    try network.submit(network.sample.account("stuck \(index)"), to: index))
            }
            try network.run(for: 6_000)
            #expect(!Self.votes(network.processes[1]).isEmpty)
        }
        network.crash(1)
        network.processes[1].disk.records = []
        try network.begin(1, mayResume: true)
        try network.run(for: 3_000)
        #expect(!wasStuck || Self.votes(network.processes[1]).isEmpty)
        network.cut = []
        try network.reconnect()
        ids = ids.filter { id in
            network.processes.contains { $0.machine?.isPooled(id) == true }
        }
        for number in 0..<3 {
            ids.append(try network.submit(network.sample.account("b\(number)"), to: 1))
            #expect(try network.run(for: 40_000) { $0.areFinal(ids) })
        }
        #expect(try network.audit() == [])
    }

    @Test("Silence is told before anything is kept, so that a driver can make it last")
    func silenceFirst() throws {
        var network = try Self.running(4)
        network.crash(2)
        let old = network.processes[2].disk
        let id = try network.submit(network.sample.account("b"))
        #expect(try network.run(for: 20_000) { $0.areFinal([id], at: [0, 1, 3]) })
        // The copy knows of no vote; the others' progress would make it look complete.
        network.processes[2].disk.records = []
        try network.begin(2)
        let later = try network.submit(network.sample.account("c"))
        #expect(try network.run(for: 20_000) { $0.areFinal([later]) })
        #expect(Self.votes(network.processes[2]).isEmpty)

        var machine = try old.machine(
            signer: key("south vote"), parameters: network.parameters, memory: .lost,
            mayResume: true, succession: .ofState, deviations: [])
        let effects = try machine.handle(
            .started,
            at: ReplicaMachine.Moment(
                instant: Instant(milliseconds: 1), timeMilliseconds: SampleNetwork.beginning),
            on: old)
        guard case .report(.signsNothing(heard: 0, needed: 3, hasWord: true))? = effects.first
        else {
            Issue.record("something comes before the silence")
            return
        }
    }
}
