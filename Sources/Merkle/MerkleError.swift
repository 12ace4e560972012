package import Primitives

/// What the log and the state tree refuse to compute.
///
/// Proofs are not among them: a proof that does not hold is a `false`, never a throw.
package enum MerkleError: Error, Equatable, Sendable {
    /// An entry index or a tree size that the log does not have.
    case outsideLog
    /// A log of more than ``LogFrontier/maximumSize`` entries.
    case logFull
    /// The same key twice in one batch of changes.
    case duplicateKey(Digest)
    /// A depth outside `0...StateTree.maximumDepth`.
    case depthOutsideLimit(Int)
    /// A stored bucket whose bytes are not entries in order under its prefix, or a row with an
    /// index that is not ascending or outside the tree, a root of zero or no leaves.
    case damagedBucket(Int)
    /// An overlay that does not stand on the tree's present state, or not directly where it has to.
    case staleOverlay

    /// What the caller can do about it.
    package enum Disposition: String, Sendable {
        /// Build the input again on the present state.
        case retry
        /// The request asks for what cannot be.
        case refuse
        /// Stored data is not what was written: stop and repair.
        case stop
    }

    /// The frozen name in logs and answers.
    package var code: String {
        switch self {
        case .outsideLog: "merkle.outside-log"
        case .logFull: "merkle.log-full"
        case .duplicateKey: "merkle.duplicate-key"
        case .depthOutsideLimit: "merkle.depth-outside-limit"
        case .damagedBucket: "merkle.damaged-bucket"
        case .staleOverlay: "merkle.stale-overlay"
        }
    }

    /// What the caller can do about it.
    package var disposition: Disposition {
        switch self {
        case .outsideLog, .logFull, .duplicateKey, .depthOutsideLimit: .refuse
        case .damagedBucket: .stop
        case .staleOverlay: .retry
        }
    }
}
