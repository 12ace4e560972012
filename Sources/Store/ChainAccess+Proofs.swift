package import Ledger
package import Merkle
package import Primitives
import Wire

extension ChainAccess {
    /// Proves what a leaf's value is, or that there is none, in the state after the last block.
    ///
    /// ``Merkle/StateProof/verify(key:valueHash:root:)`` takes the key's path, SHA-256 of the value
    /// (nil for an absent leaf) and the state root of the head.
    ///
    /// - Parameter tree: the tree of this very state, where the caller has it: making it anew reads
    ///   every bucket's root.
    /// - Throws: ``StoreError``, ``Merkle/MerkleError``.
    package func stateProof(for key: StateKey, in tree: StateTree? = nil) throws -> StateProof {
        let tree = try tree ?? self.tree()
        return try tree.proof(of: key.path) { try bucket($0, depth: tree.depth) }
    }

    /// Proves that an entry is in the log after the last block.
    ///
    /// ``Merkle/LogProof`` takes the hash of the leaf, its index, the log's size and root (both in
    /// the head), and this path.
    ///
    /// - Parameter size: an earlier size of the log, for a proof against an older block's root.
    /// - Throws: ``Merkle/MerkleError/outsideLog`` where the entry or the size is not there yet;
    ///   ``StoreError``.
    package func logProof(of index: LogIndex, size: UInt64? = nil) throws -> [Digest] {
        let whole = try frontier().size
        let size = size ?? whole
        guard size <= whole else { throw MerkleError.outsideLog }
        return try inclusionProof(of: index.rawValue, size: size)
    }
}
