import Peering
import Primitives

/// Keys, made of small numbers, in the order of their bytes.
enum Keys {
    static let sorted: [SigningKey] = (1...8)
        .compactMap { SigningKey(seed: [UInt8](repeating: $0, count: 32)) }
        .sorted { $0.publicKey < $1.publicKey }

    static subscript(_ index: Int) -> PublicKey { sorted[index].publicKey }
}

/// A machine with a clock and counters that a test sets.
struct MachineUnderTest {
    static let network = Digest.sha256([1, 2, 3])

    var machine: PeerMachine
    var now: UInt64 = 1_000_000
    var readings: [LinkID: LinkReading] = [:]
    let limits: PeeringLimits

    /// The machine of key 0 or another one; all keys given are members.
    init(
        own: Int = 1, members: [Int] = [0, 1, 2, 3], observers: ObserverPolicy = .listed([]),
        change: (inout PeeringLimits) -> Void = { _ in }
    ) {
        var configuration = PeeringConfiguration(
            network: Self.network, key: Keys.sorted[own],
            listen: PeerAddress(host: "::1", port: 1),
            members: members.map {
                Peer(key: Keys[$0], address: PeerAddress(host: "host\($0)", port: 7_000 + $0))
            },
            observers: observers)
        change(&configuration.limits)
        limits = configuration.limits
        machine = PeerMachine(configuration, now: now) { 0 }
    }

    static func hello(_ instance: UInt64, network: Digest = network) -> Hello {
        Hello(network: network, instance: Instance(high: 0, low: instance))
    }

    mutating func tick(after milliseconds: UInt64 = 0) -> [PeerMachine.Instruction] {
        now += milliseconds
        let readings = readings
        return machine.tick(now: now) { readings[$0] ?? LinkReading() }
    }

    /// Ticks in small steps, for that is what the machine expects.
    mutating func run(_ milliseconds: UInt64) -> [PeerMachine.Instruction] {
        var all: [PeerMachine.Instruction] = []
        for _ in 0..<(milliseconds / limits.tickMilliseconds) {
            all += tick(after: limits.tickMilliseconds)
        }
        return all
    }

    mutating func greet(
        _ id: LinkID, _ instance: UInt64, network: Digest = network
    ) -> [PeerMachine.Instruction] {
        let readings = readings
        return machine.greeted(id, Self.hello(instance, network: network), now: now) {
            readings[$0] ?? LinkReading()
        }
    }

    /// An accepted connection that was greeted.
    mutating func accept(
        _ key: Int, instance: UInt64 = 1, from place: String = "a"
    ) throws -> (LinkID, [PeerMachine.Instruction]) {
        let id = try machine.accept(from: place, now: now)
        do {
            try machine.secured(id, Keys[key], now: now)
        } catch {
            _ = end(id, error)
            throw error
        }
        return (id, greet(id, instance))
    }

    /// A dialled connection to a key that was greeted; the machine has to want it now.
    mutating func dial(
        _ key: Int, instance: UInt64 = 1
    ) throws -> (LinkID, [PeerMachine.Instruction])? {
        for case .dial(let id, Keys[key], _) in tick() {
            try machine.secured(id, Keys[key], now: now)
            return (id, greet(id, instance))
        }
        return nil
    }

    mutating func end(_ id: LinkID, _ end: LinkEnd = .closed("")) -> [PeerMachine.Instruction] {
        machine.ended(id, end, last: readings[id] ?? LinkReading(), now: now)
    }

    mutating func hear(_ id: LinkID, bytes: UInt64 = 10) {
        readings[id, default: LinkReading()].traffic.receivedBytes += bytes
    }

    /// The keys that a list of instructions dials.
    static func dialed(_ instructions: [PeerMachine.Instruction]) -> [PublicKey] {
        instructions.compactMap { if case .dial(_, let key, _) = $0 { key } else { nil } }
    }

    /// What a list of instructions closes.
    static func closed(_ instructions: [PeerMachine.Instruction]) -> [LinkEnd] {
        instructions.compactMap { if case .close(_, let end) = $0 { end } else { nil } }
    }
}
