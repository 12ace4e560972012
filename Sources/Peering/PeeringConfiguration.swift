package import Primitives

/// What one process is told about its connections.
package struct PeeringConfiguration: Sendable {
    /// The genesis document's hash; peers of another network are refused.
    package var network: Digest
    /// The node's own TLS key.
    package var key: SigningKey
    /// Port 0 takes any free one.
    package var listen: PeerAddress
    /// The authorities; the node's own entry is left out of dialling.
    package var members: [Peer]
    package var observers: ObserverPolicy
    package var limits = PeeringLimits()

    package init(
        network: Digest, key: SigningKey, listen: PeerAddress, members: [Peer],
        observers: ObserverPolicy
    ) {
        self.network = network
        self.key = key
        self.listen = listen
        self.members = members
        self.observers = observers
    }
}

/// Time and chance, made once by whoever starts the process.
package struct PeeringEnvironment: Sendable {
    /// Milliseconds since 1970, for people.
    package let time: @Sendable () -> UInt64
    /// Milliseconds of a clock that never goes back, from any origin, for deadlines.
    package let uptime: @Sendable () -> UInt64
    /// Returns after some milliseconds, or throws when the task is cancelled.
    package let sleep: @Sendable (UInt64) async throws -> Void
    /// Unpredictable numbers.
    package let random: @Sendable () -> UInt64

    package init(
        time: @escaping @Sendable () -> UInt64, uptime: @escaping @Sendable () -> UInt64,
        sleep: @escaping @Sendable (UInt64) async throws -> Void,
        random: @escaping @Sendable () -> UInt64
    ) {
        self.time = time
        self.uptime = uptime
        self.sleep = sleep
        self.random = random
    }
}

/// Why the connections cannot be served at all.
package enum PeeringError: Error, Equatable, Sendable, CustomStringConvertible {
    /// No certificate could be made of the key.
    case identity(String)
    /// The address cannot be listened on.
    case listen(PeerAddress, String)

    /// Frozen.
    package var code: String {
        switch self {
        case .identity: "identity"
        case .listen: "listen"
        }
    }

    package var description: String {
        switch self {
        case .identity(let text): "no certificate for the TLS key: \(text)"
        case .listen(let address, let text): "cannot listen on \(address): \(text)"
        }
    }
}
