import Consensus
import Foundation
import Ledger
import Primitives
import Replica
import SampleNetworks
import SwiftProtobuf
import Testing
import Wire

@Suite("Epochs of a replica")
struct EpochTests {
    /// Ends the first epoch at a height, as governance will: the set shrinks or grows to those
    /// named.
    static func succession(at height: UInt64, to names: [String]) -> Succession {
        Succession { present, block, _ in
            guard present.epoch == Epoch(0), block == Height(height) else { return nil }
            var value = ProtoAuthoritySetValue()
            value.authorities = names.map { name in
                ProtoAuthorityValue.with {
                    $0.name = name
                    $0.voteKey = publicKey("\(name) vote")
                }
            }
            return AuthoritySet(epoch: Epoch(1), value: value)
        }
    }

    /// Writes through the boundary and beyond; gives what was handed in.
    static func cross(
        _ network: inout ReplicaNetwork, at all: [Int], blocks: Int = 8
    ) throws -> [Digest] {
        var ids: [Digest] = []
        for number in 0..<blocks {
            ids.append(
                try network.submit(
                    network.sample.account("a\(number)"), to: all[number % all.count]))
            guard try network.run(for: 5_000, until: { $0.areFinal(ids, at: all) }) else { break }
        }
        return ids
    }

    @Test(
        "The next committee goes on from the boundary, and no height is left out or used twice",
        arguments: [
            (["north", "east", "south", "west"], ["north", "east", "south", "west"]),
            (["north", "east", "south", "west"], ["north", "east", "south"]),
            (["north", "east", "south", "west"], ["west"]),
            (["north"], ["north", "east"]), (["north", "east"], ["east"]),
        ])
    func crosses(_ before: [String], _ after: [String]) throws {
        var network = try ReplicaNetwork(
            before.count, observers: 1, succession: Self.succession(at: 3, to: after))
        // A newcomer follows as an observer until its epoch begins.
        for name in after where !before.contains(name) {
            var process = network.processes[0]
            process = ReplicaNetwork.Process(
                name: name, isObserver: false, disk: process.disk)
            network.processes.append(process)
        }
        try network.start()
        let ids = try Self.cross(&network, at: [0])
        #expect(try network.run(for: 60_000) { $0.areFinal(ids) })
        #expect(try network.audit() == [])
        for process in network.processes {
            #expect(process.machine?.committee.epoch == Epoch(1))
            let boundary = process.disk.blocks[2].header
            #expect(boundary.nextAuthoritiesHash != boundary.authoritiesHash)
            let next = process.disk.blocks[3].header
            #expect(next.epoch == 1 && next.authoritiesHash == boundary.nextAuthoritiesHash)
            #expect(process.disk.blocks.prefix(3).allSatisfy { $0.header.epoch == 0 })
        }
    }

    @Test("A node that was away over the boundary fetches its way across", arguments: 1...2)
    func away(_ seed: Int) throws {
        var network = try ReplicaNetwork(
            4, observers: 1, seed: UInt64(seed),
            succession: Self.succession(at: 3, to: ["north", "east", "south", "west"]))
        for index in 0..<3 { try network.begin(index) }
        let ids = try Self.cross(&network, at: [0, 1, 2])
        try network.begin(3)
        try network.begin(4)
        #expect(try network.run(for: 60_000) { $0.areFinal(ids) })
        #expect(try network.audit() == [])
        network.crash(0)
        let late = try network.submit(network.sample.account("late"), to: 3)
        #expect(try network.run(for: 60_000) { $0.areFinal([late], at: [1, 2, 3, 4]) })
    }

    @Test("A crash at any time around the boundary changes nothing", arguments: 0..<8)
    func crashes(_ seed: Int) throws {
        var network = try ReplicaNetwork(
            4, seed: UInt64(seed) + 1,
            faults: ReplicaNetwork.Faults(loss: 5, delay: 80, crash: 8),
            succession: Self.succession(at: 3, to: ["north", "east", "south", "west"]))
        try network.start()
        var pending: [Data] = []
        for number in 0..<8 {
            pending.append(network.sample.account("a\(number)"))
            for bytes in pending where network.processes[number % 4].machine != nil {
                try network.submit(bytes, to: number % 4)
            }
            try network.run(for: 2_000)
        }
        network.faults = ReplicaNetwork.Faults()
        try network.run(for: 3_000)
        try network.reconnect()
        for bytes in pending { try network.submit(bytes, to: 1) }
        let ids = try pending.map { try network.sample.decoded($0).id }
        #expect(try network.run(for: 120_000) { $0.areFinal(ids) })
        #expect(try network.audit() == [])
        #expect(network.processes.allSatisfy { $0.machine?.committee.epoch == Epoch(1) })
    }
}
