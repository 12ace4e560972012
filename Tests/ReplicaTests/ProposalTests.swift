import Foundation
import Ledger
import Merkle
import Primitives
import Replica
import SampleNetworks
import Testing
import Wire

@Suite("Proposing and executing")
struct ProposalTests {
    @Test("A second replica that executes a block gets the same header, roots and changes")
    func executesWhatWasProposed() throws {
        var network = SampleNetwork()
        var leader = try MemoryChain(network.genesis)
        var follower = try MemoryChain(network.genesis)
        let batches = [
            network.settling(),
            [network.reads([SampleNetwork.history(1, "2021-03-01", 12_345)])],
            [
                network.trade(
                    [SampleNetwork.range(2, 5)], from: "developer", SampleNetwork.developer,
                    to: SampleNetwork.buyer)
            ],
        ]
        for (number, batch) in batches.enumerated() {
            let block = try #require(try leader.make(try batch.map { try network.decoded($0) }))
            let (header, transactions) = try follower.replica.decode(block.bytes)
            let executed = try follower.replica.execute(
                header: header, transactions: transactions, finalization: block.finalization,
                on: follower.state)
            #expect(executed.header == block.header && executed.hash == block.hash)
            #expect(executed.headerBytes == block.headerBytes)
            #expect(executed.tree.root == block.tree.root)
            #expect(executed.frontier == block.frontier)
            #expect(
                executed.changes.elementsEqual(block.changes) {
                    $0.key == $1.key && $0.value == $1.value
                })
            #expect(executed.transactions.map(\.receipt) == block.transactions.map(\.receipt))
            try follower.take(executed)
            #expect(follower.replica.head == leader.replica.head)
            #expect(follower.replica.head.height == Height(UInt64(number) + 1))
            #expect(follower.replica.tree.root == follower.replica.head.stateRoot)
        }
    }

    @Test("Without anything that applies there is no block, unless a heartbeat is asked for")
    func emptyBlocks() throws {
        var network = SampleNetwork()
        var chain = try MemoryChain(network.genesis)
        var other = try MemoryChain(network.genesis)
        #expect(try chain.make([]) == nil)
        let foreign = try network.decoded(
            network.signed(SampleNetwork.devices(named: ["x"]), as: 77, by: "stranger"))
        let (draft, outcomes) = try chain.replica.propose(
            [foreign], now: SampleNetwork.beginning, on: chain.state)
        #expect(draft == nil && outcomes.count == 1)
        guard case .refused? = outcomes.first else {
            Issue.record("a stranger's transaction was not refused")
            return
        }
        let before = chain.replica.head
        let block = try #require(try chain.make([], evenIfEmpty: true))
        #expect(block.transactions.isEmpty && block.changes.isEmpty)
        #expect(block.header.logSize == 0)
        #expect(block.header.stateRoot == Data(before.stateRoot.bytes))
        try other.take(block.bytes, block.finalization)
        #expect(other.replica.head == chain.replica.head)
    }

    @Test("Block time is later than the parent's even where the clock went back")
    func timeAdvances() throws {
        let network = SampleNetwork()
        var chain = try MemoryChain(network.genesis)
        let first = try #require(try chain.make([], evenIfEmpty: true))
        let second = try #require(try chain.make([], now: 5, evenIfEmpty: true))
        #expect(first.header.timeMilliseconds == SampleNetwork.beginning)
        #expect(second.header.timeMilliseconds == SampleNetwork.beginning + 1)
        #expect(second.header.view == 2 && second.header.height == 2)
    }

    @Test("What finds no room in the block is postponed, and comes into the next one")
    func postponed() throws {
        // Each registration has two signers.
        var network = SampleNetwork { $0.blockSignatures = 4 }
        var chain = try MemoryChain(network.genesis)
        let transactions = try (0..<5).map { try network.decoded(network.account("a\($0)")) }
        var rest = transactions
        var counts: [Int] = []
        while !rest.isEmpty {
            let (draft, outcomes) = try chain.replica.propose(
                rest, now: SampleNetwork.beginning, on: chain.state)
            let block = try #require(draft)
            rest = zip(rest, outcomes).compactMap { transaction, outcome in
                if case .postponed = outcome { transaction } else { nil }
            }
            counts.append(outcomes.count - rest.count)
            try chain.take(block.finalised(by: chain.finalization(of: block.subject)))
        }
        #expect(counts == [2, 2, 1])
        #expect(chain.replica.head.frontier.size == 5)
    }

    @Test("A transaction that exceeds the whole budget alone has a block to itself")
    func largerThanTheBudget() throws {
        var network = SampleNetwork { $0.blockSignatures = 1 }
        var chain = try MemoryChain(network.genesis)
        let transactions = try (0..<2).map { try network.decoded(network.account("a\($0)")) }
        let block = try #require(try chain.make(transactions))
        #expect(block.transactions.map(\.transaction.id) == [transactions[0].id])
    }

    @Test("The same transaction twice in one proposal is applied once")
    func doubled() throws {
        var network = SampleNetwork()
        let chain = try MemoryChain(network.genesis)
        let transaction = try network.decoded(network.account("a"))
        let (draft, outcomes) = try chain.replica.propose(
            [transaction, transaction], now: SampleNetwork.beginning, on: chain.state)
        #expect(draft?.execution.applied.count == 1)
        guard case .refused(let refusal) = outcomes[1] else {
            Issue.record("a doubled transaction was not refused")
            return
        }
        #expect(refusal.code == .nonceUsed || refusal.code == .keyInUse)
    }

    @Test("A replica refuses an overlay that is not its next one")
    func staleBlock() throws {
        let network = SampleNetwork()
        var chain = try MemoryChain(network.genesis)
        let block = try #require(try chain.make([], evenIfEmpty: true))
        let head = chain.replica.head
        #expect(throws: (any Error).self) { try chain.take(block) }
        #expect(chain.replica.head == head)
    }
}
