import Foundation
import Ledger
import Merkle
import Primitives
import Replica
import SampleNetworks
import Store
import Testing
import Verifier
import Wire

/// The copy of the state tree that proofs are made from, which follows the blocks.
@Suite("The tree that proofs are made from")
struct ProofTreeTests {
    /// A chain whose state has a few hundred leaves, so that its tree is made deeper on the way.
    private func chain(_ directory: Directory) throws -> (StoredChain, SampleNetwork) {
        var network = SampleNetwork()
        var chain = try StoredChain(path: directory.file(), genesis: network.genesis)
        for batch in busyBatches(&network) { try chain.make(batch) }
        return (chain, network)
    }

    private func file(
        _ chain: StoredChain, _ trees: ProofTree, _ account: UInt64 = 2
    ) throws -> ProofFile {
        let file = try chain.store.readNow { access in
            try access.proofFile(
                of: .account(AccountID(account)), network: chain.genesis.hash, trees: trees)
        }
        return try #require(file)
    }

    /// The leaves' paths lead to the root of the state as it is.
    private func isRight(_ file: ProofFile, _ chain: StoredChain) throws -> Bool {
        try chain.store.readNow { access in
            try file.state.allSatisfy { leaf in
                let key = try #require(StateKey(bytes: [UInt8](leaf.key)))
                let proof = try access.stateProof(for: key, in: chain.replica.tree)
                return [UInt8](leaf.bitmap) == proof.bitmap && leaf.siblings == proof.siblings
            }
        }
    }

    @Test("After each block its proofs are those of a tree that is made anew")
    func follows() throws {
        let directory = try Directory()
        var (chain, network) = try chain(directory)
        let trees = chain.store.proofTree
        let depth = chain.replica.tree.depth
        for batch in 0..<40 {
            try chain.make((0..<12).map { network.account("member \(batch) \($0)") })
            // Several blocks may come between two proofs.
            if batch % 3 == 1 { continue }
            let followed = try file(chain, trees)
            #expect(try followed == file(chain, ProofTree()) && isRight(followed, chain))
        }
        #expect(chain.replica.tree.depth > depth)
        // A block that changes nothing has the same tree.
        try chain.make([], evenIfEmpty: true)
        #expect(try isRight(file(chain, trees), chain))
        try chain.store.close()
    }

    @Test("What was written and undone leaves no trace")
    func undone() throws {
        struct Undone: Error {}
        let directory = try Directory()
        var (chain, network) = try chain(directory)
        let trees = chain.store.proofTree
        #expect(try isRight(file(chain, trees), chain))
        let before = chain.replica
        for name in ["first", "second"] {
            var other = network
            let transaction = try Transaction(
                decoding: other.account(name), network: chain.genesis.hash)
            #expect(throws: Undone.self) {
                try chain.store.advance { access in
                    let (proposed, _) = try before.propose(
                        [transaction], now: SampleNetwork.beginning,
                        on: ChainReplica.FinalState(
                            leaves: access,
                            bucket: { try access.bucket($0, depth: before.tree.depth) }))
                    let draft = try #require(proposed)
                    let payload = draft.subject.payload(network: chain.genesis.hash)
                    try access.write(
                        draft.finalised(
                            by: ProtoFinalization(
                                subject: draft.subject,
                                signatures: [
                                    0: SampleNetwork.voteKey.sign(.finalize, payload)
                                ])))
                    throw Undone()
                }
            }
            #expect(try isRight(file(chain, trees), chain))
        }
        try chain.make([network.account("third")])
        #expect(try isRight(file(chain, trees), chain))
        try chain.store.close()
    }

    @Test("A look at the store from before the last proof is told to look again")
    func leftBehind() throws {
        let directory = try Directory()
        var (chain, network) = try chain(directory)
        let trees = chain.store.proofTree
        #expect(try isRight(file(chain, trees), chain))
        // A tree that is made deeper is made anew, and remembers nothing.
        func hasRoom() -> Bool {
            let tree = chain.replica.tree
            return tree.leafCount + 8 <= StateTree.bucketLoadLimit << tree.depth
        }
        for number in 0..<100 where !hasRoom() {
            try chain.make([network.account("filler \(number)")])
        }
        #expect(try hasRoom() && isRight(file(chain, trees), chain))
        let older = try ChainStore(reading: directory.file(), genesis: chain.genesis)
        try older.readNow { access in
            // The look begins with its first question.
            let head = try #require(try access.lastBlock())
            try chain.make([network.account("later")])
            #expect(try isRight(file(chain, trees), chain))
            #expect(throws: ProofTreeLeftBehind.self) {
                try access.proofFile(
                    of: .account(AccountID(2)), network: chain.genesis.hash, trees: trees)
            }
            // By a tree of its own the older state is proved as it was.
            let file = try #require(
                try access.proofFile(of: .account(AccountID(2)), network: chain.genesis.hash))
            #expect(file.head.header == head.bytes)
        }
        #expect(try isRight(file(chain, trees), chain))
        try older.close()
        try chain.store.close()
    }

    @Test("More than it may remember is not followed, and the next proof is right all the same")
    func forgotten() throws {
        let directory = try Directory()
        var (chain, network) = try chain(directory)
        let trees = chain.store.proofTree
        #expect(try isRight(file(chain, trees), chain))
        // A chain that another writer extended: no step leads from the tree to it.
        let other = try ChainStore(
            path: directory.file(), genesis: chain.genesis, creating: false, durable: false)
        for name in ["one", "two"] {
            let known = chain
            var writer = try StoredChain(
                path: directory.file(), genesis: chain.genesis, creating: false)
            try writer.make([network.account(name)])
            try writer.store.close()
            chain.replica = writer.replica
            #expect(known.replica.head.hash != chain.replica.head.hash)
            #expect(try isRight(file(chain, trees), chain))
        }
        try chain.make([network.account("three")])
        #expect(try isRight(file(chain, trees), chain))
        try other.close()
        try chain.store.close()
    }
}
