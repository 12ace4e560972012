import Consensus

/// Bounds that belong to the code, not to a network.
package enum ReplicaLimits {
    /// Transactions that wait at once, and their bytes.
    package static let pooledTransactions = 20_000
    package static let pooledBytes = 64 * 1_024 * 1_024
    /// Blocks that are here and not executed, and their bytes: the run that is executed, the next
    /// one, those on their way, and some proposals.
    package static let candidateBlocks = 4 * ConsensusLimits.runBlocks
    package static let candidateBytes = 3 * ConsensusLimits.runBytes
    /// Runs that are asked for behind the last one that is here.
    package static let runsAhead = 2
    /// Executed blocks above the final chain that are kept before unused branches are let go.
    package static let executedBlocks = 128
    /// Final blocks that are handed out for writing at a time. Each is executed on those before it
    /// as they are in memory, where looking up takes longer than in the store.
    package static let writtenBlocks = 4
    /// Questions for blocks under way.
    package static let requests = 8
    package static let fetchRetryMilliseconds: UInt64 = 1_000
    /// Peers whose claim to be ahead is followed up, and how often without a use.
    package static let claims = 16
    package static let claimAttempts = 4
    /// Own transactions that are sent to the authorities again at a time, and how often.
    package static let forwardedTransactions = 256
    package static let forwardMilliseconds: UInt64 = 5_000
    /// How far a block's time may be ahead of the own clock when it is voted on (C11).
    package static let clockToleranceMilliseconds: UInt64 = 2_000
    /// Views left out above the highest known one after votes may have been lost (D5).
    package static let viewsAfterLoss: UInt64 = 2
    /// The longest wait until the clock is looked at again for a change that is due at a time.
    package static let clockMilliseconds: UInt64 = 60_000
}
