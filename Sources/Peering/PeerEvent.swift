package import Foundation
package import Primitives

/// What happens on the connections, in order for each peer: connected, its messages, disconnected.
package enum PeerEvent: Sendable {
    /// The node listens; the port is the real one where zero was asked for.
    case listening(PeerAddress)
    /// Greeted on both sides. Whatever must be said first on a connection is said now.
    case connected(PublicKey, PeerRole)
    /// A message, of at most ``FrameLimits/fromAuthority`` or ``FrameLimits/fromObserver`` bytes.
    case received(PublicKey, Data)
    /// What was queued for the connection is gone.
    case disconnected(PublicKey, LinkEnd)
    /// A second living process showed a key, perhaps this node's own. `known` is where the first
    /// one is, `other` where the second one came from.
    case copiedKey(PublicKey, known: String, other: String)
}
