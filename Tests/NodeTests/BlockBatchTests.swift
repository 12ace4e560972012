import Foundation
import Ledger
import Merkle
import Node
import Primitives
import Replica
import SampleNetworks
import Store
import Testing
import Wire

extension NodeSuites {
    @Suite("Blocks in one transaction")
    struct BlockBatchTests {
        /// Three blocks of a chain, and another file where that chain begins.
        private static func blocks(
            _ directory: Directory
        ) throws -> (blocks: [FinalBlock], copy: ChainStore, genesis: GenesisDocument) {
            var network = SampleNetwork()
            let store = try ChainStore(
                path: directory.path + "/source.sqlite", genesis: network.genesis, creating: true)
            var replica = try StoredReplica(store, network: network.network)
            let blocks = try (1...3).map { number in
                let transactions =
                    number == 1 ? network.settling() : [network.account("member \(number)")]
                let made = try replica.make(
                    now: SampleNetwork.beginning + UInt64(number) * 1_000,
                    finalise: { subject in
                        let payload = subject.payload(network: network.network)
                        return ProtoFinalization(
                            subject: subject,
                            signatures: [0: SampleNetwork.voteKey.sign(.finalize, payload)])
                    }, choose: { _ in try transactions.map { try network.decoded($0) } })
                return try #require(made.block)
            }
            let copy = try ChainStore(
                path: directory.path + "/copy.sqlite", genesis: network.genesis, creating: true)
            return (blocks, copy, network.genesis)
        }

        private static func height(_ store: ChainStore) throws -> UInt64 {
            try store.load().head.height.rawValue
        }

        @Test("Readers see none of them before the commit and all of them after it")
        func visibility() throws {
            let directory = try Directory()
            let (blocks, copy, _) = try Self.blocks(directory)
            var batch = BlockBatch()
            #expect(batch.isEmpty)
            for (number, block) in blocks.enumerated() {
                batch.add([block])
                try batch.write(to: copy)
                #expect(try Self.height(copy) == 0)
                // The driver's own look sees what it has written.
                let seen = try copy.inspect { try $0.block(Height(UInt64(number) + 1)) != nil }
                #expect(seen)
            }
            try batch.commit(to: copy)
            #expect(try copy.load().head.hash == blocks[2].hash)
            #expect(try copy.load().tree.root.bytes.elementsEqual(blocks[2].header.stateRoot))
        }

        @Test("What was not committed when the process ended is not there")
        func crash() throws {
            let directory = try Directory()
            let (blocks, copy, genesis) = try Self.blocks(directory)
            var batch = BlockBatch()
            batch.add([blocks[0]])
            try batch.commit(to: copy)
            batch = BlockBatch()
            batch.add([blocks[1], blocks[2]])
            try batch.write(to: copy)
            // Another process finds the file as a crash would have left it.
            let other = directory.path + "/other.sqlite"
            for suffix in ["", "-wal"] {
                try FileManager.default.copyItem(
                    atPath: directory.path + "/copy.sqlite" + suffix, toPath: other + suffix)
            }
            let found = try ChainStore(path: other, genesis: genesis, creating: false)
            #expect(try found.load().head.hash == blocks[0].hash)
            try batch.commit(to: copy)
            #expect(try copy.load().head.hash == blocks[2].hash)
        }

        @Test("What a failure undid is written anew, before more and with it")
        func undone() throws {
            let directory = try Directory()
            let (blocks, copy, _) = try Self.blocks(directory)
            var batch = BlockBatch()
            batch.add([blocks[0]])
            try batch.write(to: copy)
            try copy.rollBack()
            batch.add([blocks[1]])
            // Its transaction is gone: the block stands on nothing.
            #expect(throws: StoreError.self) { try batch.commit(to: copy) }
            #expect(try Self.height(copy) == 0)
            #expect(batch.blocks.map(\.hash) == [blocks[0].hash, blocks[1].hash])
            batch.add([blocks[2]])
            try batch.write(to: copy)
            try batch.commit(to: copy)
            #expect(try copy.load().head.hash == blocks[2].hash)
        }

        @Test("A store that cannot be written keeps the blocks waiting")
        func readOnly() throws {
            let directory = try Directory()
            let (blocks, copy, genesis) = try Self.blocks(directory)
            let reader = try ChainStore(
                reading: directory.path + "/copy.sqlite", genesis: genesis)
            var batch = BlockBatch()
            batch.add([blocks[0]])
            #expect(throws: StoreError.self) { try batch.write(to: reader) }
            #expect(throws: StoreError.self) { try batch.commit(to: reader) }
            try batch.commit(to: copy)
            #expect(try Self.height(copy) == 1)
        }
    }
}
