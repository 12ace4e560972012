import Consensus
import Foundation
import Ledger
import Primitives
import Replica
import SampleNetworks
import Testing
import Wire

@Suite("Waiting transactions")
struct PoolTests {
    @Test("A burst larger than a block goes into several, in the order of arrival")
    func burst() throws {
        // Each registration has two signers.
        var network = try ReplicaNetwork(4) { $0.blockSignatures = 6 }
        try network.start()
        let ids = try (0..<10).map { try network.submit(network.sample.account("a\($0)")) }
        #expect(try network.run(for: 60_000) { $0.areFinal(ids) })
        #expect(try network.audit() == [])
        #expect(network.processes[0].disk.blocks.allSatisfy { $0.transactions.count <= 3 })
    }

    @Test("What the rules refuse is answered although blocks are open all the time")
    func refusedUnderLoad() throws {
        var network = try ReplicaNetwork(4)
        try network.start()
        let first = try network.submit(network.sample.account("first"))
        #expect(try network.run(for: 60_000) { $0.areFinal([first]) })
        // A nonce that is spent: refused for ever.
        var other = network.sample
        let spent = network.sample.account("spent")
        let again = other.account("again")
        let valid = try network.submit(spent)
        #expect(try network.run(for: 60_000) { $0.areFinal([valid]) })
        let refused = try (0..<4).map { try network.submit(again, to: $0) }[0]
        var ids: [Digest] = []
        // One transaction at least waits at any time.
        for step in 0..<60 {
            ids.append(try network.submit(network.sample.account("load \(step)"), to: step % 4))
            try network.run(for: 5)
        }
        for index in 0..<4 {
            guard case .refused(let refusal)? = network.processes[index].outcomes[refused] else {
                Issue.record("authority \(index) has not answered")
                continue
            }
            #expect(refusal.code == .nonceUsed)
            #expect(network.processes[index].machine?.isPooled(refused) == false)
        }
        #expect(try network.run(for: 60_000) { $0.areFinal(ids) })
        #expect(try network.audit() == [])
    }

    @Test("Transactions of a block that lost wait again where nobody handed them in")
    func putBack() throws {
        var network = try ReplicaNetwork(4)
        try network.start()
        // Only the leader of view 1 has it, its block goes to one authority, and it dies.
        network.faults.loss = 100
        let id = try network.submit(network.sample.account("a"), to: 1)
        network.faults.loss = 0
        try network.run(for: 1)
        var vote: Vote?
        var block: Data?
        for record in network.processes[1].disk.records {
            switch record {
            case .consensus(.vote(let own)): vote = own
            case .block(_, _, let bytes): block = bytes
            default: break
            }
        }
        let proposal = PeerMessage.proposal(
            try #require(vote), block: try #require(block))
        network.send(proposal, from: 1, to: 2)
        try network.run(for: 100)
        network.crash(1)
        #expect(network.processes[2].machine?.openBlockCount == 1)
        #expect(network.processes[2].machine?.isPooled(id) == false)
        // The view is given up; another block becomes final, and the loser's transaction waits.
        let other = try network.submit(network.sample.account("b"), to: 0)
        #expect(try network.run(for: 60_000) { $0.areFinal([other, id], at: [0, 2, 3]) })
        #expect(try network.audit([0, 2, 3]) == [])
    }

    @Test("A lost view halves what a leader puts into its blocks, and final ones bring it back")
    func effort() {
        var effort = BlockEffort()
        var parameters = GenesisDocument.localParameters
        parameters.blockReads = 1_000
        parameters.blockLots = 3
        #expect(effort.share(of: parameters) == parameters)
        effort.viewWasLost()
        #expect(effort.share(of: parameters).blockReads == 500)
        for _ in 0..<100 { effort.viewWasLost() }
        let least = effort.share(of: parameters)
        #expect(least.blockReads == 1_000 >> 6 && least.blockLots == 1)
        for _ in 0..<23 { effort.blockBecameFinal() }
        #expect(effort.share(of: parameters) != parameters)
        effort.blockBecameFinal()
        #expect(effort.share(of: parameters) == parameters)
        effort.blockBecameFinal()
        #expect(effort == BlockEffort())
    }

    @Test("A leader whose view is lost proposes less the next time")
    func lostView() throws {
        var network = try ReplicaNetwork(4) { $0.blockSignatures = 16 }
        try network.start()
        network.processes[1].lie = { message in
            // Its block comes to nobody.
            switch message {
            case .proposal(let vote, _): .vote(vote)
            case .blocks:
                .fetch(CertificateKey(epoch: Epoch(0), view: View(1), kind: .nullify))
            default: message
            }
        }
        let ids = try (0..<12).map {
            try network.submit(network.sample.account("a\($0)"), to: 1)
        }
        let parameters = network.sample.genesis.parameters
        #expect(
            try network.run(for: 20_000) { network in
                let effort = network.processes[1].machine?.effort
                return effort?.share(of: parameters).blockSignatures == 8
            })
        network.processes[1].lie = nil
        #expect(try network.run(for: 60_000) { $0.areFinal(ids) })
        #expect(try network.audit() == [])
    }

    @Test("What cannot be read, or comes too late, is refused and forgotten")
    func expired() throws {
        var network = try ReplicaNetwork(1)
        network.processes[0].clockOffset = 13 * 3_600_000
        try network.start()
        let id = try network.submit(network.sample.account("late"))
        guard case .refused(let refusal)? = network.processes[0].outcomes[id] else {
            Issue.record("not refused")
            return
        }
        #expect(refusal.code == .expired)
        #expect(network.processes[0].machine?.pooledCount == 0 && network.height(0) == 0)
    }

    @Test("A failed call stops the machine for good")
    func stopped() throws {
        var network = try ReplicaNetwork(1)
        try network.start()
        var machine = try #require(network.processes[0].machine)
        let moment = ReplicaMachine.Moment(
            instant: Instant(milliseconds: 5_000), timeMilliseconds: SampleNetwork.beginning)
        let transaction = try CheckedTransaction(
            decoding: network.sample.account("a"), network: network.sample.network)
        #expect(throws: ReplicaError.stateWithoutParameters) {
            _ = try machine.handle(
                .submitted(transaction, isOwn: true), at: moment, on: EmptyChain())
        }
        #expect(throws: ReplicaError.stopped) {
            _ = try machine.handle(.timerFired, at: moment, on: network.processes[0].disk)
        }
    }
}

/// A chain that has lost its state.
private struct EmptyChain: FinalChain {
    var leaves: any StateReader { EmptyState() }
    func bucket(_ index: Int, depth: Int) throws -> [UInt8] { [] }
    func place(ofTransaction id: Digest) throws -> TransactionPlace? { nil }
    func block(at height: Height) throws -> StoredBlock? { nil }
    func height(ofBlock hash: Digest) throws -> Height? { nil }
}
