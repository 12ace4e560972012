import Consensus
import Primitives
import Replica

/// A process with its machine, disk and clock.
final class SimulatedNode {
    let index: Int
    /// Whose key it has; nil for an observer.
    let member: Int?
    /// A second process with a member's key.
    let isClone: Bool
    var machine: ReplicaMachine?
    var disk: SimulatedDisk
    var clock = SimulatedClock()
    var liar: Liar?
    /// Differ from the network's where one node alone has a bug.
    var deviations: Deviations = []
    var replicaDeviations: ReplicaDeviations = []

    /// Counts starts and ends, so that timers of another life are known.
    var life = 0
    var timer = 0
    /// Started with the times of a later release.
    var isUpgraded = false
    /// What its clock is like when nothing disturbs it.
    var usualClock = SimulatedClock() {
        didSet { clock = usualClock }
    }
    /// Nothing reaches it before that moment.
    var pausedUntil: UInt64 = 0
    var effectCount: UInt64 = 0
    /// The same since an epoch's end was fixed.
    var boundaryEffectCount: UInt64?
    /// Will not be started any more.
    var isGone = false
    /// Copies of the vote file from better days.
    var oldRecords: [ReplicaRecord]?

    init(index: Int, member: Int?, isClone: Bool = false, disk: SimulatedDisk) {
        self.index = index
        self.member = member
        self.isClone = isClone
        self.disk = disk
    }

    var isRunning: Bool { machine != nil }
}

/// A wall clock: the simulation's time, wrongly.
struct SimulatedClock {
    /// Milliseconds.
    var offset: Int64 = 0
    /// Parts in a million.
    var drift: Int64 = 0
    /// Stands still since this moment of the simulation.
    var frozenAt: UInt64?

    /// Milliseconds since 1970.
    func time(at now: UInt64) -> UInt64 {
        let moment = Int64(frozenAt ?? now)
        let time = Int64(World.beginning) + moment + moment * drift / 1_000_000 + offset
        return UInt64(max(0, time))
    }
}
