import Consensus
import Foundation
import Ledger
import Primitives
import Replica

/// One run of a whole network in one thread: virtual time, and all that happens drawn from a seed.
///
/// The nodes run `ReplicaMachine` as production does; only disk, clock, links and clients are
/// simulated. An ``Auditor`` that knows nothing of the replica's code watches all of it.
package final class Simulation {
    package let scenario: Scenario
    let world: World
    let parameters: ConsensusParameters
    var numbers: SeededNumbers
    var nodes: [SimulatedNode] = []
    var links: SimulatedLinks
    var queue = EventHeap()
    var now: UInt64 = 1_000
    private var order: UInt64 = 0
    var memo = CheckMemo()
    var auditor: Auditor
    var trace = TraceDigest()
    var workload: Workload
    var governor: Governor
    /// Nothing breaks any more.
    var isCalm = false
    /// How often the timers of some node were doubled when that began.
    var grownDoublings = 0
    /// Members whose clock is wrong at times: never so many that a wrong one could become final.
    var wrongClocks: Set<Int> = []
    /// A node with a stored block that cannot be read as it was written.
    var damagedNode: Int?
    package internal(set) var messageCount = 0
    /// Called with a line for each thing that happens, to look at a run.
    package var narrator: ((String) -> Void)?

    package init(_ scenario: Scenario) throws {
        self.scenario = scenario
        let world = try World(scenario)
        self.world = world
        numbers = SeededNumbers(seed: scenario.seed)
        var parameters = ConsensusParameters()
        parameters.heartbeatMilliseconds = scenario.heartbeatMilliseconds
        self.parameters = parameters
        let founders = scenario.members
        let count =
            founders + scenario.newcomers + scenario.observers + (scenario.clone == nil ? 0 : 1)
        links = SimulatedLinks(
            nodes: count,
            weather: SimulatedLinks.Weather(
                loss: scenario.loss, duplication: scenario.duplication,
                distance: scenario.distanceMilliseconds, delay: scenario.delayMilliseconds,
                reorders: scenario.reorders))
        workload = Workload(
            network: world.network,
            firstAccount: scenario.membersHaveAccounts ? UInt64(founders) + 1 : 2)
        governor = Governor(scenario, network: world.network)
        let verifier = world.verifier
        auditor = Auditor(
            network: world.network, genesis: world.start.head.hash,
            authorities: world.members.prefix(founders).map(\.voteKey),
            keys: (0..<count).map { index in
                index < world.members.count ? world.members[index].voteKey : nil
            },
            lying: Set(
                world.members.indices.filter { scenario.isLying($0) }
                    .map { world.members[$0].voteKey })
        ) { signature, key, tag, payload in
            verifier.accepts(signature, by: key, tag, payload)
        }
        makeNodes()
    }

    private func makeNodes() {
        for member in world.members.indices {
            let node = SimulatedNode(
                index: nodes.count, member: member, disk: SimulatedDisk(world))
            if let role = scenario.liars[member] { node.liar = Liar(role) }
            nodes.append(node)
        }
        for _ in 0..<scenario.observers {
            nodes.append(
                SimulatedNode(index: nodes.count, member: nil, disk: SimulatedDisk(world)))
        }
        if let clone = scenario.clone {
            nodes.append(
                SimulatedNode(
                    index: nodes.count, member: clone, isClone: true,
                    disk: SimulatedDisk(world)))
        }
        for node in nodes where scenario.deviant ?? node.index == node.index {
            node.deviations = scenario.deviations
            node.replicaDeviations = scenario.replicaDeviations
        }
        if let member = scenario.lateClock {
            nodes[member].usualClock = SimulatedClock(offset: -3_600_000)
            wrongClocks.insert(member)
        }
    }

    // MARK: Time

    /// A run ends before its time.
    enum Stop: Error {
        case fault
    }

    /// Several times as many as any sound run needs.
    private var eventLimit: UInt64 { 40_000 + 2_000 * UInt64(nodes.count * nodes.count) }

    func schedule(
        at time: UInt64, _ node: Int, _ happening: Happening, life: Int? = nil
    ) {
        order += 1
        queue.insert(
            EventHeap.Entry(
                time: max(time, now), order: order, node: node, life: life,
                happening: happening))
    }

    func run(for duration: UInt64) throws {
        let end = now + duration
        while let entry = queue.popFirst(through: end) {
            now = max(now, entry.time)
            if try happen(entry) { auditor.look(at: now) }
            if trace.eventCount > eventLimit {
                auditor.report("L5", "more than \(eventLimit) events: the network runs in circles")
                throw Stop.fault
            }
            if scenario.stopsAtFirstFault, !auditor.violations.isEmpty { throw Stop.fault }
        }
        now = end
    }

    /// Runs until a condition holds; false when it does not within the time.
    func run(for duration: UInt64, until condition: () -> Bool) throws -> Bool {
        var left = duration
        while left > 0 {
            if condition() { return true }
            let step = min(left, 20)
            try run(for: step)
            left -= step
        }
        return condition()
    }

    // MARK: Who is who

    /// Whose process this is in the eyes of another one.
    func peer(_ index: Int, for other: Int) -> Peer {
        if let member = nodes[index].member,
            let place = nodes[other].machine?.committee.index(of: world.members[member].voteKey)
        {
            return .authority(place)
        }
        return .observer(UInt64(index))
    }

    /// The processes behind a peer's name; a cloned key has two.
    func nodes(of peer: Peer, for index: Int) -> [Int] {
        switch peer {
        case .observer(let number):
            return nodes.indices.contains(Int(number)) ? [Int(number)] : []
        case .authority(let place):
            guard let key = nodes[index].machine?.committee.key(at: place) else { return [] }
            return nodes.indices.filter { other in
                other != index
                    && nodes[other].member.map { world.members[$0].voteKey == key } == true
            }
        }
    }

    /// The processes of the authorities of a node's committee, without its own key's.
    func authorities(for index: Int) -> [Int] {
        guard let keys = nodes[index].machine?.committee.keys else { return [] }
        return nodes.indices.filter { other in
            guard let member = nodes[other].member, member != nodes[index].member else {
                return false
            }
            return keys.contains(world.members[member].voteKey)
        }
    }

    func isHonest(_ index: Int) -> Bool {
        nodes[index].member.map { !scenario.isLying($0) } ?? true
    }

    /// Running nodes that do as they should.
    var honest: [Int] { nodes.indices.filter { isHonest($0) && nodes[$0].isRunning } }

    func say(_ text: @autoclosure () -> String) {
        if let narrator { narrator("\(now) \(text())") }
    }
}
