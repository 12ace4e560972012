import Consensus
import Ledger
import Primitives
import Replica

/// What breaks, and its end.
extension Simulation {
    func scheduleNextHazard() {
        guard !scenario.hazards.isEmpty else { return }
        let pace = scenario.hazardPaceMilliseconds
        schedule(at: now + pace / 2 + numbers.below(pace), -1, .hazard)
    }

    /// One hazard, chosen anew each time.
    func strike() throws {
        guard !isCalm, let hazard = numbers.pick(scenario.hazards) else { return }
        scheduleNextHazard()
        let victim = numbers.index(nodes.count)
        say("hazard \(hazard.rawValue) at \(victim)")
        switch hazard {
        case .crash: crash(victim, restartAfter: 200 + numbers.below(6_000))
        case .crashLoop: schedule(at: now, victim, .relief(.crash(victim, left: 6)))
        case .crashAll:
            for index in nodes.indices { crash(index, restartAfter: 100 + numbers.below(2_000)) }
        case .pause: nodes[victim].pausedUntil = now + 500 + numbers.below(6_000)
        case .isolate: cutOff([victim])
        case .split: cutOff(nodes.indices.filter { _ in numbers.chance(percent: 50) })
        case .cutOneWay: cutOneWay(victim, numbers.index(nodes.count))
        case .clog: clog(victim, numbers.index(nodes.count))
        case .flap: flap(victim, numbers.index(nodes.count), left: 8)
        case .clockJump, .clockFreeze, .clockDrift: disturbClock(victim, hazard)
        case .diskError:
            nodes[victim].disk.isBroken = true
            schedule(at: now + 500 + numbers.below(4_000), -1, .relief(.disk(victim)))
        case .diskFull:
            nodes[victim].disk.isFull = true
            schedule(at: now + 1_000 + numbers.below(6_000), -1, .relief(.disk(victim)))
        case .flippedBit: flipBit(victim)
        case .wipeObserver: wipeObserver()
        case .upgrade:
            nodes[victim].isUpgraded = true
            crash(victim, restartAfter: 500)
        }
    }

    /// Of one node at most, and where there are others to ask.
    private func flipBit(_ index: Int) {
        guard scenario.members >= 4, damagedNode ?? index == index, isHonest(index) else { return }
        damagedNode = index
        nodes[index].disk.flipBit(&numbers)
    }

    /// Cuts some nodes off from the others.
    private func cutOff(_ group: [Int]) {
        let end = now + 500 + numbers.below(8_000)
        for one in group {
            for other in nodes.indices where !group.contains(other) {
                cut(from: one, to: other, until: end)
                cut(from: other, to: one, until: end)
            }
        }
    }

    private func cut(from: Int, to: Int, until end: UInt64) {
        links.cut(from: from, to: to)
        schedule(at: end, -1, .relief(.cut(from: from, to: to)))
        schedule(at: now + 1, to, .disconnected(from), life: nodes[to].life)
    }

    private func cutOneWay(_ from: Int, _ to: Int) {
        guard from != to else { return }
        cut(from: from, to: to, until: now + 500 + numbers.below(8_000))
    }

    private func clog(_ from: Int, _ to: Int) {
        guard from != to else { return }
        links.clog(from: from, to: to, until: now + 500 + numbers.below(8_000))
    }

    private func flap(_ one: Int, _ other: Int, left: Int) {
        guard one != other, left > 0 else { return }
        let end = now + 100 + numbers.below(400)
        cut(from: one, to: other, until: end)
        cut(from: other, to: one, until: end)
        schedule(at: end + 100 + numbers.below(400), -1, .relief(.flap(one, other, left: left - 1)))
    }

    /// A wrong clock harms nothing while those that are right make a quorum; where there are too
    /// few members for that, no block is made with a wrong time, for every vote is needed.
    private func disturbClock(_ index: Int, _ hazard: Hazard) {
        let limit = max(1, Scenario.faults(scenario.members))
        guard let member = nodes[index].member, isHonest(index),
            wrongClocks.contains(member)
                || wrongClocks.count < limit
                    - (scenario.liars.count + (scenario.clone == nil ? 0 : 1))
        else { return }
        wrongClocks.insert(member)
        switch hazard {
        case .clockFreeze: nodes[index].clock.frozenAt = now
        case .clockDrift: nodes[index].clock.drift = Int64(numbers.below(400_000)) - 200_000
        default: nodes[index].clock.offset = Int64(numbers.below(7_200_000)) - 3_600_000
        }
        schedule(at: now + 1_000 + numbers.below(10_000), -1, .relief(.clock(index)))
    }

    private func wipeObserver() {
        let observers = nodes.indices.filter { nodes[$0].member == nil }
        guard let index = numbers.pick(observers) else { return }
        crash(index, restartAfter: 500)
        nodes[index].disk = SimulatedDisk(world)
        auditor.wiped(index)
    }

    func relieve(_ relief: Relief) throws {
        switch relief {
        case .cut(let from, let to):
            guard !isCalm else { return }
            links.mend(from: from, to: to)
            if !links.isCut(from: from, to: to) {
                schedule(at: now + 1, to, .connected(from), life: nodes[to].life)
                schedule(at: now + 1, from, .connected(to), life: nodes[from].life)
            }
        case .flap(let one, let other, let left):
            if !isCalm { flap(one, other, left: left) }
        case .clock(let index): nodes[index].clock = nodes[index].usualClock
        case .disk(let index):
            nodes[index].disk.isBroken = false
            nodes[index].disk.isFull = false
        case .crash(let index, let left):
            guard !isCalm, left > 0 else { return }
            crash(index, restartAfter: 50)
            schedule(at: now + 100 + numbers.below(700), -1, .relief(.crash(index, left: left - 1)))
        }
    }

    // MARK: Keys and votes

    /// A second process starts with a copy of a member's files (S4).
    func startClone() throws {
        guard let clone = nodes.last, clone.isClone,
            let original = nodes.first(where: { $0.member == clone.member })
        else { return }
        clone.disk = original.disk.copy()
        auditor.copied(from: original.index, to: clone.index)
        try begin(clone.index)
    }

    /// Remembers the vote file, to put it back when it is old.
    func keepOldRecords() {
        guard let member = scenario.amnesiac else { return }
        nodes[member].oldRecords = nodes[member].disk.records
    }

    /// Puts the old vote file back, where its age shows it to be old; otherwise takes it away and
    /// says so, as an operator does (D5).
    func loseVotes() {
        guard let member = scenario.amnesiac else { return }
        let node = nodes[member]
        crash(member, restartAfter: 1_000)
        let head = node.disk.head
        let newest = node.oldRecords?.map(\.position).max()
        let isOld =
            head.height.rawValue > 0
            && newest.map { $0 < Position(epoch: head.epoch, view: head.view) } ?? true
        node.disk.restore(isOld ? node.oldRecords ?? [] : [])
        if !isOld { node.disk.memory = .lost }
        auditor.lostVotes(member)
        say("node \(member) lost its votes")
    }

    /// Everything works from here on.
    func heal() throws {
        isCalm = true
        say("calm")
        let delay = min(scenario.delayMilliseconds, 20)
        links.mendAll(
            weather: SimulatedLinks.Weather(
                distance: scenario.distanceMilliseconds, delay: delay))
        for node in nodes {
            node.disk.isBroken = false
            node.disk.isFull = false
            node.clock = node.usualClock
            node.pausedUntil = 0
            try begin(node.index)
        }
        grownDoublings = nodes.compactMap { $0.machine?.consensus.timerDoublings }.max() ?? 0
        for one in nodes.indices {
            for other in nodes.indices where one < other { connect(one, other) }
        }
    }
}
