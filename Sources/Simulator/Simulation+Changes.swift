import Consensus
import Foundation
import Ledger
import Primitives
import Replica
import Wire

/// Authority changes by transactions.
extension Simulation {
    /// How often those who change the authorities look at what is final.
    private static let governorPace: UInt64 = 700

    /// Takes the next steps by what a running node shows, and comes again.
    func takeGovernorTurn() throws {
        guard !governor.isDone else { return }
        schedule(at: now + Simulation.governorPace, -1, .governorTurn)
        guard let index = numbers.pick(honest) else { return }
        let disk = nodes[index].disk
        let view = Governor.View(
            state: disk.state, head: disk.head,
            place: { id in (try? disk.place(ofTransaction: id)) ?? nil }, now: now)
        for bytes in try governor.nextTransactions(view) { try submit(bytes) }
    }

    /// The processes with a seat in the epoch of the next block.
    var voters: [Int] {
        let set = auditor.sets[auditor.epoch] ?? []
        return nodes.indices.filter { index in
            !nodes[index].isClone && auditor.keys[index].map(set.contains) == true
        }
    }

    /// L2: what a quorum has approved takes effect, one change after the other. S9: and nothing
    /// else does.
    func expectChanges() throws {
        let plannedSets = scenario.plannedSets
        guard plannedSets.count > 1 else { return }
        let start = now
        let latest = scenario.changes.compactMap(\.effective).max() ?? 0
        let limit = patience * UInt64(plannedSets.count)
        while auditor.epoch < UInt64(scenario.changes.count), governor.failure == nil,
            now < max(start, latest) + limit
        {
            // By a clock that was ahead a time was fixed that is not yet: only other blocks come to
            // it before the clocks do.
            if !wrongClocks.isEmpty { try submit(workload.account()) }
            _ = try run(for: 4_000 + 8 * scenario.distanceMilliseconds) {
                self.auditor.epoch == UInt64(plannedSets.count - 1)
            }
        }
        if auditor.epoch != UInt64(scenario.changes.count) {
            auditor.report(
                "L2",
                governor.failure
                    ?? "\(auditor.epoch) of \(scenario.changes.count) changes took effect, "
                    + "\(governor.approvedCount) were approved")
        }
        for (epoch, members) in plannedSets.enumerated() {
            let keys = members.map { world.members[$0].voteKey }
            guard let set = auditor.sets[UInt64(epoch)], set != keys else { continue }
            auditor.report("S9", "epoch \(epoch) has other authorities than were approved")
        }
        if scenario.stopsAtFirstFault, !auditor.violations.isEmpty { throw Stop.fault }
    }

    /// Begins to count a node's effects where it sees an epoch's end fixed.
    func watchBoundary(_ index: Int) {
        guard nodes[index].boundaryEffectCount == nil,
            let open = try? nodes[index].disk.state.openAuthorityChanges(),
            open.contains(where: { $0.value.status == .fixed })
        else { return }
        nodes[index].boundaryEffectCount = 0
    }
}
