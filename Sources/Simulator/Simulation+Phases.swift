import Consensus
import Foundation
import Primitives
import Replica

/// The course of a run: bad weather with work in it, then good weather and what must come of it.
extension Simulation {
    /// Ten certification timeouts (L1), as they had grown when the weather became good; in a
    /// network of long ways, as they may have to grow.
    var patience: UInt64 {
        let isFar = scenario.distanceMilliseconds > 0
        let doublings = isFar ? ConsensusLimits.timerDoublings : grownDoublings
        return 10 * parameters.certificationTimeoutMilliseconds << UInt64(doublings)
    }

    /// Until what is under way has arrived.
    private var settling: UInt64 { 5_000 + 4 * scenario.distanceMilliseconds }

    /// Runs everything and says what was seen.
    package func run() -> Verdict {
        do {
            try runPhases()
        } catch Stop.fault {
            // Reported already.
        } catch {
            auditor.report("run", "\(error)")
        }
        return Verdict(self)
    }

    private func runPhases() throws {
        for index in nodes.indices where !nodes[index].isClone { try begin(index) }
        try endureChaos()
        try heal()
        try expectProgress()
        try expectTransactions()
        try expectChanges()
        if scenario.checksStandstill { try expectStandstill() }
        try expectEqualChains()
        if scenario.checksIdleness { try expectIdleness() }
        try finishAudit()
    }

    private func endureChaos() throws {
        let pause = scenario.chaosMilliseconds / UInt64(max(1, scenario.submissions))
        for turn in 0..<UInt64(scenario.submissions) {
            schedule(at: now + turn * pause + numbers.below(pause), -1, .clientTurn)
        }
        scheduleNextHazard()
        if !governor.isDone { schedule(at: now, -1, .governorTurn) }
        let third = scenario.chaosMilliseconds / 3
        try run(for: third)
        keepOldRecords()
        if scenario.clone != nil { try startClone() }
        try run(for: third)
        loseVotes()
        try run(for: third)
    }

    // MARK: Clients

    /// The next transaction, or an old one again, to a node that runs.
    func takeClientTurn() throws {
        for bytes in workload.nextTransactions(isFinal: { self.auditor.isFinal($0) }) {
            try submit(bytes)
        }
        guard scenario.burst > 0, workload.hasFirstAccounts, let index = numbers.pick(honest)
        else { return }
        for _ in 0..<scenario.burst { try submit(workload.account(), to: index) }
    }

    func submit(_ bytes: Data, to chosen: Int? = nil) throws {
        guard let index = chosen ?? numbers.pick(honest),
            let transaction = memo.transaction(bytes, network: world.network)
        else { return }
        say("client sends \(transaction.id) to node \(index)")
        if scenario.defect == .lostTransaction, workload.isMarked(transaction.id) { return }
        try tell(.submitted(transaction, isOwn: true), index)
    }

    // MARK: What must come of it

    /// L1: with a quorum alive and good links, something new is final soon.
    func expectProgress() throws {
        let bytes = workload.account()
        guard let id = memo.transaction(bytes, network: world.network)?.id else { return }
        let start = now
        var isFinal = false
        while now - start < patience, !isFinal {
            try submit(bytes)
            isFinal = try run(for: 4_000) { self.auditor.isFinal(id) }
        }
        if !isFinal {
            auditor.report("L1", "nothing new is final within \(patience) ms")
        }
    }

    /// L2: every transaction that is valid becomes final.
    private func expectTransactions() throws {
        for _ in 0..<max(40, patience / 1_000) {
            let open = workload.open { self.auditor.isFinal($0) }
            if open.isEmpty { return }
            for bytes in open { try submit(bytes) }
            _ = try run(for: 3_000) {
                self.workload.open { self.auditor.isFinal($0) }.isEmpty
            }
        }
        let left = workload.open { self.auditor.isFinal($0) }.count
        if left > 0 { auditor.report("L2", "\(left) transactions are not final") }
    }

    /// L4: all honest nodes, observers too, come to the same chain.
    private func expectEqualChains() throws {
        let isEqual = {
            let heights = self.honest.map { self.auditor.height(of: $0) }
            return Set(heights).count == 1
        }
        guard try !run(for: patience, until: isEqual) else { return }
        let heights = honest.map { auditor.height(of: $0) }
        auditor.report("L4", "the nodes' heights stay at \(heights)")
    }

    /// L5: with fewer than a quorum alive nothing is final and nothing grows; with a quorum again
    /// all goes on.
    private func expectStandstill() throws {
        let voters = voters
        let spare = Scenario.faults(voters.count)
        let stopped = Array(numbers.shuffled(voters.filter(isHonest)).prefix(spare + 1))
        for index in stopped { crash(index) }
        try run(for: settling)
        let height = nodes.indices.map { auditor.height(of: $0) }.max() ?? 0
        let bytes = workload.account()
        try submit(bytes)
        try run(for: 60_000)
        if nodes.indices.contains(where: { auditor.height(of: $0) > height }) {
            auditor.report("L5", "a block became final without a quorum")
        }
        checkBounds()
        for index in stopped { try begin(index) }
        try expectProgress()
    }

    /// What a node keeps is bounded.
    func checkBounds() {
        for index in honest {
            let node = nodes[index]
            let open = node.machine?.openBlockCount ?? 0
            if node.disk.records.count > 40 || open > 64 {
                auditor.report(
                    "L5", "node \(index) keeps \(node.disk.records.count) records, \(open) blocks")
            }
        }
    }

    /// L3: a network at rest makes no blocks and next to no traffic, and wakes at once.
    private func expectIdleness() throws {
        let chats = scenario.defect == .chatter
        try run(for: scenario.distanceMilliseconds > 0 ? patience : 20_000)
        let height = auditor.height(of: 0)
        let messages = messageCount
        let length: UInt64 = 120_000
        for _ in 0..<12 {
            try run(for: length / 12)
            if chats {
                let key = CertificateKey(epoch: Epoch(0), view: View(1), kind: .notarize)
                speak(.fetch(key), from: 0, to: [1])
            }
        }
        let blocks = auditor.height(of: 0) - height
        if scenario.heartbeatMilliseconds == 0 {
            if blocks > 0 { auditor.report("L3", "\(blocks) blocks of a network at rest") }
            if messageCount > messages {
                auditor.report("L3", "\(messageCount - messages) messages of a network at rest")
            }
        } else if blocks > length / scenario.heartbeatMilliseconds + 1 {
            auditor.report("L3", "\(blocks) heartbeats in \(length) ms")
        }
        let bytes = workload.account()
        guard let id = memo.transaction(bytes, network: world.network)?.id else { return }
        try submit(bytes)
        // A member that lost its votes may have the turn and must let it pass (D5).
        var limit: UInt64 = scenario.amnesiac == nil ? 1_500 : 5_000
        if scenario.distanceMilliseconds > 0 { limit = patience }
        if try !run(for: limit, until: { self.auditor.isFinal(id) }) {
            auditor.report("L3", "the first transaction after a rest is not final promptly")
        }
    }
}
