package import Primitives

/// Verification of the log's proofs: pure, total, over input that nobody has checked.
package enum LogProof {
    /// Whether `leafHash` is entry `index` of the log of `size` entries with that root
    /// (RFC 9162 §2.1.3.2, step by step).
    package static func verifyInclusion(
        of leafHash: Digest, at index: UInt64, size: UInt64, proof: [Digest], root: Digest
    ) -> Bool {
        guard index < size else { return false }
        var first = index
        var last = size - 1
        var hash = leafHash
        for sibling in proof {
            guard last > 0 else { return false }
            if first & 1 == 1 || first == last {
                hash = LogHash.node(sibling, hash)
                skipLevelsWithoutSibling(&first, &last)
            } else {
                hash = LogHash.node(hash, sibling)
            }
            first >>= 1
            last >>= 1
        }
        return last == 0 && hash == root
    }

    /// Whether the log of `newer` entries begins with the log of `older` (RFC 9162 §2.1.4.2).
    ///
    /// The RFC leaves equal sizes and an older size of 0 open. They hold with an empty proof and
    /// nothing else: equal roots, or the root of the empty log (as in C2SP tlog-witness).
    package static func verifyConsistency(
        from older: UInt64, root olderRoot: Digest, to newer: UInt64, root newerRoot: Digest,
        proof: [Digest]
    ) -> Bool {
        guard older <= newer else { return false }
        if older == newer {
            return proof.isEmpty && olderRoot == newerRoot && (older > 0 || isEmptyRoot(olderRoot))
        }
        if older == 0 { return proof.isEmpty && isEmptyRoot(olderRoot) }
        guard let head = proof.first else { return false }

        var first = older - 1
        var last = newer - 1
        let trailingOnes = UInt64((~first).trailingZeroBitCount)
        first >>= trailingOnes
        last >>= trailingOnes
        // Step 2: an older tree that is one complete subtree is its own first hash.
        let isComplete = older.nonzeroBitCount == 1
        var olderHash = isComplete ? olderRoot : head
        var newerHash = olderHash
        for sibling in isComplete ? proof[...] : proof.dropFirst() {
            guard last > 0 else { return false }
            if first & 1 == 1 || first == last {
                olderHash = LogHash.node(sibling, olderHash)
                newerHash = LogHash.node(sibling, newerHash)
                skipLevelsWithoutSibling(&first, &last)
            } else {
                newerHash = LogHash.node(newerHash, sibling)
            }
            first >>= 1
            last >>= 1
        }
        return last == 0 && olderHash == olderRoot && newerHash == newerRoot
    }

    /// The inner loop of both procedures: "if LSB(fn) is not set, right-shift both until it is".
    /// Here `first` is odd or equal to `last`, which is not 0, so the shift is at most 63.
    private static func skipLevelsWithoutSibling(_ first: inout UInt64, _ last: inout UInt64) {
        let levels = UInt64(first.trailingZeroBitCount)
        first >>= levels
        last >>= levels
    }

    private static func isEmptyRoot(_ root: Digest) -> Bool { root == LogHash.empty }
}
