/// The protocol's times and sizes. All authorities of a network should have the same ones; only
/// progress depends on it, never safety.
package struct ConsensusParameters: Equatable, Sendable {
    /// How long a view waits for its leader's proposal (C1), before any doubling.
    package var leaderTimeoutMilliseconds: UInt64 = 2_000
    /// How long a view waits for a certified block (C1), before any doubling.
    package var certificationTimeoutMilliseconds: UInt64 = 4_000
    /// Between two sendings of a nullify vote in the same view (C7).
    package var nullifyResendMilliseconds: UInt64 = 3_000
    /// Between two sendings of finalize votes for blocks that are not final (C9).
    package var finalizeResendMilliseconds: UInt64 = 5_000
    /// How long an idle network goes without a block; 0 for ever (C9).
    package var heartbeatMilliseconds: UInt64 = 60_000
    /// Least time between two proposals (C9).
    package var minimumIntervalMilliseconds: UInt64 = 20
    /// How long a leader without transactions waits at least for what is under way to become final
    /// before it makes an empty block for that purpose (C9). Well below the leader timeout.
    package var settlingMilliseconds: UInt64 = 500
    /// Between two requests for the same missing certificate (C2).
    package var fetchRetryMilliseconds: UInt64 = 1_000
    /// Least time between two unasked certificates for the same lagging peer (C12).
    package var peerAidMilliseconds: UInt64 = 1_000

    package init() {}
}

/// Bounds that belong to the code, not to a network (C13).
package enum ConsensusLimits {
    /// Authorities in a set.
    package static let authorities = 256
    /// How often the timers of a view are doubled at most: to half a minute for a proposal and a
    /// minute for a certified block, of the default ones.
    package static let timerDoublings = 4
    /// Certificates asked for at the same time.
    package static let fetches = 64
    /// Stored finalize votes that are sent again at a time, the newest ones.
    package static let resentFinalizes = 32
    /// Views below the current one whose votes are still counted without a notarization.
    package static let voteWindow: UInt64 = 64
    /// A block as it travels, in bytes.
    package static let blockBytes = 4 * 1_024 * 1_024
    /// Blocks in one answer.
    package static let runBlocks = 64
    /// Bytes of one answer with blocks, framing included.
    package static let runBytes = 16 * 1_024 * 1_024
    /// One transaction as it travels, in bytes.
    package static let transactionBytes = 256 * 1_024
    /// Transactions in one message.
    package static let transactions = 1_024
    /// A message of transactions, in bytes: the largest one fits, or many small ones.
    package static let transactionsBytes = transactionBytes + 16 * 1_024
    /// An answer with a profile, in bytes.
    package static let profileBytes = 1_024 * 1_024 + 1_024
    /// Any other message, in bytes.
    package static let messageBytes = 64 * 1_024
}
