package import Primitives

/// Which connections there are, may be and should be. Pure: moments are handed in, and what is to
/// be done comes out as instructions, which are obeyed in order.
package struct PeerMachine {
    /// What the shell does.
    package enum Instruction: Equatable {
        case dial(LinkID, PublicKey, PeerAddress)
        /// Let the greeted connection begin.
        case admit(LinkID, PeerRole)
        case close(LinkID, LinkEnd)
        case heartbeat(LinkID)
    }

    /// A connection, from accepting or dialling it to its end.
    struct LinkRecord {
        enum Direction: Equatable {
            case accepted
            case dialed(PublicKey)
        }

        enum Stage: Equatable {
            case greeting
            /// Greeted; another connection of the pair ends first.
            case waiting
            /// Greeted; another process with the same key may be alive.
            case contending(since: UInt64)
            case joined(since: UInt64)
        }

        let direction: Direction
        /// The other side's host.
        let place: String
        /// Of the greeting.
        var deadline: UInt64
        /// What the other side's certificate shows.
        var key: PublicKey?
        var instance: Instance?
        var stage = Stage.greeting
        /// Set when it was told to close.
        var isEnding = false
        var reading = LinkReading()
        var heardAt: UInt64
        var spokeAt: UInt64
        var frameSince: UInt64?

        var isJoined: Bool {
            if case .joined = stage { true } else { false }
        }
    }

    /// What is remembered of a key.
    struct PeerRecord {
        var joined: LinkID?
        /// Waits for `joined` to end.
        var next: LinkID?
        var dialing: LinkID?
        var dialAt: UInt64 = 0
        var backOff: BackOff
        var ban: BackOff
        var bannedUntil: UInt64 = 0
        var lastEnd: LinkEnd?
        var connections: UInt64 = 0
        var copiesSeen: UInt64 = 0
        var past = Traffic()

        init(_ limits: PeeringLimits) {
            backOff = BackOff(limits.reconnect)
            ban = BackOff(limits.ban)
        }
    }

    let own: PublicKey
    let network: Digest
    let limits: PeeringLimits
    private let random: @Sendable () -> UInt64
    var members: [PublicKey: PeerAddress?] = [:]
    /// Whether this node is one of them.
    var isMember = false
    var observers: ObserverPolicy
    var links: [LinkID: LinkRecord] = [:]
    var peers: [PublicKey: PeerRecord] = [:]
    var lastTick: UInt64?
    private var lastLink: UInt64 = 0

    package init(
        _ configuration: PeeringConfiguration, now: UInt64,
        random: @escaping @Sendable () -> UInt64
    ) {
        own = configuration.key.publicKey
        network = configuration.network
        limits = configuration.limits
        observers = configuration.observers
        self.random = random
        _ = setMembers(configuration.members, now: now)
    }

    func role(of key: PublicKey) -> PeerRole { members[key] == nil ? .observer : .authority }

    /// Whether a key that connects is worth a handshake. The own key is, so that it is reported.
    func listens(to key: PublicKey) -> Bool {
        key == own || members[key] != nil || observers.admits(key)
    }

    mutating func makeLink() -> LinkID {
        lastLink += 1
        return LinkID(number: lastLink)
    }

    mutating func draw() -> UInt64 { random() }

    mutating func change(_ key: PublicKey, _ body: (inout PeerRecord) -> Void) {
        body(&peers[key, default: PeerRecord(limits)])
    }

    /// Marks a connection as ending and tells the shell.
    mutating func close(_ id: LinkID, _ end: LinkEnd) -> [Instruction] {
        guard links[id]?.isEnding == false else { return [] }
        links[id]?.isEnding = true
        return [.close(id, end)]
    }
}

/// A connection of this process.
package struct LinkID: Hashable, Comparable, Sendable {
    let number: UInt64

    package static func < (left: LinkID, right: LinkID) -> Bool { left.number < right.number }
}

/// The counters of a connection at a moment.
package struct LinkReading: Equatable, Sendable {
    package var traffic = Traffic()
    /// A frame has begun and has not ended.
    package var isInsideFrame = false
    /// Reading rests because the inbox is full: silence is this side's own.
    package var isHeld = false

    package init(traffic: Traffic = Traffic(), isInsideFrame: Bool = false, isHeld: Bool = false) {
        self.traffic = traffic
        self.isInsideFrame = isInsideFrame
        self.isHeld = isHeld
    }
}
