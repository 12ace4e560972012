import Consensus
import Foundation
import Ledger
import Primitives
import Replica
import SampleNetworks
import Testing
import Wire

/// Several changes one after the other, and changes in bad times.
@Suite("Changes of the authorities in a row and in bad times")
struct AuthorityQueueTests {
    typealias Sample = SampleNetwork
    private typealias Change = AuthorityChangeTests

    private static let four = ["north", "east", "south", "west"]

    @Test("Two changes that are due at once both take effect, in order", arguments: [false, true])
    func queue(_ isMutant: Bool) throws {
        var network = try Change.network(
            Self.four, newcomers: ["middle"],
            deviations: isMutant ? .secondQueuedChangeLost : [])
        try network.start()
        let due = SampleNetwork.beginning / 1_000 + 60
        try Change.decide(
            [Sample.add(Sample.seat("middle", of: 1))], effective: due, in: &network)
        try Change.decide([Sample.remove("north")], effective: due, in: &network)
        #expect(try network.run(for: 120_000, until: Change.hasEpoch(1)))
        let hasBoth = try network.run(for: 30_000, until: Change.hasEpoch(2))
        #expect(hasBoth == !isMutant)
        // The bug makes all members equal and is noticed by the audit of the state.
        #expect(try network.audit().isEmpty == !isMutant)
        guard !isMutant else { return }
        #expect(try Change.names(network) == ["east", "south", "west", "middle"])
        let boundaries = network.processes[0].disk.blocks.filter {
            $0.header.authoritiesHash != $0.header.nextAuthoritiesHash
        }
        #expect(boundaries.map(\.header.epoch) == [0, 1])
        #expect(boundaries[1].header.height == boundaries[0].header.height + 3)
        try Change.goesOn(&network)
    }

    @Test("Four become one, one at a time", arguments: ["north", "west"])
    func toOne(_ last: String) throws {
        var network = try Change.network(Self.four)
        try network.start()
        let due = SampleNetwork.beginning / 1_000 + 60
        for name in Self.four where name != last {
            try Change.decide([Sample.remove(name)], effective: due, in: &network)
        }
        #expect(try network.run(for: 180_000, until: Change.hasEpoch(3)))
        #expect(try Change.names(network) == [last])
        try Change.goesOn(&network)
        // The only one needs nobody any more.
        let place = try #require(network.processes.firstIndex { $0.name == last })
        for index in network.processes.indices where index != place { network.crash(index) }
        let id = try network.submit(network.sample.account("alone"), to: place)
        #expect(try network.run(for: 10_000) { $0.areFinal([id], at: [place]) })
    }

    @Test("One becomes four, and each newcomer votes in its turn")
    func fromOne() throws {
        let newcomers = ["east", "south", "west"]
        var network = try Change.network(["north"], newcomers: newcomers)
        try network.start()
        for (epoch, name) in zip(1..., newcomers) {
            try Change.decide([Sample.add(Sample.seat(name, of: 1))], in: &network)
            #expect(try network.run(for: 60_000, until: Change.hasEpoch(UInt64(epoch))))
        }
        try Change.goesOn(&network)
        let proposers = Set(network.processes[0].disk.blocks.suffix(12).map(\.header.proposer))
        #expect(proposers.count > 1)
        network.crash(0)
        let live = Array(network.processes.indices.dropFirst())
        let id = try network.submit(network.sample.account("without north"), to: 2)
        #expect(try network.run(for: 60_000) { $0.areFinal([id], at: live) })
    }

    @Test("A node that is down during changes comes back into the epoch that is", arguments: 1...2)
    func down(_ changes: Int) throws {
        var network = try Change.network(Self.four, newcomers: ["middle"])
        try network.start()
        network.crash(3)
        let live = [0, 1, 2, 4, 5]
        try Change.decide(
            [Sample.add(Sample.seat("middle", of: 1))], in: &network, at: live)
        if changes == 2 {
            try Change.decide([Sample.remove("north")], in: &network, at: live)
        }
        #expect(
            try network.run(for: 120_000, until: Change.hasEpoch(UInt64(changes), at: live)))
        let before = try Change.write(
            Sample.registration("before", .buyer), by: ["initiative", "before"], in: &network,
            at: live)
        #expect(before > 0)
        try network.begin(3)
        #expect(try network.run(for: 60_000, until: Change.hasEpoch(UInt64(changes))))
        try Change.goesOn(&network)
    }

    @Test("The one that is to leave may be down the whole time")
    func dead() throws {
        var network = try Change.network(Self.four)
        try network.start()
        network.crash(2)
        let live = [0, 1, 3, 4]
        try Change.decide([Sample.remove("south")], in: &network, at: live)
        #expect(try network.run(for: 120_000, until: Change.hasEpoch(1, at: live)))
        let id = try network.submit(network.sample.account("after"), to: 0)
        #expect(try network.run(for: 60_000) { $0.areFinal([id], at: live) })
        // It learns that it left.
        try network.begin(2)
        #expect(try network.run(for: 60_000, until: Change.hasEpoch(1)))
        #expect(network.processes[2].machine?.isAuthority == false)
        try Change.goesOn(&network)
    }

    @Test(
        "A member that came by a change and lost all is silent without the operator's word",
        arguments: [false, true])
    func wiped(_ hasWord: Bool) throws {
        var network = try Change.network(Self.four, newcomers: ["middle"])
        let empty = network.processes[5].disk
        try network.start()
        try Change.decide([Sample.add(Sample.seat("middle", of: 1))], in: &network)
        #expect(try network.run(for: 60_000, until: Change.hasEpoch(1)))
        try Change.goesOn(&network)
        network.crash(5)
        network.processes[5].disk = empty
        // By the chain that it begins with, it has no seat.
        try network.begin(5, memory: .lost, mayResume: hasWord)
        #expect(try network.run(for: 60_000, until: Change.hasEpoch(1)))
        try network.reconnect()
        for number in 0..<6 {
            let id = try network.submit(network.sample.account("late \(number)"), to: 0)
            #expect(try network.run(for: 60_000) { $0.areFinal([id]) })
        }
        let votes = network.processes[5].disk.records.count { record in
            if case .consensus(.vote) = record { true } else { false }
        }
        #expect((votes > 0) == hasWord)
        #expect(try network.audit() == [])
    }

    @Test("Each member signs for itself, and a quorum of them is needed")
    func members() throws {
        var network = try ReplicaNetwork(4, areMembers: true)
        try network.start()
        let number = try Change.write(Sample.propose([Sample.remove("west")]), in: &network)
        let holders: [(UInt64, String)] = [(1, "initiative"), (4, "west"), (2, "east")]
        for (place, (account, name)) in holders.enumerated() {
            try network.run(for: 20_000)
            #expect(Change.epochs(network).allSatisfy { $0 == 0 })
            let bytes = network.sample.signed(Sample.approve(number), as: account, by: name)
            let id = try network.submit(bytes, to: place)
            #expect(try network.run(for: 20_000) { $0.areFinal([id]) })
        }
        #expect(try network.run(for: 20_000, until: Change.hasEpoch(1)))
        let late = network.sample.signed(Sample.approve(number), as: 3, by: "south")
        let id = try network.submit(late, to: 0)
        guard case .refused(let refusal)? = network.processes[0].outcomes[id] else {
            Issue.record("not refused")
            return
        }
        #expect(refusal.code == .authorityChangeUnknown)
        try Change.goesOn(&network)
    }

    @Test("Crashes and lost messages around the boundary change nothing", arguments: 0..<8)
    func crashes(_ seed: Int) throws {
        var network = try Change.network(
            Self.four, newcomers: ["middle"], seed: UInt64(seed) + 1)
        try network.start()
        let due = SampleNetwork.beginning / 1_000 + 30
        try Change.decide(
            [Sample.add(Sample.seat("middle", of: 1))], effective: due, in: &network)
        try Change.decide([Sample.remove("east")], effective: due, in: &network)
        try network.run(for: max(1, 30_000 - min(network.now, 29_999)))
        network.faults = ReplicaNetwork.Faults(loss: 5, delay: 80, crash: 10)
        try network.run(for: 20_000)
        network.faults = ReplicaNetwork.Faults()
        try network.run(for: 3_000)
        try network.reconnect()
        #expect(try network.run(for: 180_000, until: Change.hasEpoch(2)))
        #expect(try Change.names(network) == ["north", "south", "west", "middle"])
        try Change.goesOn(&network)
    }

    @Test("A crash before any one effect around the boundary loses nothing", arguments: 1..<40)
    func crashAtEffect(_ step: Int) throws {
        var network = try Change.network(["north", "east"])
        try network.start()
        let due = SampleNetwork.beginning / 1_000 + 30
        try Change.decide([Sample.remove("north")], effective: due, in: &network)
        let victim = step % 2
        network.processes[victim].crashAt = network.processes[victim].effectCount + step
        #expect(try network.run(for: 180_000, until: Change.hasEpoch(1)))
        try Change.goesOn(&network)
    }
}
