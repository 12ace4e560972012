import Foundation
import Ledger
import Node
import Primitives
import Replica
import SampleNetworks
import Store
import Testing
import Wire

extension NodeSuites {
    @Suite("A replay")
    struct ReplayTests {
        private static let height: UInt64 = 9

        /// A chain of nine blocks, the third and the sixth of them empty.
        private static func source(
            _ directory: Directory
        ) throws -> (replica: StoredReplica, genesis: GenesisDocument) {
            var network = SampleNetwork()
            let store = try ChainStore(
                path: directory.path + "/source.sqlite", genesis: network.genesis, creating: true)
            var replica = try StoredReplica(store, network: network.network)
            for number in 1...height {
                let transactions =
                    switch number {
                    case 1: network.settling()
                    case 3, 6: [Data]()
                    default: (0..<70).map { network.account("member \(number) \($0)") }
                    }
                let made = try replica.make(
                    now: SampleNetwork.beginning + number * 1_000, evenIfEmpty: true,
                    finalise: { vote(for: $0, network.network) },
                    choose: { _ in try transactions.map { try network.decoded($0) } })
                #expect(made.block?.header.height == number)
            }
            return (replica, network.genesis)
        }

        private static func vote(
            for subject: VoteSubject, _ network: Digest, key: SigningKey = SampleNetwork.voteKey
        ) -> ProtoFinalization {
            ProtoFinalization(
                subject: subject,
                signatures: [0: key.sign(.finalize, subject.payload(network: network))])
        }

        /// Replays with other finalizations; gives the error and the copy.
        private static func replay(
            _ source: StoredReplica, _ genesis: GenesisDocument, in directory: Directory,
            name: String, through last: UInt64 = height,
            _ change: @escaping @Sendable (inout [ProtoFinalization]) -> Void
        ) async throws -> (error: (any Error)?, copy: StoredReplica) {
            let store = source.store
            var finalizations = try (1...height).map {
                try #require(try store.block(at: $0)).finalization
            }
            change(&finalizations)
            let given = finalizations
            let copy = try ChainStore(
                path: "\(directory.path)/\(name).sqlite", genesis: genesis, creating: true)
            var target = try StoredReplica(copy, network: genesis.hash)
            var error: (any Error)?
            do {
                try await ChainReplay(from: 1, through: last) { height in
                    let stored = try #require(try store.block(at: height))
                    return (stored.block, given[Int(height) - 1])
                }.run(into: &target)
                for height in 1...last {
                    let kept = try #require(try copy.block(at: height))
                    #expect(kept.finalization == given[Int(height) - 1])
                }
            } catch let thrown { error = thrown }
            // What is in the file is what the replica says.
            #expect(try copy.load().head == target.replica.head)
            return (error, target)
        }

        @Test("takes blocks that are final by their own votes or by those for a later one")
        func descendants() async throws {
            let directory = try Directory()
            let (source, genesis) = try Self.source(directory)
            let takers: [(String, @Sendable (inout [ProtoFinalization]) -> Void)] = [
                ("own", { _ in }),
                ("pairs", { for i in [0, 2, 4, 6] { $0[i] = $0[i + 1] } }),
                ("last", { for i in 0..<8 { $0[i] = $0[8] } }),
                // The nearest one only: a block in between was voted on itself.
                ("nested", { for i in [0, 1, 2] { $0[i] = $0[i == 1 ? 3 : 7] } }),
            ]
            for (name, change) in takers {
                let (error, copy) = try await Self.replay(
                    source, genesis, in: directory, name: name, change)
                #expect(error == nil, "\(name)")
                #expect(copy.replica.head == source.replica.head, "\(name)")
                let others = try source.store.differences(
                    from: "\(directory.path)/\(name).sqlite")
                #expect(others == (name == "own" ? [] : ["block"]))
                try copy.store.close()
            }
            try source.store.close()
        }

        @Test("refuses a block that nothing makes final, and keeps nothing of it")
        func notFinal() async throws {
            let directory = try Directory()
            let (source, genesis) = try Self.source(directory)
            let head = source.replica.head
            let last = try #require(try source.store.block(at: Self.height)).finalization
            let subject = VoteSubject(
                epoch: Epoch(0), view: View(last.view), parentView: View(last.parentView),
                blockHash: head.hash)
            let network = genesis.hash
            func with(_ change: (inout ProtoFinalization) -> Void) -> ProtoFinalization {
                var finalization = last
                change(&finalization)
                return finalization
            }
            func signed(
                view: UInt64? = nil, parent: UInt64? = nil, hash: Digest? = nil,
                epoch: UInt64 = 0, key: SigningKey = SampleNetwork.voteKey
            ) -> ProtoFinalization {
                Self.vote(
                    for: VoteSubject(
                        epoch: Epoch(epoch), view: View(view ?? subject.view.rawValue),
                        parentView: View(parent ?? subject.parentView.rawValue),
                        blockHash: hash ?? subject.blockHash), network, key: key)
            }
            let table: [(String, Int, ProtoFinalization)] = [
                ("none", 8, ProtoFinalization()),
                ("no signature", 8, with { $0.signatures = [] }),
                ("a stranger's", 8, signed(key: key("stranger"))),
                ("another epoch's", 8, signed(epoch: 1)),
                ("another view's", 8, signed(view: subject.view.rawValue + 1)),
                ("another parent's", 8, signed(parent: 0)),
                ("for a block that never comes", 3, signed(view: 99, hash: .zero)),
                ("for a block that never comes, at the end", 8, signed(view: 99, hash: .zero)),
                ("for an earlier view", 6, signed(view: 3, hash: .zero)),
                ("the last one's with wrong views", 0, signed(view: 77)),
                ("the last one's, not signed", 0, with { $0.signatures = [] }),
            ]
            for (number, (name, place, finalization)) in table.enumerated() {
                let (error, copy) = try await Self.replay(
                    source, genesis, in: directory, name: "bad\(number)"
                ) { $0[place] = finalization }
                #expect(error as? ReplicaError == .notFinal, "\(name)")
                #expect(copy.replica.head.height == Height(0), "\(name)")
                try copy.store.close()
            }
            // A chain cut off before the block that makes its end final.
            let (error, copy) = try await Self.replay(
                source, genesis, in: directory, name: "cut", through: 8
            ) { $0[7] = last }
            #expect(error as? ReplicaError == .notFinal)
            #expect(copy.replica.head.height == Height(0))
            try copy.store.close()
            try source.store.close()
        }

        @Test("ends with the first block that cannot be read or is not what it says")
        func damaged() async throws {
            struct Unreadable: Error {}
            let directory = try Directory()
            let (source, genesis) = try Self.source(directory)
            let store = source.store
            for (number, spoiled) in [UInt64(1), 2, 5, Self.height].enumerated() {
                for isRead in [true, false] {
                    let name = "damaged\(number)\(isRead)"
                    let copy = try ChainStore(
                        path: "\(directory.path)/\(name).sqlite", genesis: genesis,
                        creating: true)
                    var target = try StoredReplica(copy, network: genesis.hash)
                    await #expect(throws: (any Error).self) {
                        try await ChainReplay(from: 1, through: Self.height) { height in
                            var stored = try #require(try store.block(at: height))
                            if height == spoiled {
                                guard isRead else { throw Unreadable() }
                                stored.block[stored.block.count / 2] ^= 1
                            }
                            return (stored.block, stored.finalization)
                        }.run(into: &target)
                    }
                    #expect(target.replica.head.height == Height(0))
                    #expect(try copy.load().head == target.replica.head)
                    try copy.close()
                }
            }
            try store.close()
        }
    }
}

extension ChainStore {
    fileprivate func block(
        at height: UInt64
    ) throws -> (block: Data, finalization: ProtoFinalization)? {
        try readNow { try $0.blockBytes(Height(height)) }
    }
}
