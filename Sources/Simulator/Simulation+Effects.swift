import Consensus
import Foundation
import Ledger
import Primitives
import Replica
import Wire

/// The driver's part: obeys effects in order, each complete before the next (D1), on a disk that
/// may fail at any of them.
extension Simulation {
    func tell(_ event: ReplicaMachine.Event, _ index: Int) throws {
        let node = nodes[index]
        guard node.isRunning else { return }
        let moment = ReplicaMachine.Moment(
            instant: Instant(milliseconds: now), timeMilliseconds: node.clock.time(at: now))
        let effects: [ReplicaMachine.Effect]
        do {
            effects = try node.machine?.handle(event, at: moment, on: node.disk) ?? []
        } catch {
            fail(index, error)
            return
        }
        guard let height = obey(effects, index) else { return }
        try tell(.wrote(height), index)
        guard var machine = node.machine else { return }
        node.machine = nil
        try node.disk.deepen(&machine)
        node.machine = machine
    }

    /// Gives the height that was written, if one was and the process lives.
    private func obey(_ effects: [ReplicaMachine.Effect], _ index: Int) -> Height? {
        let node = nodes[index]
        var written: Height?
        for effect in effects {
            if !effect.isPersist, !settleRecords(index) { return nil }
            if !effect.isWrite, !settleBlocks(index, &written) { return nil }
            if dies(index) { return nil }
            switch effect {
            case .persist(let record): node.disk.write(record)
            case .write(let block): node.disk.write(distorted(block, index))
            default: obey(effect, index)
            }
        }
        guard settleRecords(index), settleBlocks(index, &written) else { return nil }
        return written
    }

    /// Whether the process dies before its next effect.
    private func dies(_ index: Int) -> Bool {
        let node = nodes[index]
        node.effectCount += 1
        node.boundaryEffectCount? += 1
        if let point = scenario.crashPoint, point.node == index,
            point.effect
                == (point.isAtBoundary ? node.boundaryEffectCount : node.effectCount)
        {
            crash(index, restartAfter: 200 + numbers.below(1_000))
            return true
        }
        guard scenario.crashPerMille > 0, !isCalm,
            numbers.chance(perMille: scenario.crashPerMille)
        else { return false }
        crash(index, restartAfter: 100 + numbers.below(3_000))
        return true
    }

    /// Syncs what was written; false when the process died of it.
    private func settleRecords(_ index: Int) -> Bool {
        let disk = nodes[index].disk
        guard !disk.unsynced.isEmpty else { return true }
        if disk.isBroken || disk.isFull || dies(index) {
            // D6: what became of it is unknown; start-up finds out.
            crash(index, restartAfter: 500 + numbers.below(1_500))
            return false
        }
        return sync(index)
    }

    private func settleBlocks(_ index: Int, _ written: inout Height?) -> Bool {
        let disk = nodes[index].disk
        guard let last = disk.uncommitted.last else { return true }
        if disk.isBroken || disk.isFull || dies(index) {
            crash(index, restartAfter: 500 + numbers.below(1_500))
            return false
        }
        commit(index)
        written = Height(last.header.height)
        return true
    }

    /// Makes written records durable and shows them to the auditor; false when the disk refused.
    func sync(_ index: Int) -> Bool {
        let node = nodes[index]
        guard let fresh = node.disk.sync() else {
            if isHonest(index) {
                auditor.report("S4", "node \(index) tried to write a second vote into a row (D2)")
            }
            fail(index, RowTaken())
            return false
        }
        guard isHonest(index) else { return true }
        for case .consensus(let record) in fresh {
            auditor.synced(record.message.bytes, by: index)
        }
        return true
    }

    func commit(_ index: Int) {
        for block in nodes[index].disk.commit() {
            say("node \(index) writes \(block.header.height) view \(block.header.view)")
            if scenario.crashPoint?.isAtBoundary == true { watchBoundary(index) }
            guard isHonest(index), !omits(block, index) else { continue }
            auditor.committed(
                Auditor.CommittedBlock(
                    bytes: block.bytes, finalization: block.finalization,
                    entries: block.transactions.map(\.logEntry),
                    nextAuthorities: block.nextAuthorities.map(\.members)), by: index)
            if index == defective, block.header.height == 2 { breakRule(index) }
        }
    }

    private struct RowTaken: Error {}

    private func obey(_ effect: ReplicaMachine.Effect, _ index: Int) {
        switch effect {
        case .write, .persist: break
        case .broadcast(let message): speak(message, from: index, to: authorities(for: index))
        case .send(let message, let peer):
            speak(message, from: index, to: nodes(of: peer, for: index))
        case .publish(let message):
            let voters = authorities(for: index)
            speak(
                message, from: index,
                to: nodes.indices.filter {
                    $0 != index && !voters.contains($0)
                        && (nodes[$0].member == nil || nodes[$0].member != nodes[index].member)
                })
        case .serve(let query, let peer):
            guard let run = try? BlockRun(answering: query, from: nodes[index].disk) else {
                return
            }
            speak(.blocks(run), from: index, to: nodes(of: peer, for: index))
        case .forward(let transactions):
            guard nodes[index].liar?.role != .silent else { return }
            for other in authorities(for: index) {
                for transaction in transactions {
                    transmit(.forwarded(transaction.bytes), from: index, to: other)
                }
            }
        case .setTimer(let instant):
            nodes[index].timer += 1
            guard let instant else { return }
            schedule(
                at: max(instant.milliseconds, now), index, .timer(nodes[index].timer),
                life: nodes[index].life)
        case .forget(let position):
            if scenario.defect != .hoarder { nodes[index].disk.forget(through: position) }
        case .answer(let id, let outcome): take(outcome, of: id, from: index)
        case .report(let notice):
            say("node \(index): \(notice)")
            switch notice {
            case .signsNothing: nodes[index].disk.memory = .lost
            case .signsAbove(let position):
                nodes[index].disk.memory = .completeAbove(position)
            default: break
            }
        }
    }

    private func take(
        _ outcome: ReplicaMachine.TransactionOutcome, of id: Digest, from index: Int
    ) {
        switch outcome {
        case .final: if isHonest(index) { auditor.acknowledged(id, by: index) }
        case .refused(let refusal): say("node \(index) refuses \(id): \(refusal)")
        case .full: break
        }
    }

    // MARK: Messages

    /// Says something, or what a liar makes of it.
    func speak(_ message: PeerMessage, from index: Int, to others: [Int]) {
        guard !others.isEmpty else { return }
        if nodes[index].liar != nil {
            for (lie, targets) in lies(instead: message, by: index, to: others) {
                utter(lie, from: index, to: targets)
            }
        } else {
            utter(message, from: index, to: others)
        }
    }

    func utter(_ message: PeerMessage, from index: Int, to others: [Int]) {
        guard !others.isEmpty else { return }
        let bytes = message.bytes
        if isHonest(index) { auditor.sent(bytes, by: index) }
        for other in others { transmit(.message(bytes, from: index), from: index, to: other) }
    }

    func transmit(_ happening: Happening, from index: Int, to other: Int) {
        messageCount += 1
        if scenario.defect == .starvedObserver, nodes[other].member == nil { return }
        if scenario.defect == .noProgress, isCalm { return }
        let delay: UInt64 = nodes[index].liar?.role == .late ? 1_500 : 0
        for time in links.arrivals(from: index, to: other, at: now, &numbers) {
            // A link ends with the process at its end, and what is on its way with it.
            schedule(at: time + delay, other, happening, life: nodes[other].life)
        }
    }
}

extension ReplicaMachine.Effect {
    fileprivate var isPersist: Bool {
        if case .persist = self { return true }
        return false
    }

    fileprivate var isWrite: Bool {
        if case .write = self { return true }
        return false
    }
}

extension Record {
    /// The record as it travels.
    var message: PeerMessage {
        switch self {
        case .vote(let vote): .vote(vote)
        case .certificate(let certificate): .certificate(certificate)
        }
    }
}
