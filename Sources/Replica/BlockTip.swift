package import Ledger
package import Merkle
package import Primitives

/// What a block stands on: the end of the final chain, or a block that is not final yet.
///
/// Holds a reader of the final state, and is good for as long as that is.
package struct BlockTip {
    package let head: ChainHead
    /// Of the blocks that follow.
    package let authorities: AuthoritySet
    /// Nil at the end of the final chain.
    package let tree: StateTreeOverlay?
    /// The state that the block leaves.
    package let leaves: any StateReader

    package init(
        head: ChainHead, authorities: AuthoritySet, tree: StateTreeOverlay?,
        leaves: any StateReader
    ) {
        self.head = head
        self.authorities = authorities
        self.tree = tree
        self.leaves = leaves
    }

    /// Whether the block ended an epoch: what follows is another one's.
    package var startsEpoch: Bool { authorities.epoch != head.epoch }

    /// The block's view as the votes for its successors name it: 0 where an epoch starts.
    package var view: View { startsEpoch ? View(0) : head.view }
}
