import Foundation
import Ledger
import Merkle
import Primitives
import Replica
import SampleNetworks
import Store
import SwiftProtobuf
import Testing
import Wire

@Suite("Founding and opening a chain")
struct FoundingTests {
    @Test("A founded chain has the genesis document's state, hash and time")
    func founding() throws {
        let directory = try Directory()
        let network = SampleNetwork()
        let chain = try StoredChain(path: directory.file(), genesis: network.genesis)
        let (head, tree, authorities) = try chain.store.load()
        #expect(head.height == Height(0) && head.hash == network.network)
        #expect(head.timeMilliseconds == network.genesis.founded.rawValue * 1_000)
        #expect(head.frontier == LogFrontier() && head.stateRoot == tree.root)
        #expect(tree.leafCount == network.genesis.state.changes.count)
        #expect(authorities.members.map(\.name) == ["north"] && authorities.quorum == 1)
        for (key, value) in network.genesis.state.changes {
            #expect(try chain.store.readNow { try $0.value(for: key) } == value)
        }
        try chain.store.close()
    }

    @Test("A chain that is opened again has the same head, roots and tree")
    func reopening() throws {
        let directory = try Directory()
        var network = SampleNetwork()
        var chain = try StoredChain(path: directory.file(), genesis: network.genesis)
        for batch in busyBatches(&network) { try chain.make(batch) }
        try chain.make([], evenIfEmpty: true)
        let replica = chain.replica
        #expect(replica.head.height == Height(6))
        try chain.store.close()
        var again = try StoredChain(
            path: directory.file(), genesis: network.genesis, creating: false)
        #expect(again.replica.head == replica.head)
        #expect(again.replica.tree.root == replica.tree.root)
        #expect(again.replica.tree.depth == replica.tree.depth)
        #expect(again.replica.tree.leafCount == replica.tree.leafCount)
        // And goes on from there.
        let block = try #require(try again.make([network.account("late")]))
        #expect(block.header.parentHash.elementsEqual(replica.head.hash.bytes))
        #expect(block.transactions.map(\.index) == [LogIndex(replica.head.frontier.size)])
        try again.store.close()
    }

    @Test("Opening refuses a missing file, creating an existing one, both another network's")
    func refusals() throws {
        let directory = try Directory()
        let network = SampleNetwork()
        let other = SampleNetwork(name: "other")
        let path = directory.file()
        #expect(throws: StoreError.missing(path)) {
            try StoredChain(path: path, genesis: network.genesis, creating: false)
        }
        #expect(!FileManager.default.fileExists(atPath: path))
        let chain = try StoredChain(path: path, genesis: network.genesis)
        try chain.store.close()
        #expect(throws: StoreError.exists(path)) {
            try StoredChain(path: path, genesis: network.genesis)
        }
        #expect(throws: StoreError.otherNetwork) {
            try StoredChain(path: path, genesis: other.genesis, creating: false)
        }
        let again = try StoredChain(path: path, genesis: network.genesis, creating: false)
        #expect(again.replica.head.hash == network.network)
        try again.store.close()
    }

    @Test("A file that is no database is damaged, not another failure")
    func noDatabase() throws {
        let directory = try Directory()
        let network = SampleNetwork()
        let path = directory.file()
        try Data(repeating: 0x61, count: 8_192).write(to: URL(fileURLWithPath: path))
        do {
            _ = try StoredChain(path: path, genesis: network.genesis, creating: false)
            Issue.record("opened")
        } catch StoreError.damaged {}
    }

    @Test("A file in which founding was cut short is not mistaken for another network's")
    func unfinishedFounding() throws {
        let directory = try Directory()
        let network = SampleNetwork()
        let path = directory.file()
        // What a crash between making the file and founding the chain leaves.
        #expect(FileManager.default.createFile(atPath: path, contents: Data()))
        var failure: StoreError?
        do {
            _ = try StoredChain(path: path, genesis: network.genesis, creating: false)
        } catch let error as StoreError {
            failure = error
        }
        let error = try #require(failure)
        do {
            #expect(error != .otherNetwork)
        }
    }

    @Test("A head whose roots are not those of tree and log is damaged")
    func damagedHead() throws {
        for sql in [
            "UPDATE bucket SET root = randomblob(32) WHERE place = (SELECT max(place) FROM bucket)",
            "DELETE FROM bucket WHERE place = (SELECT min(place) FROM bucket)",
            "UPDATE meta SET value = zeroblob(8) WHERE name = 'frontier'",
            "UPDATE meta SET value = zeroblob(3) WHERE name = 'frontier'",
            "DELETE FROM meta WHERE name = 'depth'",
            "UPDATE block SET header = x'00' WHERE height = 1",
            "UPDATE block SET hash = x'00' WHERE height = 1",
        ] {
            let directory = try Directory()
            var network = SampleNetwork()
            var chain = try StoredChain(path: directory.file(), genesis: network.genesis)
            try chain.make(network.settling())
            try chain.store.close()
            try tamper(directory.file(), sql)
            do {
                _ = try StoredChain(
                    path: directory.file(), genesis: network.genesis, creating: false)
                Issue.record("opened after \(sql)")
            } catch StoreError.damaged {}
        }
    }
}
