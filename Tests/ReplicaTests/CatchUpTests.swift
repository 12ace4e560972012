import Consensus
import Foundation
import Ledger
import Primitives
import Replica
import SampleNetworks
import Testing
import Wire

@Suite("Catching up")
struct CatchUpTests {
    /// So many blocks with one account each.
    private static func grow(
        _ network: inout ReplicaNetwork, by count: Int, through index: Int = 0, at all: [Int]
    ) throws {
        for _ in 0..<count {
            let number = network.height(index)
            let id = try network.submit(network.sample.account("g\(number)"), to: index)
            let isFinal = try network.run(for: 20_000) { $0.areFinal([id], at: all) }
            #expect(isFinal)
        }
    }

    @Test("A node that was away fetches what it missed, while the network goes on")
    func lagging() throws {
        var network = try ReplicaNetwork(4)
        try network.start()
        try Self.grow(&network, by: 2, at: [0, 1, 2, 3])
        network.crash(3)
        try Self.grow(&network, by: 75, at: [0, 1, 2])
        try network.begin(3)
        try Self.grow(&network, by: 3, at: [0, 1, 2])
        #expect(try network.run(for: 20_000) { $0.height(3) == $0.height(0) })
        #expect(try network.audit() == [])
        // It votes again: with another one away there is still a quorum.
        network.crash(2)
        try Self.grow(&network, by: 2, at: [0, 1, 3])
    }

    @Test(
        "While one run is executed the next one is asked for, if there is one",
        arguments: [(40, false), (100, true)])
    func fetchesAhead(missing: Int, asksOn: Bool) throws {
        var network = try ReplicaNetwork(4)
        try network.start()
        try Self.grow(&network, by: 1, at: [0, 1, 2, 3])
        network.crash(3)
        try Self.grow(&network, by: missing, at: [0, 1, 2])
        let source = network.processes[0].disk
        var disk = network.processes[3].disk
        let first = Height(disk.head.height.rawValue + 1)
        var machine = try disk.machine(
            signer: key("west vote"), parameters: network.parameters, memory: .complete,
            mayResume: false, succession: .ofState, deviations: [])
        let moment = ReplicaMachine.Moment(
            instant: Instant(milliseconds: network.now),
            timeMilliseconds: SampleNetwork.beginning + network.now)
        func tell(_ message: PeerMessage) throws -> [ReplicaMachine.Effect] {
            let event = try #require(
                ReplicaMachine.Event(
                    checking: message, from: .authority(0), committee: machine.committee,
                    network: network.sample.network, with: Ed25519VoteVerifier()))
            return try machine.handle(event, at: moment, on: disk)
        }
        func questions(_ effects: [ReplicaMachine.Effect]) -> [BlockQuery] {
            effects.compactMap { effect in
                if case .send(.fetchBlocks(let query), _) = effect { query } else { nil }
            }
        }
        _ = try machine.handle(.started, at: moment, on: disk)
        var other = try #require(network.processes[0].machine)
        var asked: [BlockQuery] = []
        for case .send(.hello(let hello), _) in try other.handle(
            .connected(.authority(3)), at: moment, on: source)
        {
            asked += questions(try tell(.hello(hello)))
        }
        let count = ConsensusLimits.runBlocks
        let next = Height(first.rawValue + UInt64(count))
        let ahead: [BlockQuery] = asksOn ? [.run(first: next, count: count)] : []
        #expect(asked == [.run(first: first, count: count)] + ahead)
        let run = try #require(try BlockRun(answering: asked[0], from: source))
        var effects = try tell(.blocks(run))
        var steps = 0
        while true {
            // What is on its way is not asked for again, whatever is written meanwhile.
            #expect(questions(effects) == [])
            let written = effects.compactMap { effect in
                if case .write(let block) = effect { block } else { nil }
            }
            guard let last = written.last else { break }
            #expect(machine.hasMoreToWrite == (last.hash != run.finalization?.subject?.blockHash))
            for block in written { disk.write(block) }
            effects = try machine.handle(
                .wrote(Height(last.header.height)), at: moment, on: disk)
            steps += 1
        }
        #expect(
            steps > 1
                && machine.head.height.rawValue == first.rawValue + UInt64(run.blocks.count) - 1)
    }

    @Test("A new authority and a new observer start from nothing and get everything")
    func fresh() throws {
        var network = try ReplicaNetwork(4, observers: 1)
        for index in 0..<3 { try network.begin(index) }
        try Self.grow(&network, by: 70, at: [0, 1, 2])
        try network.begin(3)
        try network.begin(4)
        #expect(
            try network.run(for: 20_000) {
                $0.height(3) == $0.height(0) && $0.height(4) == $0.height(0)
            })
        #expect(try network.audit() == [])
        let observer = try #require(network.processes[4].machine)
        #expect(!observer.isAuthority && observer.head == network.processes[0].disk.head)
        #expect(
            !network.processes[4].disk.records.contains { record in
                if case .consensus(.vote) = record { true } else { false }
            })
    }

    @Test("An observer passes its clients' transactions on, and hears of their end")
    func observerClient() throws {
        var network = try ReplicaNetwork(1, observers: 2)
        try network.start()
        let id = try network.submit(network.sample.account("a"), to: 1)
        #expect(try network.run(for: 20_000) { $0.areFinal([id]) })
        guard case .final? = network.processes[1].outcomes[id] else {
            Issue.record("no answer")
            return
        }
        #expect(try network.audit() == [])
    }

    @Test("Blocks under wrong transactions are refused and got from somebody else")
    func wrongBodies() throws {
        var noticed = 0
        for honest in 0..<3 {
            var network = try ReplicaNetwork(4)
            for index in 0..<3 { try network.begin(index) }
            try Self.grow(&network, by: 8, at: [0, 1, 2])
            for liar in 0..<3 where liar != honest { Self.rob(liar, in: &network) }
            try network.begin(3)
            #expect(try network.run(for: 60_000) { $0.height(3) == $0.height(0) })
            #expect(try network.audit() == [])
            let isNoticed = network.processes[3].notices.contains { notice in
                if case .misbehaved(_, .wrongTransactions) = notice { true } else { false }
            }
            if isNoticed { noticed += 1 }
        }
        // One of the three was asked first, and the truth is found twice the hard way.
        #expect(noticed == 2)
    }

    /// Whatever blocks it is asked for come without their last transaction.
    static func rob(_ liar: Int, in network: inout ReplicaNetwork) {
        network.processes[liar].lie = { message in
            guard case .blocks(let run) = message else { return message }
            return .blocks(
                BlockRun(blocks: run.blocks.map(robbed), finalization: run.finalization))
        }
    }

    /// A block without its last transaction.
    static func robbed(_ bytes: Data) -> Data {
        guard var block = try? ProtoBlock(canonical: bytes, limit: bytes.count),
            !block.transactions.isEmpty
        else { return bytes }
        block.transactions.removeLast()
        return block.canonicalBytes
    }

    @Test("A claimed height without blocks behind it keeps nobody busy")
    func emptyClaims() throws {
        var network = try ReplicaNetwork(4)
        network.processes[0].lie = { message in
            guard case .hello(let hello) = message else { return message }
            return .hello(
                Hello(
                    network: hello.network, epoch: hello.epoch, view: hello.view,
                    height: Height(1 << 40), finalization: nil, entry: nil))
        }
        try network.start()
        try network.run(for: 60_000)
        let messages = network.messageCount
        try network.run(for: 60_000)
        #expect(network.messageCount == messages)
        let id = try network.submit(network.sample.account("a"), to: 1)
        #expect(try network.run(for: 20_000) { $0.areFinal([id]) })
    }

    @Test("A run ends at a block that proves itself, within its bounds, and never across epochs")
    func runs() throws {
        var network = try ReplicaNetwork(1)
        try network.start()
        try Self.grow(&network, by: 70, at: [0])
        let disk = network.processes[0].disk
        let whole = try #require(
            try BlockRun(answering: .run(first: Height(1), count: 64), from: disk))
        #expect(whole.blocks.count == 64)
        #expect(whole.finalization?.subject?.blockHash == disk.blocks[63].hash)
        let end = try #require(
            try BlockRun(answering: .run(first: Height(69), count: 64), from: disk))
        #expect(end.blocks == disk.blocks[68...].map(\.bytes))
        let one = try #require(
            try BlockRun(answering: .hash(disk.blocks[4].hash), from: disk))
        #expect(one.blocks == [disk.blocks[4].bytes] && one.finalization == nil)
        for query in [
            BlockQuery.run(first: Height(0), count: 64), .run(first: Height(71), count: 1),
            .run(first: Height(.max), count: 64), .run(first: Height(1), count: 0),
            .hash(disk.network),
        ] {
            #expect(try BlockRun(answering: query, from: disk) == nil)
        }
    }
}
