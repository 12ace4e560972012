/// How much a node takes on at once; what goes beyond is told `busy`.
package struct NodeLimits: Sendable {
    /// Transactions that may wait for the driver.
    package var transactions = 20_000
    /// Memory of the transactions that wait: what was sent, and the reads unpacked.
    package var bytes = 64 * 1_024 * 1_024
    /// How long clients wait for verdicts when the node stops: what is under way becomes final in
    /// this time, and their answers come before the port closes.
    package var stopMilliseconds = 3_000
    /// Verdicts that are remembered after they fell.
    package var verdicts = 10_000
    /// Questions that wait for the store. It answers eight at a time; what waits behind them holds
    /// memory and a client.
    package var reads = 256

    /// Blocks that become durable together while more are at hand, and their transactions: nothing
    /// else is done before they are.
    static let batchBlocks = 64
    static let batchTransactions = 8_192

    /// Between two looks at which profiles the node lacks.
    package var profilePauseMilliseconds = 10_000
    /// Between two looks at what the log has become.
    package var cosignPauseMilliseconds: UInt64 = 250
    /// How long a head stands until it is cosigned without being a second's first.
    package var cosignSettleMilliseconds: UInt64 = 1_000

    package init() {}
}
