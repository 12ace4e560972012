import Foundation
import Ledger
import Primitives
import Wire

/// Finalizations of blocks that are not here yet: a block is final by the votes for itself, or for
/// a later one of its epoch, whose parent hashes lead back to it.
///
/// Each is checked when it first appears and is answered for when its own block comes. While one
/// is open, the blocks that it came with are not final.
package struct OpenFinalizations: Sendable {
    private var open: [ProtoFinalization] = []
    /// Blocks since there was none.
    private var blockCount = 0

    package init() {}

    /// Whether all blocks so far are final.
    package var isEmpty: Bool { open.isEmpty }

    /// Judges the next block's finalization.
    ///
    /// - Throws: ``ReplicaError/notFinal`` when a quorum did not sign it, when the block that it
    ///   names is another one in this place or does not come at all.
    mutating func judge(
        _ draft: ChainReplica.Draft, _ finalization: ProtoFinalization, by set: AuthoritySet,
        network: Digest
    ) throws(ReplicaError) {
        if !open.contains(finalization) {
            guard let named = Digest(bytes: finalization.blockHash),
                finalization.isValid(for: named, by: set, network: network)
            else { throw .notFinal }
            open.append(finalization)
        }
        blockCount += 1
        for candidate in open where Digest(bytes: candidate.blockHash) == draft.hash {
            guard draft.isNamed(by: candidate) else { throw .notFinal }
        }
        open.removeAll { Digest(bytes: $0.blockHash) == draft.hash }
        if open.isEmpty { blockCount = 0 }
        // A later view cannot lead back to a vote for an earlier one, nor over an epoch's end.
        guard
            open.allSatisfy({ $0.view > draft.subject.view.rawValue }),
            open.isEmpty || draft.nextAuthorities == nil,
            blockCount <= ReplicaLimits.candidateBlocks
        else { throw .notFinal }
    }
}

extension ChainReplica.Draft {
    /// Whether a finalization's numbers are those of this block, or of the end of its epoch
    /// proposed again in a later view.
    fileprivate func isNamed(by finalization: ProtoFinalization) -> Bool {
        if subject.view.rawValue < finalization.view {
            return nextAuthorities != nil && subject.view.rawValue <= finalization.parentView
        }
        return finalization.view == subject.view.rawValue
            && finalization.parentView == subject.parentView.rawValue
    }
}
