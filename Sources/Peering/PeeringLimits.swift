/// What travels, in bytes (C13). A reader checks a length against its limit before it makes room.
package enum FrameLimits {
    /// A block.
    package static let block = 4 * 1_024 * 1_024
    /// What a message adds around a block: a vote, field tags.
    package static let blockOverhead = 64 * 1_024
    /// One piece of a snapshot.
    package static let snapshotPiece = 1_024 * 1_024
    /// A transaction.
    package static let transaction = 256 * 1_024
    /// Several blocks in one answer, framing included; the longest message there is.
    package static let blockRun = 16 * 1_024 * 1_024
    /// Any other message, and all of the votes' lane.
    package static let message = 64 * 1_024
    /// From an authority.
    package static let fromAuthority = blockRun
    /// From an observer, which sends questions and transactions.
    package static let fromObserver = transaction + message
}

/// Times and numbers of one process. The defaults are meant for production; tests shorten them.
package struct PeeringLimits: Equatable, Sendable {
    /// Accepted connections that are not through with their greeting.
    package var halfOpen = 64
    /// Accepted connections from one host, authorities' greeted ones not counted.
    package var perHost = 16
    /// Observers at the same time.
    package var observers = 64
    /// Bans of keys that are no member's that are remembered, the shortest forgotten first.
    package var rememberedBans = 1_024

    /// For a TCP connection to come about.
    package var connectMilliseconds: UInt64 = 5_000
    /// From accepting a connection to its greeting.
    package var handshakeMilliseconds: UInt64 = 5_000
    /// After so long without a word, one is said.
    package var heartbeatMilliseconds: UInt64 = 5_000
    /// After so long without a byte, a peer is dead. More than two heartbeats.
    package var silenceMilliseconds: UInt64 = 15_000
    /// From a frame's first byte to its last.
    package var frameMilliseconds: UInt64 = 120_000
    /// Between two looks at the clock.
    package var tickMilliseconds: UInt64 = 250
    /// How much later the peer with the greater key dials, so that mostly one of a pair does.
    package var politenessMilliseconds: UInt64 = 500
    /// Of TLS' farewell; a peer that does not answer it is cut off.
    package var farewellMilliseconds: UInt64 = 1_000

    /// Between two attempts to reach an authority (C13).
    package var reconnect = BackOff.Range(minimum: 1_000, maximum: 30_000)
    /// After misbehaviour (C13).
    package var ban = BackOff.Range(minimum: 1_000, maximum: 600_000)
    /// A connection that lasted so long was a success: the next attempt comes soon.
    package var stableMilliseconds: UInt64 = 10_000

    /// Messages in a peer's lane of votes.
    package var queuedVotes = 1_024
    /// Bytes in a peer's lane of votes; holds one of ``FrameLimits/message``.
    package var queuedVoteBytes = 4 * 1_024 * 1_024
    /// Messages in a peer's other lane.
    package var queuedBulk = 4_096
    /// Bytes in a peer's other lane; holds one of ``FrameLimits/blockRun``.
    package var queuedBulkBytes = 32 * 1_024 * 1_024
    /// Received messages that wait for the inbox before reading stops.
    package var heldMessages = 64
    /// Bytes received that wait for the inbox before reading stops.
    package var heldBytes = 1_024 * 1_024
    /// Bytes handed to the socket at a time, unless one message is longer.
    package var batchBytes = 256 * 1_024

    package init() {}

    /// How long a silent connection is given when another process comes with its key.
    var contentionMilliseconds: UInt64 { heartbeatMilliseconds * 5 / 2 }
    /// From dialling to the other side's greeting, which may have to wait for a contention.
    var dialMilliseconds: UInt64 {
        connectMilliseconds + handshakeMilliseconds + contentionMilliseconds
    }
}
