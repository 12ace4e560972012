import Foundation
import Primitives
import Synchronization

/// The machine and the connections it speaks of, behind one lock. Never waits while holding it.
final class LinkTable: Sendable {
    private struct State {
        var machine: PeerMachine
        var links: [LinkID: Link] = [:]
        var listening: PeerAddress?
        var isStopped = false
    }

    /// A connection to be made.
    struct Dial: Sendable {
        let id: LinkID
        let key: PublicKey
        let address: PeerAddress
    }

    private let state: Mutex<State>
    let environment: PeeringEnvironment

    init(_ configuration: PeeringConfiguration, _ environment: PeeringEnvironment) {
        self.environment = environment
        let machine = PeerMachine(
            configuration, now: environment.uptime(), random: environment.random)
        state = Mutex(State(machine: machine))
    }

    func read<Result: Sendable>(
        _ body: @Sendable (PeerMachine, UInt64) -> Result
    ) -> Result {
        let now = environment.uptime()
        return state.withLock { body($0.machine, now) }
    }

    /// Lets the machine take a step and obeys it. What remains is for the ticker to dial.
    @discardableResult
    func step(
        _ body:
            @Sendable (inout PeerMachine, UInt64, (LinkID) -> LinkReading)
            -> [PeerMachine.Instruction]
    ) -> [Dial] {
        let now = environment.uptime()
        let (instructions, links) = state.withLock { state in
            let links = state.links
            let instructions = body(&state.machine, now) { links[$0]?.reading ?? LinkReading() }
            return (instructions, links)
        }
        return instructions.compactMap { instruction in
            switch instruction {
            case .dial(let id, let key, let address):
                return Dial(id: id, key: key, address: address)
            case .admit(let id, let role): links[id]?.admit(role)
            case .close(let id, let end): links[id]?.close(end)
            case .heartbeat(let id): links[id]?.outbox.putHeartbeat()
            }
            return nil
        }
    }

    /// Room for an accepted connection.
    func accept(from place: String) throws(LinkEnd) -> LinkID {
        let now = environment.uptime()
        return try state.withLock { state throws(LinkEnd) in
            guard !state.isStopped else { throw .stopping }
            return try state.machine.accept(from: place, now: now)
        }
    }

    func secured(_ id: LinkID, _ key: PublicKey) throws(LinkEnd) {
        let now = environment.uptime()
        try state.withLock { state throws(LinkEnd) in
            try state.machine.secured(id, key, now: now)
        }
    }

    /// From now on the machine's instructions reach the connection.
    func add(_ link: Link) {
        let isStopped = state.withLock { state in
            state.links[link.id] = link
            return state.isStopped
        }
        if isStopped { link.close(.stopping) }
    }

    func ended(_ id: LinkID, _ end: LinkEnd) {
        step { machine, now, reading in
            machine.ended(id, end, last: reading(id), now: now)
        }
        _ = state.withLock { $0.links.removeValue(forKey: id) }
    }

    /// The connection on which messages for a key go out.
    func link(to key: PublicKey) -> Link? {
        state.withLock { state in
            let link = state.machine.peers[key]?.joined.flatMap { state.links[$0] }
            if link == nil { state.machine.countUnsent(key) }
            return link
        }
    }

    var listening: PeerAddress? {
        get { state.withLock { $0.listening } }
        set { state.withLock { $0.listening = newValue } }
    }

    var status: [PeerStatus] {
        let now = environment.uptime()
        let time = environment.time()
        return state.withLock { state in
            let links = state.links
            return state.machine.status(now: now, time: time) {
                links[$0]?.reading ?? LinkReading()
            }
        }
    }

    /// Accepts nothing any more and closes what there is.
    func stop() {
        let links = state.withLock { state in
            state.isStopped = true
            return Array(state.links.values)
        }
        for link in links { link.close(.stopping) }
    }
}
