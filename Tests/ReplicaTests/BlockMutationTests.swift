import Foundation
import Ledger
import Mutations
import Primitives
import Replica
import SampleNetworks
import SwiftProtobuf
import Testing
import Wire

/// Thousands of damaged blocks: each is refused, or decoded to what encodes to the same bytes.
@Suite("Damaged blocks")
struct BlockMutationTests {
    @Test(
        "a block is refused, or decoded to what encodes to it; executed, only the true one passes")
    func blocks() throws {
        var network = SampleNetwork()
        var chain = try MemoryChain(network.genesis)
        let first = try #require(try chain.make(try network.settling().map(network.decoded)))
        let before = chain
        let transactions = [
            network.reads([SampleNetwork.history(1, "2021-12-17", 5_000)]), network.account("new"),
        ]
        let second = try #require(try chain.make(try transactions.map(network.decoded)))
        let good = Array(second.bytes)
        var mutator = Mutator(seed: 17, corpus: [good, Array(first.bytes), good])
        var decoded = 0
        for _ in 0..<6_000 {
            let bytes = Data(mutator.next())
            guard let block = try? before.replica.decode(bytes) else { continue }
            decoded += 1
            var again = ProtoBlock()
            again.header = block.header.canonicalBytes
            again.transactions = block.transactions.map(\.bytes)
            #expect(again.canonicalBytes == bytes)
            guard bytes != second.bytes else { continue }
            var other = before
            #expect(throws: (any Error).self) { try other.take(bytes, second.finalization) }
            #expect(other.replica.head == before.replica.head)
        }
        #expect(decoded > 50)
        var other = before
        try other.take(second.bytes, second.finalization)
        #expect(other.replica.head == chain.replica.head)
    }

    @Test("a damaged finalization makes nothing final, whatever it says")
    func finalizations() throws {
        var network = SampleNetwork()
        var chain = try MemoryChain(network.genesis)
        let before = chain
        let block = try #require(try chain.make(try network.settling().map(network.decoded)))
        let good = block.finalization.canonicalBytes
        var mutator = Mutator(seed: 19, corpus: [Array(good)])
        for _ in 0..<400 {
            let bytes = Data(mutator.next())
            guard bytes != good, let read = try? ProtoFinalization(canonical: bytes, limit: 1_024),
                read != block.finalization
            else { continue }
            var other = before
            #expect(throws: (any Error).self) { try other.take(block.bytes, read) }
            #expect(other.replica.head == before.replica.head)
        }
    }
}
