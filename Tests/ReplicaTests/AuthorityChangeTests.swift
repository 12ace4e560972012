import Consensus
import Foundation
import Ledger
import Primitives
import Replica
import SampleNetworks
import SwiftProtobuf
import Testing
import Wire

/// The set that votes changes by transactions, and the network lives on.
@Suite("Changes of the authorities")
struct AuthorityChangeTests {
    typealias Sample = SampleNetwork

    /// A network of the initiative's seats; newcomers follow as observers until their epoch.
    static func network(
        _ names: [String], newcomers: [String] = [], seed: UInt64 = 1,
        faults: ReplicaNetwork.Faults = ReplicaNetwork.Faults(),
        deviations: ReplicaDeviations = []
    ) throws -> ReplicaNetwork {
        var network = try ReplicaNetwork(
            names.count, observers: 1, seed: seed, faults: faults, deviations: deviations)
        for name in newcomers {
            network.processes.append(
                ReplicaNetwork.Process(
                    name: name, isObserver: false, disk: network.processes[0].disk,
                    deviations: deviations))
        }
        return network
    }

    /// Hands a transaction in at one node and waits until those named have it.
    @discardableResult
    static func write(
        _ action: Action, by names: [String] = ["initiative"], in network: inout ReplicaNetwork,
        at live: [Int]? = nil
    ) throws -> UInt64 {
        let bytes = network.sample.signed(action, as: 1, by: names)
        let live = live ?? Array(network.processes.indices)
        let id = try network.submit(bytes, to: live[0])
        try #require(try network.run(for: 60_000) { $0.areFinal([id], at: live) })
        return try #require(
            try network.processes[live[0]].disk.place(ofTransaction: id)
        ).index.rawValue
    }

    /// Shows the newcomers' keys, proposes a change and approves it.
    @discardableResult
    static func decide(
        _ changes: [ProtoSeatChange], effective: UInt64 = 0,
        in network: inout ReplicaNetwork, at live: [Int]? = nil
    ) throws -> UInt64 {
        for change in changes where change.hasTo {
            let keys = try #require(
                ReplicaNetwork.keyNames.first { publicKey("\($0) vote") == change.to.voteKey })
            try write(
                Sample.join(change.to.name, keys: keys),
                by: ["initiative"] + Sample.keyNames(keys), in: &network, at: live)
        }
        let number = try write(
            Sample.propose(changes, effective: effective), in: &network, at: live)
        try write(Sample.approve(number), in: &network, at: live)
        return number
    }

    static func epochs(_ network: ReplicaNetwork, at live: [Int]? = nil) -> [UInt64?] {
        (live ?? Array(network.processes.indices)).map {
            network.processes[$0].machine?.committee.epoch.rawValue
        }
    }

    static func hasEpoch(
        _ epoch: UInt64, at live: [Int]? = nil
    ) -> (ReplicaNetwork) -> Bool {
        { network in epochs(network, at: live).allSatisfy { $0 == epoch } }
    }

    /// The seats' names by the state of a process.
    static func names(_ network: ReplicaNetwork, _ index: Int = 0) throws -> [String] {
        try network.processes[index].disk.leaves.authorities()?.members.map(\.name) ?? []
    }

    /// The network goes on, comes to rest, and all have the same.
    static func goesOn(_ network: inout ReplicaNetwork) throws {
        let ids = try (0..<3).map {
            try network.submit(network.sample.account("after \($0)"), to: 0)
        }
        #expect(try network.run(for: 60_000) { $0.areFinal(ids) })
        try network.run(for: 10_000)
        let heights = network.processes.indices.map { network.height($0) }
        try network.run(for: 30_000)
        #expect(heights == network.processes.indices.map { network.height($0) })
        #expect(Set(heights).count == 1)
        #expect(try network.audit() == [])
        let roots = network.processes.map { $0.disk.head.stateRoot }
        #expect(Set(roots).count == 1)
        for process in network.processes {
            #expect(try process.disk.leaves.authorityChangeDue() == nil)
        }
    }

    // MARK: One change

    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let before: [String]
        var newcomers: [String] = []
        let changes: [ProtoSeatChange]
        let after: [String]
    }

    private static let four = ["north", "east", "south", "west"]
    private static let cases: [Case] = [
        Case(
            testDescription: "1 to 2", before: ["north"], newcomers: ["east"],
            changes: [Sample.add(Sample.seat("east", of: 1))], after: ["north", "east"]),
        Case(
            testDescription: "2 to 1", before: ["north", "east"],
            changes: [Sample.remove("east")], after: ["north"]),
        Case(
            testDescription: "2 to 1, the first leaves", before: ["north", "east"],
            changes: [Sample.remove("north")], after: ["east"]),
        Case(
            testDescription: "4 to 5", before: four, newcomers: ["middle"],
            changes: [Sample.add(Sample.seat("middle", of: 1))], after: four + ["middle"]),
        Case(
            testDescription: "replace", before: four, newcomers: ["sixth"],
            changes: [Sample.replace("south", by: Sample.seat("sixth", of: 1))],
            after: ["north", "east", "sixth", "west"]),
        Case(
            testDescription: "other keys for all three", before: four, newcomers: ["second"],
            changes: [Sample.replace("south", by: Sample.seat("south", of: 1, keys: "second"))],
            after: four),
        Case(
            testDescription: "another vote key for the only one", before: ["north"],
            newcomers: ["second"],
            changes: [Sample.replace("north", by: Sample.seat("north", of: 1, keys: "second"))],
            after: ["north"]),
        Case(
            testDescription: "7 to 7, two seats at once",
            before: ["north", "east", "south", "west", "middle", "sixth", "seventh"],
            newcomers: ["second"],
            changes: [
                Sample.remove("north"), Sample.add(Sample.seat("second", of: 1)),
            ], after: ["east", "south", "west", "middle", "sixth", "seventh", "second"]),
    ]

    @Test("The set changes by transactions, at the boundary that the state fixed", arguments: cases)
    func changes(_ example: Case) throws {
        var network = try Self.network(example.before, newcomers: example.newcomers)
        try network.start()
        let number = try Self.decide(example.changes, in: &network)
        #expect(try network.run(for: 60_000, until: Self.hasEpoch(1)))
        #expect(try Self.names(network) == example.after)
        let disk = network.processes[0].disk
        let change = try #require(
            try disk.leaves.message(
                ProtoAuthorityChangeValue.self,
                for: .endedAuthorityChange(LogIndex(number))))
        #expect(change.status == .inForce && change.epoch == 1)
        for block in disk.blocks {
            let header = block.header
            let isBoundary = header.height == change.boundary
            #expect((header.authoritiesHash != header.nextAuthoritiesHash) == isBoundary)
            #expect(header.epoch == (header.height <= change.boundary ? 0 : 1))
        }
        try Self.goesOn(&network)
        // Those who have a seat vote, and nobody else.
        let voters = network.processes.filter { $0.machine?.isAuthority == true }
        #expect(voters.count == example.after.count)
    }

    @Test("Whoever leads when the epoch ends may be the one that leaves", arguments: 0..<4)
    func removesLeader(_ place: Int) throws {
        var network = try Self.network(Self.four)
        try network.start()
        try Self.decide([Sample.remove(Self.four[place])], in: &network)
        #expect(try network.run(for: 60_000, until: Self.hasEpoch(1)))
        // It is gone, and nobody misses it.
        network.crash(place)
        let others = network.processes.indices.filter { $0 != place }
        let id = try network.submit(
            network.sample.account("after"), to: place == 0 ? 1 : 0)
        #expect(try network.run(for: 60_000) { $0.areFinal([id], at: others) })
        #expect(try network.audit(others) == [])
        #expect(try Self.names(network, others[0]) == Self.four.filter { $0 != Self.four[place] })
    }

    // MARK: Time and rest (C9)

    @Test("A change that is due makes blocks in a network at rest, no sooner and no more")
    func idle() throws {
        var network = try Self.network(Self.four, newcomers: ["middle"])
        try network.start()
        let due = SampleNetwork.beginning / 1_000 + 120
        try Self.decide(
            [Sample.add(Sample.seat("middle", of: 1))], effective: due, in: &network)
        try network.run(for: 20_000)
        let height = network.height(0)
        #expect(network.now < 100_000)
        try network.run(for: 119_000 - network.now)
        #expect(network.height(0) == height && Self.epochs(network).allSatisfy { $0 == 0 })
        #expect(try network.run(for: 10_000, until: Self.hasEpoch(1)))
        // One block is past the time, the next one fixes the boundary two blocks on.
        #expect(network.height(0) == height + 4)
        try network.run(for: 60_000)
        #expect(network.height(0) == height + 4)
        try Self.goesOn(&network)
    }

    @Test("Without enough approvals there is no work, and a withdrawn change makes none")
    func waiting() throws {
        var network = try Self.network(Self.four)
        try network.start()
        let due = SampleNetwork.beginning / 1_000 + 60
        let one = try Self.write(
            Sample.propose([Sample.remove("west")], effective: due), in: &network)
        let two = try Self.decide([Sample.remove("south")], effective: due, in: &network)
        try Self.write(Sample.withdraw(two), in: &network)
        let height = network.height(0)
        try network.run(for: 120_000)
        #expect(network.height(0) == height && Self.epochs(network).allSatisfy { $0 == 0 })
        // Approved late, it takes effect at once.
        try Self.write(Sample.approve(one), in: &network)
        #expect(try network.run(for: 20_000, until: Self.hasEpoch(1)))
        try Self.goesOn(&network)
    }

    @Test("A restart while a change waits for its time forgets nothing")
    func restart() throws {
        var network = try Self.network(Self.four)
        try network.start()
        let due = SampleNetwork.beginning / 1_000 + 60
        try Self.decide([Sample.remove("west")], effective: due, in: &network)
        for index in network.processes.indices { network.crash(index) }
        try network.run(for: 5_000)
        for index in network.processes.indices { try network.begin(index) }
        #expect(Self.epochs(network).allSatisfy { $0 == 0 })
        #expect(try network.run(for: 120_000, until: Self.hasEpoch(1)))
        try Self.goesOn(&network)
    }
}
