package import Primitives

/// Where a member listens. An address may change at any time and proves nothing: the key does.
package struct PeerAddress: Hashable, Sendable, CustomStringConvertible {
    /// A name, or an IPv4 or IPv6 address without brackets.
    package let host: String
    package let port: Int

    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

/// What a peer is to this node, by this node's own lists.
package enum PeerRole: Hashable, Sendable {
    /// Dialled and accepted, never given up.
    case authority
    /// Accepted only; the node holds as many as its configuration says.
    case observer
}

/// A member of the network as far as its connections are concerned.
package struct Peer: Hashable, Sendable {
    /// The TLS key that its certificate must carry.
    package let key: PublicKey
    /// Nil for a member that is not dialled.
    package let address: PeerAddress?

    package init(key: PublicKey, address: PeerAddress?) {
        self.key = key
        self.address = address
    }
}

/// Who may connect that is not a member.
package enum ObserverPolicy: Hashable, Sendable {
    case listed(Set<PublicKey>)
    /// Any key that is not banned.
    case anyone

    func admits(_ key: PublicKey) -> Bool {
        switch self {
        case .listed(let keys): keys.contains(key)
        case .anyone: true
        }
    }
}

/// How a message is queued.
package enum Lane: Hashable, Sendable {
    /// Goes first; the oldest gives way when the queue is full, because votes are sent again.
    case votes
    /// In order and without gaps; a peer that cannot take it is disconnected.
    case bulk
}

/// What became of a message that was to be sent.
package enum SendOutcome: Hashable, Sendable {
    /// It goes out on the present connection, or ends with it.
    case queued
    /// There is no connection; it is dropped and counted.
    case notConnected
    /// Longer than the lane's limit; nothing was queued.
    case tooLong
    /// The queue was full; the peer is being disconnected.
    case overflowed
}
