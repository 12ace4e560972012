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

@Suite("Proofs from the store")
struct ProofTests {
    private func chain(_ directory: Directory) throws -> StoredChain {
        var network = SampleNetwork()
        var chain = try StoredChain(path: directory.file(), genesis: network.genesis)
        for batch in busyBatches(&network) { try chain.make(batch) }
        // More than a tile of the log.
        for batch in 0..<3 {
            try chain.make((0..<100).map { network.account("member \(batch) \($0)") })
        }
        return chain
    }

    @Test("Every leaf of the state is proved against the head's root, and nothing else is")
    func everyLeaf() throws {
        let directory = try Directory()
        let chain = try chain(directory)
        let root = chain.replica.head.stateRoot
        try chain.store.readNow { access in
            var count = 0
            for kind in StateKind.allCases {
                let leaves = try access.leaves(
                    from: StateKey(kind), upTo: StateKey(kind, .max, .max, .max, .max),
                    limit: 10_000)
                for leaf in leaves {
                    let proof = try access.stateProof(for: leaf.key, in: chain.replica.tree)
                    let hash = Digest.sha256(Array(leaf.value))
                    #expect(proof.verify(key: leaf.key.path, valueHash: hash, root: root))
                    #expect(!proof.verify(key: leaf.key.path, valueHash: nil, root: root))
                    #expect(!proof.verify(key: leaf.key.path, valueHash: .zero, root: root))
                    #expect(!proof.verify(key: leaf.key.path, valueHash: hash, root: .zero))
                    count += 1
                }
            }
            #expect(count == chain.replica.tree.leafCount)
            for key in [
                StateKey.account(AccountID(9_999)),
                .lot(SeriesID(project: ProjectID(101), vintage: 1), first: DRECSerial(1)),
                StateKey(.key, 1, 2, 3, 4),
            ] {
                let proof = try access.stateProof(for: key)
                #expect(proof.verify(key: key.path, valueHash: nil, root: root))
                #expect(!proof.verify(key: key.path, valueHash: .zero, root: root))
            }
            // Without the tree at hand the proof is the same.
            let key = StateKey.account(.initiative)
            #expect(
                try access.stateProof(for: key)
                    == access.stateProof(for: key, in: chain.replica.tree))
        }
        try chain.store.close()
    }

    @Test("Every entry of the log is proved against every later block's root")
    func everyEntry() throws {
        let directory = try Directory()
        let chain = try chain(directory)
        let head = chain.replica.head
        let size = head.frontier.size
        #expect(size > 256)
        try chain.store.readNow { access in
            let blocks = try access.blocks(before: nil, limit: 100)
            for index in 0..<size {
                let record = try #require(try access.transaction(at: LogIndex(index)))
                let bytes = try #require(try access.transactionBytes(at: LogIndex(index)))
                let transaction = try Transaction(decoding: bytes, network: chain.genesis.hash)
                let entry =
                    transaction.submissionHash.bytes
                    + Digest.sha256(Array(record.receipt.canonicalBytes)).bytes
                let leaf = LogHash.leaf(entry)
                let proof = try access.logProof(of: LogIndex(index))
                #expect(
                    LogProof.verifyInclusion(
                        of: leaf, at: index, size: size, proof: proof,
                        root: head.frontier.root))
                #expect(
                    !LogProof.verifyInclusion(
                        of: leaf, at: index ^ 1, size: size, proof: proof,
                        root: head.frontier.root))
                for block in blocks where block.header.logSize > index {
                    let older = try access.logProof(
                        of: LogIndex(index), size: block.header.logSize)
                    let root = try #require(Digest(bytes: block.header.logRoot))
                    #expect(
                        LogProof.verifyInclusion(
                            of: leaf, at: index, size: block.header.logSize, proof: older,
                            root: root))
                }
            }
            for (index, asked) in [
                (size, nil), (.max, nil), (0, size + 1), (5, 5), (0, 0), (0, .max),
            ] as [(UInt64, UInt64?)] {
                #expect(throws: MerkleError.outsideLog) {
                    try access.logProof(of: LogIndex(index), size: asked)
                }
            }
        }
        try chain.store.close()
    }
}
