package import Foundation
package import Merkle
package import Primitives
package import Wire

/// A block with everything that it changes: what a store writes in one transaction.
package struct FinalBlock: Sendable {
    package let hash: Digest
    package let header: ProtoHeader
    package let headerBytes: Data
    /// The nearest one: of the block itself, or of a descendant that it became final with.
    package let finalization: ProtoFinalization
    package let transactions: [AppliedTransaction]
    /// Changed leaves, ascending by key; nil values are deletions.
    package let changes: [(key: StateKey, value: Data?)]
    /// Changed buckets of the state tree, at the tree's depth.
    package let tree: StateTreeOverlay
    /// The log's edge after the block.
    package let frontier: LogFrontier
    /// The nodes that the block's entries complete on the levels of tiles, in order.
    package let logNodes: [LogNode]
    /// The authorities of the next epoch, if the block ends its own.
    package let nextAuthorities: AuthoritySet?

    package init(
        hash: Digest, header: ProtoHeader, headerBytes: Data, finalization: ProtoFinalization,
        transactions: [AppliedTransaction], changes: [(key: StateKey, value: Data?)],
        tree: StateTreeOverlay, frontier: LogFrontier, logNodes: [LogNode],
        nextAuthorities: AuthoritySet? = nil
    ) {
        self.hash = hash
        self.header = header
        self.headerBytes = headerBytes
        self.finalization = finalization
        self.transactions = transactions
        self.changes = changes
        self.tree = tree
        self.frontier = frontier
        self.logNodes = logNodes
        self.nextAuthorities = nextAuthorities
    }

    /// The block as it travels and is kept: a canonical `Block`.
    package var bytes: Data {
        var block = ProtoBlock()
        block.header = headerBytes
        block.transactions = transactions.map(\.transaction.bytes)
        return block.canonicalBytes
    }
}

/// The end of the final chain: what the next block builds on.
package struct ChainHead: Equatable, Sendable {
    package let height: Height
    /// Hash of the header, or of the genesis document at height 0.
    package let hash: Digest
    package let timeMilliseconds: UInt64
    package let epoch: Epoch
    package let view: View
    package let frontier: LogFrontier
    package let stateRoot: Digest

    package init(
        height: Height, hash: Digest, timeMilliseconds: UInt64, epoch: Epoch, view: View,
        frontier: LogFrontier, stateRoot: Digest
    ) {
        self.height = height
        self.hash = hash
        self.timeMilliseconds = timeMilliseconds
        self.epoch = epoch
        self.view = view
        self.frontier = frontier
        self.stateRoot = stateRoot
    }

    /// The head that a block leaves.
    package init(after block: FinalBlock) {
        self.init(
            height: Height(block.header.height), hash: block.hash,
            timeMilliseconds: block.header.timeMilliseconds, epoch: Epoch(block.header.epoch),
            view: View(block.header.view), frontier: block.frontier, stateRoot: block.tree.root)
    }

    /// The block's time in whole seconds.
    package var time: Timestamp { Timestamp(timeMilliseconds / 1_000) }
}
