import Foundation
import GRDB
import Ledger
import Merkle
import Primitives
import Replica
import SampleNetworks
import Store
import SwiftProtobuf
import Testing
import Wire

@Suite("Writing blocks")
struct WritingTests {
    private struct Interruption: Error {}

    @Test("A failure after the block was written rolls everything back")
    func rollsBack() throws {
        let directory = try Directory()
        var network = SampleNetwork()
        var chain = try StoredChain(path: directory.file(), genesis: network.genesis)
        var twin = try StoredChain(path: directory.file("twin"), genesis: network.genesis)
        let batches = busyBatches(&network)
        try chain.make(batches[0])
        try twin.make(batches[0])
        let block = try #require(try twin.make(batches[1]))
        #expect(throws: Interruption.self) {
            try chain.store.advance { access in
                try access.write(block)
                #expect(try access.block(Height(2)) != nil)
                throw Interruption()
            }
        }
        let loaded = try chain.store.load()
        #expect(loaded.head == chain.replica.head)
        #expect(try chain.store.readNow { try $0.block(Height(2)) } == nil)
        // The same block is made afterwards as if nothing had been.
        let again = try #require(try chain.make(batches[1]))
        #expect(again.hash == block.hash)
        #expect(try chain.store.differences(from: directory.file("twin")) == [])
        try chain.store.close()
        try twin.store.close()
    }

    @Test("A block that does not continue the log or the chain is not written")
    func doesNotFit() throws {
        let directory = try Directory()
        var network = SampleNetwork()
        let chain = try StoredChain(path: directory.file(), genesis: network.genesis)
        var twin = try StoredChain(path: directory.file("twin"), genesis: network.genesis)
        let batches = busyBatches(&network)
        let first = try #require(try twin.make(batches[0]))
        let second = try #require(try twin.make(batches[1]))
        #expect(throws: StoreError.damaged("log edge")) {
            try chain.store.advance { try $0.write(second) }
        }
        try chain.store.advance { try $0.write(first) }
        #expect(throws: StoreError.self) {
            try chain.store.advance { try $0.write(first) }
        }
        #expect(try chain.store.load().head == ChainHead(after: first))
        try chain.store.close()
        try twin.store.close()
    }

    @Test("Every entry is proved in the log and every leaf in the state, after reloading")
    func proofs() throws {
        let directory = try Directory()
        var network = SampleNetwork()
        var chain = try StoredChain(path: directory.file(), genesis: network.genesis)
        var entries: [Digest] = []
        var leaves: [StateKey: Data] = [:]
        for (key, value) in network.genesis.state.changes { leaves[key] = value }
        var roots: [(UInt64, Digest)] = []
        // More than one tile of 256, and a level-1 tile: 5 + 2 + … + 600.
        var batches = busyBatches(&network)
        for part in 0..<3 {
            batches.append((0..<200).map { network.account("member \(part) \($0)") })
        }
        for batch in batches {
            let block = try #require(try chain.make(batch))
            #expect(block.transactions.count == batch.count)
            entries += block.transactions.map { LogHash.leaf($0.logEntry) }
            for (key, value) in block.changes { leaves[key] = value }
            roots.append((UInt64(entries.count), block.frontier.root))
        }
        try chain.store.close()
        let again = try StoredChain(
            path: directory.file(), genesis: network.genesis, creating: false)
        let head = again.replica.head
        let size = UInt64(entries.count)
        #expect(head.frontier.size == size && size > 512)
        #expect(again.replica.tree.leafCount == leaves.count)
        #expect(again.replica.tree.depth > 4)
        try again.store.readNow { access in
            #expect(try access.root(size: size) == head.frontier.root)
            for (index, entry) in entries.enumerated() {
                let proof = try access.inclusionProof(of: UInt64(index), size: size)
                #expect(
                    LogProof.verifyInclusion(
                        of: entry, at: UInt64(index), size: size, proof: proof,
                        root: head.frontier.root), "entry \(index)")
            }
            for (older, root) in roots {
                #expect(try access.root(size: older) == root)
                let proof = try access.consistencyProof(from: older, to: size)
                #expect(
                    LogProof.verifyConsistency(
                        from: older, root: root, to: size, root: head.frontier.root,
                        proof: proof))
            }
            #expect(throws: StoreError.damaged("log tile")) {
                try access.node(level: 0, index: size)
            }
            let tree = again.replica.tree
            for (key, value) in leaves {
                let proof = try tree.proof(
                    of: key.path, bucket: { try access.bucket($0, depth: tree.depth) })
                #expect(
                    proof.verify(
                        key: key.path, valueHash: Digest.sha256(Array(value)),
                        root: head.stateRoot), "\(key)")
                #expect(try access.value(for: key) == value)
            }
            let absent = StateKey.account(AccountID(1_000_000)).path
            let proof = try tree.proof(
                of: absent, bucket: { try access.bucket($0, depth: tree.depth) })
            #expect(proof.verify(key: absent, valueHash: nil, root: head.stateRoot))
        }
        try again.store.close()
    }

    @Test("The tree becomes deeper while hundreds of devices come, and keeps its root")
    func deepening() throws {
        let directory = try Directory()
        var network = SampleNetwork()
        var chain = try StoredChain(path: directory.file(), genesis: network.genesis)
        try chain.make(network.settling())
        var depths = [chain.replica.tree.depth]
        for part in 0..<4 {
            let ids = (0..<150).map { "device \(part)-\($0)" }
            let block = try #require(
                try chain.make([
                    network.signed(
                        SampleNetwork.devices(named: ids), as: SampleNetwork.developer,
                        by: "developer")
                ]))
            #expect(chain.replica.tree.root == block.tree.root)
            #expect(!chain.replica.tree.wantsDeepening)
            let loaded = try chain.store.load()
            #expect(loaded.tree.root == block.tree.root)
            #expect(loaded.tree.depth == chain.replica.tree.depth)
            #expect(loaded.tree.leafCount == chain.replica.tree.leafCount)
            depths.append(chain.replica.tree.depth)
        }
        #expect(depths == depths.sorted() && depths[4] >= depths[0] + 2)
        let listed = try chain.store.readNow { access in
            try access.devices(
                of: AccountID(SampleNetwork.developer), after: nil, limit: 1_000,
                at: time("2023-06-15T12:00:00Z"))
        }
        #expect(listed.map(\.id.rawValue) == Array(1...602))
        try chain.store.close()
    }

    @Test("A full disk and a lock may be tried again, everything else stops")
    func dispositions() {
        #expect(StoreError.full.disposition == .retry && StoreError.locked.disposition == .retry)
        for error in [
            StoreError.otherNetwork, .missing("a"), .exists("a"), .damaged("a"),
            .sqlite(code: 1, message: ""),
        ] { #expect(error.disposition == .stop) }
    }

    @Test("While another process writes, a block waits, then fails, and is made afterwards")
    func locked() throws {
        let directory = try Directory()
        var network = SampleNetwork()
        var chain = try StoredChain(path: directory.file(), genesis: network.genesis)
        let batch = network.settling()
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        let other = try DatabaseQueue(path: directory.file(), configuration: configuration)
        try other.inDatabase { try $0.execute(sql: "BEGIN IMMEDIATE") }
        #expect(throws: StoreError.locked) { try chain.make(batch) }
        try other.inDatabase { try $0.execute(sql: "ROLLBACK") }
        try other.close()
        #expect(try chain.make(batch)?.header.height == 1)
        try chain.store.close()
    }
}
