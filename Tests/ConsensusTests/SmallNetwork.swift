import Consensus
import Primitives

/// A few members in one thread, whose links and lives are as bad as a seed makes them.
struct SmallNetwork {
    struct Faults {
        /// Of a message, in percent.
        var loss: UInt64 = 0
        var duplication: UInt64 = 0
        /// Longest way of a message, in milliseconds.
        var delay: UInt64 = 20
        /// Of each effect, in a thousand.
        var crash: UInt64 = 0
        /// A member that runs twice with one key.
        var twin: Int?
        /// A member that signs whatever it likes.
        var liar: Int?
        /// The height at which the first epoch ends, and one of the same members begins.
        var boundary: UInt64?
    }

    enum Happening {
        case message(ConsensusMessage, from: Int, block: SmallBlock?)
        case timer(Int)
        case verified(VoteSubject, parent: Digest)
        case certified(VoteSubject)
        case built(ConsensusMachine.BuildRequest)
        case applies(Certificate)
        case restart
    }

    struct Entry {
        let time: UInt64
        let order: UInt64
        let process: Int
        /// The process's life that it is meant for; later ones do not see it.
        let life: Int?
        let happening: Happening
    }

    struct Process {
        let member: Int
        var machine: ConsensusMachine?
        var disk = SmallDisk()
        var life = 0
        var timer = 0
    }

    let members: Members
    let nextMembers: Members
    var faults: Faults
    var numbers: SeededNumbers
    var check: SafetyCheck
    var processes: [Process] = []
    var now: UInt64 = 1_000
    private var order: UInt64 = 0
    private var queue = EventHeap()
    /// Members that no message reaches or leaves.
    var cut: Set<Int> = []
    /// All work, in the order of submission.
    private(set) var submitted: [Int] = []
    private(set) var messageCount = 0
    private(set) var trace: UInt64 = 0
    var liar = Liar()

    init(_ count: Int, seed: UInt64, faults: Faults = Faults(), deviations: Deviations = []) {
        members = Members(count, deviations: deviations)
        nextMembers = Members(count, epoch: 1, deviations: deviations)
        self.faults = faults
        numbers = SeededNumbers(seed: seed)
        check = SafetyCheck(
            memberCount: count, liars: Set([faults.twin, faults.liar].compactMap(\.self)),
            boundary: faults.boundary)
        for member in 0..<count { processes.append(Process(member: member)) }
        if let twin = faults.twin { processes.append(Process(member: twin)) }
        for index in processes.indices where !isLiar(index) { begin(index) }
    }

    func isLiar(_ index: Int) -> Bool { processes[index].member == faults.liar }

    // MARK: Time

    mutating func schedule(
        after delay: UInt64, _ process: Int, _ happening: Happening, survives: Bool = false
    ) {
        order += 1
        queue.insert(
            Entry(
                time: now + delay, order: order, process: process,
                life: survives ? nil : processes[process].life, happening: happening))
    }

    mutating func run(for duration: UInt64) {
        let end = now + duration
        while let entry = queue.popFirst(through: end) {
            now = max(now, entry.time)
            trace = trace &* 31 &+ entry.time &* 7 &+ UInt64(entry.process)
            if let life = entry.life, life != processes[entry.process].life { continue }
            happen(entry)
        }
        now = end
    }

    /// Runs until a condition holds; false when it does not within the time.
    mutating func run(for duration: UInt64, until condition: (SmallNetwork) -> Bool) -> Bool {
        var left = duration
        while left > 0 {
            if condition(self) { return true }
            let step = min(left, 50)
            run(for: step)
            left -= step
        }
        return condition(self)
    }

    // MARK: Members

    mutating func submit(_ number: Int) {
        submitted.append(number)
        for index in processes.indices { tellWork(index) }
    }

    mutating func crash(_ index: Int, restartAfter delay: UInt64) {
        guard !isLiar(index) else { return }
        processes[index].machine = nil
        processes[index].life += 1
        schedule(after: delay, index, .restart, survives: true)
    }

    /// Whether a process has finished the first epoch.
    func hasCrossed(_ index: Int) -> Bool {
        UInt64(processes[index].disk.chain.count) >= faults.boundary ?? .max
    }

    private mutating func begin(_ index: Int) {
        let disk = processes[index].disk
        var proof = disk.chain.last?.proof
        var entry: Certificate?
        if let boundary = faults.boundary, hasCrossed(index) {
            entry = disk.chain[Int(boundary) - 1].proof
            if disk.chain.count == boundary { proof = nil }
        }
        let floor = ConsensusMachine.FinalPoint(
            view: proof?.view ?? View(0), blockHash: disk.tip, certificate: proof)
        processes[index].machine = (hasCrossed(index) ? nextMembers : members).machine(
            processes[index].member, records: disk.records, floor: floor, epochEntry: entry)
        processes[index].life += 1
        handle(.started, index)
        tellWork(index)
    }

    private func openWork(_ disk: SmallDisk) -> [Int] {
        let done = Set(disk.chain.flatMap { disk.blocks[$0.hash]?.numbers ?? [] })
        return submitted.filter { !done.contains($0) }
    }

    mutating func tell(_ event: ConsensusMachine.Event, _ index: Int) { handle(event, index) }

    mutating func tellWork(_ index: Int) {
        guard processes[index].machine != nil else { return }
        handle(.workChanged(isPending: !openWork(processes[index].disk).isEmpty), index)
    }

    // MARK: Events

    private mutating func happen(_ entry: Entry) {
        let index = entry.process
        if case .restart = entry.happening {
            if processes[index].machine == nil { begin(index) }
            return
        }
        if isLiar(index), case .message(let message, _, let block) = entry.happening {
            if let block { processes[index].disk.blocks[block.hash] = block }
            lie(message, index)
        }
        guard processes[index].machine != nil else { return }
        switch entry.happening {
        case .restart: break
        case .message(let message, let from, let block): deliver(message, from, block, index)
        case .timer(let number):
            if number == processes[index].timer { handle(.timerFired, index) }
        case .verified(let subject, let parent): verify(subject, parent, index)
        case .certified(let subject): certify(subject, index)
        case .built(let request): build(request, index)
        case .applies(let certificate): apply(certificate, index)
        }
    }

    private mutating func deliver(
        _ message: ConsensusMessage, _ from: Int, _ block: SmallBlock?, _ index: Int
    ) {
        if let block { processes[index].disk.blocks[block.hash] = block }
        guard let machine = processes[index].machine else { return }
        if case .hear = machine.admission(of: message) {
            var statement: Statement?
            if case .proposal(let vote) = message { statement = vote.statement }
            if case .vote(let vote) = message { statement = vote.statement }
            handle(.heard(.authority(from), statement), index)
        } else if let verified = machine.committee.verify(
            message, network: Members.network, with: StandInVerifier())
        {
            handle(.received(verified, from: .authority(from)), index)
        }
    }

    private mutating func handle(_ event: ConsensusMachine.Event, _ index: Int) {
        guard
            let effects = processes[index].machine?.handle(
                event, at: Instant(milliseconds: now))
        else { return }
        for effect in effects {
            if faults.crash > 0, numbers.below(1_000) < faults.crash {
                crash(index, restartAfter: 100 + numbers.below(3_000))
                return
            }
            obey(effect, index)
        }
    }

    private mutating func obey(_ effect: ConsensusMachine.Effect, _ index: Int) {
        switch effect {
        case .persist(let record):
            if !processes[index].disk.write(record) {
                check.report("D2: a row of own votes was taken")
            }
            if case .certificate(let certificate) = record {
                check.accepted(certificate, by: processes[index].member)
            }
        case .broadcast(let message):
            for other in processes.indices
            where processes[other].member != processes[index].member {
                send(message, from: index, to: other)
            }
        case .send(let message, .authority(let member)):
            for other in processes.indices where processes[other].member == member {
                send(message, from: index, to: other)
            }
        case .send(_, .observer): break
        case .build(let request): schedule(after: 1, index, .built(request))
        case .verify(let subject, let parent):
            schedule(after: 1, index, .verified(subject, parent: parent))
        case .certify(let subject): schedule(after: 1, index, .certified(subject))
        case .finalise(let certificate): schedule(after: 1, index, .applies(certificate))
        case .setTimer(let instant):
            processes[index].timer += 1
            guard let instant else { return }
            let delay = instant.milliseconds > now ? instant.milliseconds - now : 0
            schedule(after: delay, index, .timer(processes[index].timer))
        case .forget(let position): processes[index].disk.forget(through: position)
        case .report: break
        }
    }

    mutating func send(_ message: ConsensusMessage, from: Int, to other: Int) {
        let member = processes[from].member
        let disk = processes[from].disk
        var block: SmallBlock?
        switch message {
        case .proposal(let vote):
            check.sent(vote, by: member, from: disk)
            block = vote.subject.flatMap { disk.blocks[$0.blockHash] }
        case .vote(let vote): check.sent(vote, by: member, from: disk)
        case .certificate(let certificate):
            check.sent(certificate, by: member, from: disk)
        case .hello, .fetch: break
        }
        messageCount += 1
        guard !cut.contains(member), !cut.contains(processes[other].member) else { return }
        let copies = numbers.chance(faults.duplication) ? 2 : 1
        for _ in 0..<copies where !numbers.chance(faults.loss) {
            // Links outlive the process at their end.
            schedule(
                after: 1 + numbers.below(faults.delay), other,
                .message(message, from: member, block: block), survives: true)
        }
    }
}
