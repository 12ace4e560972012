import Consensus
import Foundation
import Ledger
import Primitives
import Replica
import SampleNetworks
import Testing
import Wire

/// Authorities and observers in one thread with real transactions, whose links and lives are as bad
/// as a seed makes them. Messages travel as bytes.
struct ReplicaNetwork {
    struct Faults {
        /// Of a message, in percent.
        var loss: UInt64 = 0
        var duplication: UInt64 = 0
        /// Longest way of a message, in milliseconds.
        var delay: UInt64 = 20
        /// Of each effect, in a thousand.
        var crash: UInt64 = 0
    }

    enum Happening {
        case message(Data, from: Int)
        case timer(Int)
        case forwarded(Transaction)
        case restart
    }

    private struct Entry {
        let time: UInt64
        let order: UInt64
        let process: Int
        let life: Int?
        let happening: Happening
    }

    struct Process {
        let name: String
        let isObserver: Bool
        var machine: ReplicaMachine?
        var disk: MemoryDisk
        var life = 0
        var timer = 0
        /// Of its clock, in milliseconds.
        var clockOffset: Int64 = 0
        var deviations: ReplicaDeviations = []
        var outcomes: [Digest: ReplicaMachine.TransactionOutcome] = [:]
        var notices: [ReplicaMachine.Notice] = []
        var effectCount = 0
        /// Dies before the effect of that number.
        var crashAt: Int?
        /// Changes what is sent.
        var lie: ((PeerMessage) -> PeerMessage)?
        /// The reason why it gave up for ever.
        var failure: (any Error)?
    }

    static let names = ["north", "east", "south", "west", "middle", "sixth", "seventh"]
    /// Names of keys: those of seats, and one for other keys of a seat.
    static let keyNames = names + ["second"]

    var sample: SampleNetwork
    var faults: Faults
    var processes: [Process] = []
    private(set) var now: UInt64 = 1_000
    private(set) var messageCount = 0
    /// Processes that no message reaches or leaves.
    var cut: Set<Int> = []
    var parameters = ConsensusParameters()
    var succession = Succession.ofState
    private var state: UInt64
    private var order: UInt64 = 0
    private var queue: [Entry] = []

    init(
        _ count: Int, observers: Int = 0, seed: UInt64 = 1, faults: Faults = Faults(),
        deviations: ReplicaDeviations = [], succession: Succession = .ofState,
        areMembers: Bool = false,
        _ change: (inout ProtoParameters) -> Void = { _ in }
    ) throws {
        let names = Array(ReplicaNetwork.names.prefix(count))
        sample = SampleNetwork(authorities: names, areMembers: areMembers, change)
        self.faults = faults
        self.succession = succession
        state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
        parameters.heartbeatMilliseconds = 0
        let disk = try MemoryDisk(sample.genesis)
        for name in names + (0..<observers).map({ "observer \($0)" }) {
            processes.append(
                Process(
                    name: name, isObserver: !names.contains(name), disk: disk,
                    deviations: deviations))
        }
    }

    /// Begins all processes.
    mutating func start() throws {
        for index in processes.indices { try begin(index) }
    }

    mutating func random(_ bound: UInt64) -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state % max(1, bound)
    }

    // MARK: Time

    private mutating func schedule(
        after delay: UInt64, _ process: Int, _ happening: Happening, survives: Bool = false
    ) {
        order += 1
        let entry = Entry(
            time: now + delay, order: order, process: process,
            life: survives ? nil : processes[process].life, happening: happening)
        let place = queue.firstIndex { ($0.time, $0.order) > (entry.time, entry.order) }
        queue.insert(entry, at: place ?? queue.count)
    }

    mutating func run(for duration: UInt64) throws {
        let end = now + duration
        while let entry = queue.first, entry.time <= end {
            queue.removeFirst()
            now = max(now, entry.time)
            if let life = entry.life, life != processes[entry.process].life { continue }
            try happen(entry)
        }
        now = end
    }

    /// Runs until a condition holds; false when it does not within the time.
    @discardableResult
    mutating func run(
        for duration: UInt64, until condition: (ReplicaNetwork) -> Bool
    ) throws -> Bool {
        var left = duration
        while left > 0 {
            if condition(self) { return true }
            try run(for: min(left, 50))
            left -= min(left, 50)
        }
        return condition(self)
    }

    // MARK: Processes

    mutating func begin(
        _ index: Int, memory: ReplicaMachine.VoteMemory = .complete, mayResume: Bool = false
    ) throws {
        let process = processes[index]
        processes[index].machine = try process.disk.machine(
            signer: process.isObserver ? nil : key("\(process.name) vote"),
            parameters: parameters, memory: memory, mayResume: mayResume,
            succession: succession, deviations: process.deviations)
        processes[index].life += 1
        try tell(.started, index)
        // Links come up in both directions.
        for other in processes.indices where other != index && canTalk(index, other) {
            try tell(.connected(peer(other, for: index)), index)
            try tell(.connected(peer(index, for: other)), other)
        }
    }

    private func canTalk(_ one: Int, _ other: Int) -> Bool {
        processes[other].machine != nil && !cut.contains(one) && !cut.contains(other)
    }

    mutating func crash(_ index: Int, restartAfter delay: UInt64? = nil) {
        processes[index].machine = nil
        processes[index].life += 1
        if let delay { schedule(after: delay, index, .restart, survives: true) }
    }

    /// Who a process is to another one, by the other's committee.
    private func peer(_ index: Int, for other: Int) -> Peer {
        let publicKey = key("\(processes[index].name) vote").publicKey
        let place = processes[other].machine?.committee.index(of: publicKey)
        return place.map { .authority($0) } ?? .observer(UInt64(index))
    }

    private func process(_ peer: Peer, of index: Int) -> Int? {
        switch peer {
        case .observer(let number): return Int(number)
        case .authority(let place):
            guard let wanted = processes[index].machine?.committee.key(at: place) else {
                return nil
            }
            return processes.firstIndex { key("\($0.name) vote").publicKey == wanted }
        }
    }

    /// Hands a client's transaction in.
    @discardableResult
    mutating func submit(_ bytes: Data, to index: Int = 0) throws -> Digest {
        let transaction = try CheckedTransaction(decoding: bytes, network: sample.network)
        try tell(.submitted(transaction, isOwn: true), index)
        return transaction.id
    }

    // MARK: Events

    private mutating func happen(_ entry: Entry) throws {
        let index = entry.process
        if case .restart = entry.happening {
            if processes[index].machine == nil { try begin(index) }
            return
        }
        guard let machine = processes[index].machine else { return }
        switch entry.happening {
        case .restart: break
        case .timer(let number):
            if number == processes[index].timer { try tell(.timerFired, index) }
        case .forwarded(let transaction):
            try tell(.submitted(CheckedTransaction(checking: transaction), isOwn: false), index)
        case .message(let bytes, let from):
            let message = try PeerMessage(
                decoding: bytes, memberCount: ConsensusLimits.authorities)
            let peer = peer(from, for: index)
            if case .hear(let statement) = machine.admission(of: message) {
                try tell(.heard(peer, statement), index)
            } else if let event = ReplicaMachine.Event(
                checking: message, from: peer, committee: machine.committee,
                network: sample.network, with: Ed25519VoteVerifier())
            {
                try tell(event, index)
            }
        }
    }

    mutating func tell(_ event: ReplicaMachine.Event, _ index: Int) throws {
        guard processes[index].machine != nil else { return }
        let clock = Int64(SampleNetwork.beginning + now) + processes[index].clockOffset
        let moment = ReplicaMachine.Moment(
            instant: Instant(milliseconds: now), timeMilliseconds: UInt64(clock))
        let effects: [ReplicaMachine.Effect]
        let disk = processes[index].disk
        do {
            effects =
                try processes[index].machine?.handle(event, at: moment, on: disk) ?? []
        } catch {
            processes[index].failure = error
            processes[index].machine = nil
            return
        }
        var written: Height?
        for effect in effects {
            processes[index].effectCount += 1
            let isDue = processes[index].crashAt == processes[index].effectCount
            if isDue || (faults.crash > 0 && random(1_000) < faults.crash) {
                crash(index, restartAfter: 100 + random(1_500))
                return
            }
            if case .write(let block) = effect {
                processes[index].disk.write(block)
                written = Height(block.header.height)
            } else {
                obey(effect, index)
            }
        }
        guard let written else { return }
        try tell(.wrote(written), index)
        guard var machine = processes[index].machine else { return }
        processes[index].machine = nil
        try processes[index].disk.deepen(&machine)
        processes[index].machine = machine
    }

    private mutating func obey(_ effect: ReplicaMachine.Effect, _ index: Int) {
        switch effect {
        case .write: break
        case .persist(let record): processes[index].disk.persist(record)
        case .broadcast(let message):
            for other in authorities(of: index) { send(message, from: index, to: other) }
        case .send(let message, let peer):
            if let other = process(peer, of: index) { send(message, from: index, to: other) }
        case .publish(let message):
            let voters = authorities(of: index)
            for other in processes.indices where other != index && !voters.contains(other) {
                send(message, from: index, to: other)
            }
        case .serve(let query, let peer):
            guard let other = process(peer, of: index),
                let run = try? BlockRun(answering: query, from: processes[index].disk)
            else { return }
            send(.blocks(run), from: index, to: other)
        case .forward(let transactions):
            for other in authorities(of: index) where canTalk(index, other) {
                for transaction in transactions where random(100) >= faults.loss {
                    schedule(
                        after: 1 + random(faults.delay), other, .forwarded(transaction),
                        survives: true)
                }
            }
        case .setTimer(let instant):
            processes[index].timer += 1
            guard let instant else { return }
            let delay = instant.milliseconds > now ? instant.milliseconds - now : 0
            schedule(after: delay, index, .timer(processes[index].timer))
        case .forget(let position): processes[index].disk.forget(through: position)
        case .answer(let id, let outcome): processes[index].outcomes[id] = outcome
        case .report(let notice): processes[index].notices.append(notice)
        }
    }

    private func authorities(of index: Int) -> [Int] {
        let keys = processes[index].machine?.committee.keys ?? []
        return processes.indices.filter { other in
            other != index && keys.contains(key("\(processes[other].name) vote").publicKey)
        }
    }

    mutating func send(_ message: PeerMessage, from index: Int, to other: Int) {
        messageCount += 1
        guard !cut.contains(index), !cut.contains(other) else { return }
        let bytes = (processes[index].lie?(message) ?? message).bytes
        let copies = random(100) < faults.duplication ? 2 : 1
        for _ in 0..<copies where random(100) >= faults.loss {
            schedule(
                after: 1 + random(faults.delay), other, .message(bytes, from: index),
                survives: true)
        }
    }

    /// Links break and come up again: all say where they stand.
    mutating func reconnect() throws {
        for index in processes.indices {
            for other in processes.indices where other != index && canTalk(index, other) {
                try tell(.connected(peer(other, for: index)), index)
            }
        }
    }
}
