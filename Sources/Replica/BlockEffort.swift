import Ledger
package import Wire

/// How much of a block's work budget a leader uses: all of it, until a view of its own is lost,
/// perhaps because its block took the others too long; then half, and slowly more again.
package struct BlockEffort: Equatable, Sendable {
    /// Own final blocks that double the share again.
    private static let patience = 4
    private static let smallestShare = 6

    /// The share is one half to this power.
    private(set) var halvings = 0
    private var successes = 0

    package init() {}

    package mutating func viewWasLost() {
        halvings = min(halvings + 1, BlockEffort.smallestShare)
        successes = 0
    }

    package mutating func blockBecameFinal() {
        guard halvings > 0 else { return }
        successes += 1
        guard successes == BlockEffort.patience else { return }
        halvings -= 1
        successes = 0
    }

    /// The parameters with that share of the budget, which is never nothing.
    package func share(of parameters: ProtoParameters) -> ProtoParameters {
        guard halvings > 0 else { return parameters }
        var share = parameters
        share.blockSignatures = max(1, parameters.blockSignatures >> halvings)
        share.blockReads = max(1, parameters.blockReads >> halvings)
        share.blockLots = max(1, parameters.blockLots >> halvings)
        share.blockLeaves = max(1, parameters.blockLeaves >> halvings)
        return share
    }

    /// Whether a transaction's bytes are within the share; a block's first one always is.
    func permits(_ transaction: Transaction, after work: BlockWork) -> Bool {
        work.transactions == 0
            || work.bytes + transaction.bytes.count + 8 <= LedgerLimits.blockBytes >> halvings
    }
}
