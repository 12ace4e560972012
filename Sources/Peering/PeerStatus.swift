package import Primitives

/// A peer as operators see it.
package struct PeerStatus: Hashable, Sendable {
    /// Whether there is a connection.
    package enum Connection: Hashable, Sendable {
        /// Milliseconds since 1970; where the other side is.
        case connected(since: UInt64, place: String)
        case connecting
        /// Milliseconds until the next attempt; nil where this node makes none.
        case waiting(milliseconds: UInt64?)
    }

    package let key: PublicKey
    package let role: PeerRole
    /// Where it is dialled; nil where it is not.
    package let address: PeerAddress?
    package let connection: Connection
    /// Connections that were greeted, since the start.
    package let connections: UInt64
    package let traffic: Traffic
    /// Of the last connection that ended or did not come about.
    package let lastEnd: LinkEnd?
    /// Milliseconds that a ban still lasts; 0 without one.
    package let bannedMilliseconds: UInt64
    /// Processes that came with the key of a living one, since the start.
    package let copiesSeen: UInt64
}

/// Bytes and messages of a peer since the start.
package struct Traffic: Hashable, Sendable {
    package var receivedBytes: UInt64 = 0
    package var sentBytes: UInt64 = 0
    package var receivedMessages: UInt64 = 0
    package var sentMessages: UInt64 = 0
    /// Votes that gave way to newer ones.
    package var droppedVotes: UInt64 = 0
    /// Messages for which there was no connection.
    package var unsent: UInt64 = 0

    package init() {}

    static func + (left: Traffic, right: Traffic) -> Traffic {
        var sum = left
        sum.receivedBytes &+= right.receivedBytes
        sum.sentBytes &+= right.sentBytes
        sum.receivedMessages &+= right.receivedMessages
        sum.sentMessages &+= right.sentMessages
        sum.droppedVotes &+= right.droppedVotes
        sum.unsent &+= right.unsent
        return sum
    }
}
