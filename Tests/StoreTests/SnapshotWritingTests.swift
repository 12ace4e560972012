import Foundation
import Ledger
import Primitives
import Replica
import SampleNetworks
import Store
import SwiftProtobuf
import Testing
import Wire

@Suite("Writing snapshots")
struct SnapshotWritingTests {
    @Test("A snapshot of a restored chain is the one that the original makes")
    func snapshotOfRestored() throws {
        let directory = try Directory()
        var network = SampleNetwork()
        var chain = try SnapshotTests.busyChain(directory, &network)
        let first = try snapshot(of: chain, in: directory)
        var other = try restored(network.genesis, in: directory)
        // Right away and after more blocks.
        #expect(try snapshot(of: other, in: directory, "again") == first)
        let block = try #require(try chain.make([network.account("newcomer")]))
        try other.replay(Height(block.header.height), of: chain.store)
        let second = try snapshot(of: chain, in: directory, "second")
        #expect(try snapshot(of: other, in: directory, "of other") == second)
        #expect(second.id != first.id)
        let files = try ["second", "of other"].map {
            try Data(contentsOf: URL(fileURLWithPath: directory.path + "/" + $0))
        }
        #expect(files[0] == files[1])
        try chain.store.close()
        try other.store.close()
    }

    @Test("The end of an epoch is kept and proves snapshots of the next one")
    func transitions() throws {
        let directory = try Directory()
        var network = SampleNetwork()
        var chain = try StoredChain(path: directory.file(), genesis: network.genesis)
        let next = ProtoAuthorityValue.with {
            $0.account = 1
            $0.name = "north again"
            $0.voteKey = Data(SampleNetwork.voteKey.publicKey.bytes)
        }
        chain.replica = ChainReplica(
            network: network.network, head: chain.replica.head,
            authorities: chain.replica.authorities, tree: chain.replica.tree,
            succession: Succession { present, height, _ in
                guard present.epoch == Epoch(0), height == Height(3) else { return nil }
                var value = ProtoAuthoritySetValue()
                value.authorities = [next]
                return AuthoritySet(epoch: Epoch(1), value: value)
            })
        for batch in busyBatches(&network) { try chain.make(batch) }
        #expect(chain.replica.head.epoch == Epoch(1))
        let kept = try chain.store.readNow { try $0.transitions() }
        #expect(kept.map(\.block.height) == [Height(3)] && kept[0].next.members == [next])
        let manifest = try snapshot(of: chain, in: directory)
        // Without the transition's votes nothing is proved; with them all is.
        try ChainStore.found(
            at: directory.file("restored"), genesis: network.genesis,
            from: SnapshotFile(path: directory.path + "/snapshot"))
        let store = try ChainStore(
            path: directory.file("restored"), genesis: network.genesis, creating: false)
        let found = try store.readNow { try $0.transitions() }
        #expect(found.map(\.block.bytes) == kept.map(\.block.bytes))
        #expect(found.map(\.next) == kept.map(\.next))
        let again = try store.readNow { access in
            try access.writeSnapshot(
                of: network.network,
                to: SnapshotFileWriter(path: directory.path + "/again"))
        }
        #expect(again == manifest)
        #expect(try !store.differences(from: directory.file()).contains("transition"))
        try tamper(directory.file("restored"), "DELETE FROM transition")
        let unproved = try store.readNow { access in
            try access.writeSnapshot(
                of: network.network,
                to: SnapshotFileWriter(path: directory.path + "/unproved"))
        }
        #expect(unproved != nil)
        #expect(throws: SnapshotError.notFinal("head")) {
            try ChainStore.found(
                at: directory.file("never"), genesis: network.genesis,
                from: SnapshotFile(path: directory.path + "/unproved"))
        }
        try store.close()
        try chain.store.close()
    }

    @Test("There is no snapshot of genesis, none over a file, and none of votes for a descendant")
    func refusedToWrite() throws {
        let directory = try Directory()
        var network = SampleNetwork()
        var chain = try StoredChain(path: directory.file(), genesis: network.genesis)
        let path = directory.path + "/snapshot"
        func write() throws -> SnapshotManifest? {
            try chain.store.readNow { access in
                try access.writeSnapshot(
                    of: chain.genesis.hash, to: SnapshotFileWriter(path: path))
            }
        }
        #expect(try write() == nil)
        #expect(!FileManager.default.fileExists(atPath: path))
        try chain.make(network.settling())
        #expect(try write() != nil)
        #expect(throws: StoreError.exists(path)) { _ = try write() }
        try FileManager.default.removeItem(atPath: path)
        try chain.store.close()
        // As it stands for moments where a block became final by votes for a later one.
        let finalization = ProtoFinalization.with { $0.blockHash = Data(count: 32) }
        try tamper(
            directory.file(),
            "UPDATE block SET finalization = x'\(Array(finalization.canonicalBytes).hex)'")
        let store = try ChainStore(reading: directory.file(), genesis: network.genesis)
        let manifest = try store.readNow { access in
            try access.writeSnapshot(
                of: network.genesis.hash, to: SnapshotFileWriter(path: path))
        }
        #expect(manifest == nil)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: directory.path)
                .allSatisfy { !$0.hasPrefix("snapshot") })
        try store.close()
    }

    @Test("A chain is read for a snapshot while another process extends it")
    func readingBeside() throws {
        let directory = try Directory()
        var network = SampleNetwork()
        var chain = try SnapshotTests.busyChain(directory, &network)
        let height = chain.replica.head.height
        let reader = try ChainStore(reading: directory.file(), genesis: network.genesis)
        let manifest = try reader.readNow { access in
            // The block in between belongs to a later moment.
            _ = try access.lastBlock()
            try chain.make([network.account("in between")])
            return try access.writeSnapshot(
                of: network.genesis.hash,
                to: SnapshotFileWriter(path: directory.path + "/snapshot"))
        }
        #expect(manifest?.height == height)
        #expect(chain.replica.head.height > height)
        #expect(try restored(network.genesis, in: directory).replica.head.height == height)
        #expect(throws: StoreError.otherNetwork) {
            try ChainStore(
                reading: directory.file(), genesis: SampleNetwork(name: "other").genesis)
        }
        #expect(throws: StoreError.missing(directory.file("none"))) {
            try ChainStore(reading: directory.file("none"), genesis: network.genesis)
        }
        #expect(throws: StoreError.self) { try reader.advance { try $0.finishDeepening(to: 1) } }
        try reader.close()
        try chain.store.close()
    }
}
