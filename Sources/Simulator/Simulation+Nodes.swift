import Consensus
import Foundation
import Ledger
import Primitives
import Replica
import Wire

/// Processes begin, end, and take in what happens.
extension Simulation {
    func begin(_ index: Int) throws {
        let node = nodes[index]
        guard !node.isRunning, !node.isGone else { return }
        let setup = SimulatedDisk.Setup(
            signer: node.member.map { world.members[$0].signer },
            parameters: node.isUpgraded ? parametersOfUpgrade : parameters,
            succession: succession, deviations: node.deviations,
            replicaDeviations: node.replicaDeviations)
        do {
            node.machine = try node.disk.machine(setup, memo: &memo)
        } catch {
            fail(index, error)
            return
        }
        node.life += 1
        say("node \(index) begins at height \(node.disk.head.height)")
        try tell(.started, index)
        for other in nodes.indices where other != index && nodes[other].isRunning {
            connect(index, other)
        }
    }

    /// The same protocol with other times: what two releases of a program may differ in.
    private var parametersOfUpgrade: ConsensusParameters {
        var other = parameters
        other.leaderTimeoutMilliseconds = 2_500
        other.certificationTimeoutMilliseconds = 3_500
        other.nullifyResendMilliseconds = 2_000
        other.finalizeResendMilliseconds = 7_000
        other.settlingMilliseconds = 300
        other.fetchRetryMilliseconds = 700
        return other
    }

    /// Lets both ends of a path know that they can talk.
    func connect(_ one: Int, _ other: Int) {
        for (from, to) in [(one, other), (other, one)] where !links.isCut(from: from, to: to) {
            schedule(at: now + 1 + numbers.below(20), to, .connected(from), life: nodes[to].life)
        }
    }

    /// The sets that the scenario's epochs begin with.
    var succession: Succession {
        guard !scenario.epochs.isEmpty else { return .ofState }
        let plans = scenario.epochs.enumerated().map { number, plan in
            (plan.height, world.authorities(plan.members, epoch: number + 1))
        }
        return Succession { present, height, _ in
            let number = Int(present.epoch.rawValue)
            guard number < plans.count, plans[number].0 == height.rawValue else { return nil }
            return AuthoritySet(
                epoch: Epoch(present.epoch.rawValue + 1), value: plans[number].1)
        }
    }

    /// A process ends; of what it did not sync, a part is lost.
    func crash(_ index: Int, restartAfter delay: UInt64? = nil) {
        let node = nodes[index]
        guard node.isRunning else { return }
        say("node \(index) dies")
        let kept = Int(numbers.below(UInt64(node.disk.unsynced.count) + 1))
        let keepsBlocks = numbers.chance(percent: 50)
        node.disk.loseUnsynced(
            keeping: kept, keepsBlocks: keepsBlocks && !node.disk.isFull)
        // What reached the disk is durable, though nobody was told.
        _ = sync(index)
        commit(index)
        end(index)
        if let delay { schedule(at: now + delay, index, .restart, life: node.life) }
    }

    private func end(_ index: Int) {
        nodes[index].machine = nil
        nodes[index].life += 1
        for other in nodes.indices where other != index && nodes[other].isRunning {
            schedule(
                at: now + 1 + numbers.below(50), other, .disconnected(index),
                life: nodes[other].life)
        }
    }

    /// A process gives up for ever (D6).
    func fail(_ index: Int, _ error: any Error) {
        nodes[index].machine = nil
        nodes[index].life += 1
        nodes[index].isGone = true
        say("node \(index) stops: \(error)")
        if isHonest(index) { auditor.report("S7", "node \(index) stopped: \(error)") }
    }

    // MARK: Events

    /// Gives whether anything happened.
    func happen(_ entry: EventHeap.Entry) throws -> Bool {
        let node = entry.node >= 0 ? nodes[entry.node] : nil
        if let life = entry.life, life != node?.life { return false }
        if let node, node.pausedUntil > now, !isCalm {
            schedule(at: node.pausedUntil, entry.node, entry.happening, life: entry.life)
            return false
        }
        record(entry)
        switch entry.happening {
        case .clientTurn: try takeClientTurn()
        case .governorTurn: try takeGovernorTurn()
        case .hazard: try strike()
        case .relief(let relief): try relieve(relief)
        case .restart: try begin(entry.node)
        case .connected(let other):
            try tell(.connected(peer(other, for: entry.node)), entry.node)
        case .disconnected(let other):
            try tell(.disconnected(peer(other, for: entry.node)), entry.node)
        case .timer(let number):
            if node?.timer == number { try tell(.timerFired, entry.node) }
        case .forwarded(let bytes):
            guard node?.isRunning == true,
                let transaction = memo.transaction(bytes, network: world.network)
            else { return true }
            try tell(.submitted(transaction, isOwn: false), entry.node)
        case .message(let bytes, let from): try deliver(bytes, from, entry.node)
        }
        return true
    }

    private func record(_ entry: EventHeap.Entry) {
        switch entry.happening {
        case .message(let bytes, let from):
            trace.add(now, entry.node, 1, [UInt8(truncatingIfNeeded: from)])
            trace.add(now, entry.node, 2, bytes)
        case .forwarded(let bytes): trace.add(now, entry.node, 3, bytes)
        case .timer: trace.add(now, entry.node, 4, [])
        case .restart: trace.add(now, entry.node, 5, [])
        case .connected(let other):
            trace.add(now, entry.node, 6, [UInt8(truncatingIfNeeded: other)])
        case .disconnected(let other):
            trace.add(now, entry.node, 7, [UInt8(truncatingIfNeeded: other)])
        case .clientTurn: trace.add(now, 0, 8, [])
        case .governorTurn: trace.add(now, 0, 11, [])
        case .hazard: trace.add(now, 0, 9, [])
        case .relief: trace.add(now, 0, 10, [])
        }
    }

    /// As a driver does: what is not worth a check is not checked.
    private func deliver(_ bytes: Data, _ from: Int, _ to: Int) throws {
        let node = nodes[to]
        guard node.isRunning, let message = memo.message(bytes) else { return }
        let peer = peer(from, for: to)
        switch node.machine?.admission(of: message) {
        case .hear(let statement)?: try tell(.heard(peer, statement), to)
        case .check?:
            guard let committee = node.machine?.committee,
                let event = memo.event(
                    message, bytes, committee: committee, network: world.network,
                    verifier: world.verifier)
            else { return }
            node.liar?.see(message)
            try tell(event.sent(by: peer), to)
        case nil: return
        }
        try lieOnReceipt(to)
    }
}
