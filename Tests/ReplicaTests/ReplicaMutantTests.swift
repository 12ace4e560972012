import Consensus
import Foundation
import Ledger
import Primitives
import Replica
import SampleNetworks
import Testing
import Wire

/// Each seeded bug is noticed by an audit, and its absence is not.
@Suite("Bugs of others in a replica")
struct ReplicaMutantTests {
    private static let mutants: [ReplicaDeviations] = [
        .reusesHeights, .judgesTimeWhenApplying, .ordersLogByHashing, .ignoresApplyErrors,
        .secondQueuedChangeLost,
    ]

    @Test("Heights used twice over the end of an epoch are noticed", arguments: [false, true])
    func heightReused(_ isMutant: Bool) throws {
        var network = try ReplicaNetwork(
            4, deviations: isMutant ? .reusesHeights : [],
            succession: EpochTests.succession(at: 3, to: ["north", "east", "south", "west"]))
        try network.start()
        let ids = try EpochTests.cross(&network, at: [0, 1, 2, 3], blocks: 6)
        let isFinal = try network.run(for: 2_000) { $0.areFinal(ids) }
        let isSound = try isFinal && network.audit() == []
        #expect(isSound == !isMutant)
    }

    @Test("A clock far behind keeps nobody from what is final", arguments: [false, true])
    func timeWhenApplying(_ isMutant: Bool) throws {
        var network = try ReplicaNetwork(4, deviations: isMutant ? .judgesTimeWhenApplying : [])
        network.processes[3].clockOffset = -3_600_000
        try network.start()
        var ids: [Digest] = []
        for number in 0..<4 {
            ids.append(try network.submit(network.sample.account("a\(number)")))
            try network.run(for: 5_000) { $0.areFinal(ids, at: [0, 1, 2]) }
        }
        let isFinal = try network.run(for: 60_000) { $0.areFinal(ids) }
        #expect(isFinal == !isMutant)
        #expect(try network.audit() == [])
    }

    @Test(
        "Roots that depend on a hash table's order come to no agreement", arguments: [false, true])
    func hashOrder(_ isMutant: Bool) throws {
        var network = try ReplicaNetwork(4, deviations: isMutant ? .ordersLogByHashing : [])
        try network.start()
        var refusals = 0
        var ids: [Digest] = []
        for number in 0..<16 {
            ids.append(try network.submit(network.sample.account("a\(number)")))
        }
        try network.run(for: 1_000) { $0.areFinal(ids) }
        for process in network.processes {
            refusals += process.notices.count { notice in
                if case .refusedProposal = notice { true } else { false }
            }
        }
        #expect((refusals > 0) == isMutant)
        if !isMutant { #expect(network.areFinal(ids)) }
    }

    @Test("A final block that does not execute is not taken at its word", arguments: [false, true])
    func applyError(_ isMutant: Bool) throws {
        var network = try ReplicaNetwork(4, deviations: [])
        network.processes[3].deviations = isMutant ? .ignoresApplyErrors : []
        for index in 0..<3 { try network.begin(index) }
        let ids = try EpochTests.cross(&network, at: [0, 1, 2], blocks: 5)
        for liar in 0..<3 { CatchUpTests.rob(liar, in: &network) }
        try network.begin(3)
        try network.run(for: 20_000)
        let isSound = try network.audit() == []
        #expect(isSound == !isMutant)
        guard !isMutant else { return }
        // Nothing was written, and as soon as somebody is honest the rest comes.
        #expect(network.height(3) == 0)
        network.processes[1].lie = nil
        #expect(try network.run(for: 60_000) { $0.areFinal(ids) })
        #expect(try network.audit() == [])
    }

    @Test("A damaged state stops a node instead of letting it go on differently")
    func damagedState() throws {
        var network = try ReplicaNetwork(4)
        try network.start()
        let ids = try EpochTests.cross(&network, at: [0, 1, 2, 3], blocks: 2)
        #expect(network.areFinal(ids))
        network.processes[3].disk.damage()
        let id = try network.submit(network.sample.account("b"), to: 0)
        #expect(try network.run(for: 60_000) { $0.areFinal([id], at: [0, 1, 2]) })
        try network.run(for: 10_000)
        #expect(!network.isFinal(id, at: 3))
        #expect(try network.audit([0, 1, 2]) == [])
    }

    @Test("Production switches no bug on")
    func production() {
        #expect(ReplicaDeviations() == [])
        #expect(Set(Self.mutants.map(\.rawValue)).count == Self.mutants.count)
    }
}
