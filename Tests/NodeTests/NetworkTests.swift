import Foundation
import Gateway
import Ledger
import Logging
import Node
import Primitives
import Registry
import SampleNetworks
import Store
import SwiftProtobuf
import Testing
import Wire

extension NodeSuites {
    @Suite("Several authorities")
    struct NetworkTests {
        private static let four = ["east", "north", "south", "west"]

        @Test("What is submitted to any node, an observer too, is final on all, with equal roots")
        func agreement() async throws {
            var sample = SampleNetwork(authorities: Self.four)
            let accounts = (0..<40).map { sample.account("member \($0)") }
            let network = try RunningNetwork(
                sample, authorities: Self.four, observers: ["observer"])
            for name in Self.four { try await network.start(name) }
            try await network.start("observer", isObserver: true)
            let members = network.all
            let ids = try await withThrowingTaskGroup(of: Digest.self) { group in
                for (index, bytes) in accounts.enumerated() {
                    let gateway = members[index % members.count].gateway
                    group.addTask { try await gateway.submit(bytes) }
                }
                return try await group.reduce(into: Set<Digest>()) { $0.insert($1) }
            }
            #expect(ids.count == 40)
            #expect(try await network.agree(transactions: 40))
            let statuses = try await network.all.asyncMap { try await $0.gateway.status() }
            #expect(Set(statuses.map(\.stateRoot)).count == 1)
            #expect(Set(statuses.map(\.logRoot)).count == 1)
            #expect(statuses.allSatisfy { $0.logSize == 40 })
            for member in network.all {
                for id in ids { #expect(try await member.gateway.transaction(id) != nil) }
            }
            try await network.stopAll()
        }

        @Test("Three of four go on, and the fourth catches up when it comes back")
        func absence() async throws {
            var sample = SampleNetwork(authorities: Self.four)
            let accounts = (0..<12).map { sample.account("member \($0)") }
            let network = try RunningNetwork(sample, authorities: Self.four)
            for name in Self.four { try await network.start(name) }
            _ = try await network["east"].gateway.submit(accounts[0])
            #expect(try await network.agree(transactions: 1))
            try await network.stop("south")
            for bytes in accounts[1..<8] { _ = try await network["west"].gateway.submit(bytes) }
            try await network.start("south")
            #expect(try await network.agree(transactions: 8))
            for bytes in accounts[8...] { _ = try await network["south"].gateway.submit(bytes) }
            #expect(try await network.agree(transactions: 12))
            try await network.stopAll()
        }

        @Test("All stop and start again: what was final stays, and they go on")
        func restart() async throws {
            var sample = SampleNetwork(authorities: Self.four)
            let accounts = (0..<4).map { sample.account("member \($0)") }
            let network = try RunningNetwork(sample, authorities: Self.four)
            for (round, bytes) in accounts.enumerated() {
                for name in Self.four { try await network.start(name) }
                _ = try await network[Self.four[round]].gateway.submit(bytes)
                #expect(try await network.agree(transactions: UInt64(round) + 1))
                try await network.stopAll()
            }
        }

        @Test("Two of four make nothing final; with the third back they do, without a restart")
        func noQuorum() async throws {
            var sample = SampleNetwork(authorities: Self.four)
            let (first, second) = (sample.account("a"), sample.account("b"))
            let network = try RunningNetwork(sample, authorities: Self.four)
            for name in Self.four { try await network.start(name) }
            _ = try await network["east"].gateway.submit(first)
            #expect(try await network.agree(transactions: 1))
            try await network.stop("south")
            try await network.stop("west")
            let id = try await network["east"].gateway.submit(Array(second))
            // Longer than a view takes to be given up.
            let record = try await network["east"].gateway.final(id, withinMilliseconds: 2_500)
            #expect(record == nil)
            let isPending = try await network["east"].gateway.isPending(id)
            #expect(isPending)
            try await network.start("west")
            #expect(try await network.agree(transactions: 2))
            try await network.stopAll()
        }

        @Test("An authority whose votes are lost follows and signs nothing, until it is told to")
        func lostVotes() async throws {
            var sample = SampleNetwork(authorities: Self.four)
            let accounts = (0..<10).map { sample.account("member \($0)") }
            let network = try RunningNetwork(sample, authorities: Self.four)
            for name in Self.four { try await network.start(name) }
            _ = try await network["east"].gateway.submit(accounts[0])
            #expect(try await network.agree(transactions: 1))
            try await network.stop("west")
            // Whatever it voted on before is final below this one.
            _ = try await network["east"].gateway.submit(accounts[1])
            let height = try await network["east"].gateway.status().height
            for suffix in ["", "-wal", "-shm"] {
                let path = try network.directory(of: "west").safety + suffix
                try? FileManager.default.removeItem(atPath: path)
            }
            try await network.start("west")
            for bytes in accounts[2..<4] { _ = try await network["west"].gateway.submit(bytes) }
            #expect(try await network.agree(transactions: 4))
            let west = try #require(Self.four.firstIndex(of: "west"))
            let after = try await network["east"].gateway.blocks(before: nil, limit: 100)
                .filter { $0.header.height > height.rawValue }
            #expect(!after.isEmpty)
            for block in after {
                #expect(block.header.proposer != UInt32(west))
                let signers = SignerSet(
                    bytes: block.finalization.signers, memberCount: Self.four.count)
                #expect(signers?.indices.contains(west) == false)
            }
            let memory = try network["west"].safety?.memory()
            #expect(memory == .lost)
            try await network.stop("west")
            try await network.start("west", mayResume: true)
            let signs = try await eventually {
                try network["west"].safety?.memory() != .lost
            }
            #expect(signs)
            // Past the views in which it may have voted before.
            for bytes in accounts[4..<8] { _ = try await network["west"].gateway.submit(bytes) }
            #expect(try await network.agree(transactions: 8))
            try await network.stop("east")
            // Now nothing is final without its vote.
            for bytes in accounts[8...] { _ = try await network["west"].gateway.submit(bytes) }
            #expect(try await network.agree(transactions: 10))
            guard case .completeAbove? = try network["west"].safety?.memory() else {
                Issue.record("the memory of west is not complete again")
                return
            }
            try await network.stopAll()
        }

        @Test("A profile that one member was given reaches the other authorities, and no observer")
        func profiles() async throws {
            var sample = SampleNetwork(authorities: Self.four)
            let field = Profile.Field(
                name: "contact", value: "somebody", salt: [UInt8](repeating: 1, count: 16))
            let profile = try #require(Profile(fields: [field]))
            let bytes =
                sample.settling() + [
                    sample.signed(
                        .commitProfile(.with { $0.root = Data(profile.root.bytes) }),
                        as: SampleNetwork.developer, by: "developer")
                ]
            let network = try RunningNetwork(
                sample, authorities: Self.four, observers: ["observer"])
            for name in Self.four { try await network.start(name) }
            try await network.start("observer", isObserver: true)
            for bytes in bytes { _ = try await network["east"].gateway.submit(bytes) }
            #expect(try await network.agree(transactions: UInt64(bytes.count)))
            let json = profile.json.canonicalBytes
            try await network["east"].gateway.storeProfile(json)
            for name in Self.four {
                let profiles = try network[name].profiles
                let isHere = try await eventually {
                    try await profiles.profile(root: profile.root) == Data(json)
                }
                #expect(isHere, "\(name)")
            }
            let observed = try await network["observer"].profiles.profile(root: profile.root)
            #expect(observed == nil)
            try await network.stopAll()
        }

        @Test("An authority without the file of its votes does not start")
        func noVotes() async throws {
            let directory = try Directory()
            let sample = SampleNetwork()
            let node = try RunningNode(sample, in: directory)
            let other = try DRECNode(
                genesis: sample.genesis, store: node.store, profiles: node.profiles,
                authority: nil, version: "test", environment: .standing(StandingClock()),
                logger: Logger(label: "test"))
            await #expect(throws: NodeError.notTheAuthority) { try await other.driver.run() }
            try node.close()
        }
    }
}

extension Sequence {
    fileprivate func asyncMap<Result>(
        _ body: (Element) async throws -> Result
    ) async rethrows -> [Result] {
        var results: [Result] = []
        for element in self { results.append(try await body(element)) }
        return results
    }
}
