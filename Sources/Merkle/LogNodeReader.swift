package import Primitives

/// Where proofs read the nodes of the log: a store, its tiles, or an array.
package protocol LogNodeReader {
    /// The root of the complete subtree over entries `index << level ..< (index + 1) << level`.
    ///
    /// Asked only for subtrees that lie within the size that the proof is about.
    func node(level: Int, index: UInt64) throws -> Digest
}

extension LogNodeReader {
    /// The root of the first `size` entries.
    ///
    /// - Throws: ``MerkleError/outsideLog``, or what the reader throws.
    package func root(size: UInt64) throws -> Digest {
        guard size <= LogFrontier.maximumSize else { throw MerkleError.outsideLog }
        return size == 0 ? LogHash.empty : try root(from: 0, to: size)
    }

    /// The path from an entry to the root of the first `size` entries, lowest sibling first
    /// (RFC 9162 §2.1.3.1).
    ///
    /// - Throws: ``MerkleError/outsideLog``, or what the reader throws.
    package func inclusionProof(of index: UInt64, size: UInt64) throws -> [Digest] {
        guard index < size, size <= LogFrontier.maximumSize else { throw MerkleError.outsideLog }
        var proof: [Digest] = []
        var start: UInt64 = 0
        var end = size
        while end - start > 1 {
            let middle = start + LogShape.leftWidth(end - start)
            if index < middle {
                proof.append(try root(from: middle, to: end))
                end = middle
            } else {
                proof.append(try root(from: start, to: middle))
                start = middle
            }
        }
        return proof.reversed()
    }

    /// The proof that the first `older` entries are a prefix of the first `newer` (RFC 9162
    /// §2.1.4.1); empty when the sizes are equal or `older` is 0, where nothing needs proof.
    ///
    /// - Throws: ``MerkleError/outsideLog``, or what the reader throws.
    package func consistencyProof(from older: UInt64, to newer: UInt64) throws -> [Digest] {
        guard older <= newer, newer <= LogFrontier.maximumSize else { throw MerkleError.outsideLog }
        guard older > 0, older < newer else { return [] }
        var proof: [Digest] = []
        var start: UInt64 = 0
        var end = newer
        while end != older {
            let middle = start + LogShape.leftWidth(end - start)
            if older <= middle {
                proof.append(try root(from: middle, to: end))
                end = middle
            } else {
                proof.append(try root(from: start, to: middle))
                start = middle
            }
        }
        // The verifier knows the older root already: it is left out when it is a node by itself.
        if start != 0 { proof.append(try root(from: start, to: end)) }
        return proof.reversed()
    }

    /// The root of entries `start..<end`, where `start` is a multiple of a power of two that is at
    /// least `end - start`: complete subtrees from the left, folded from the right.
    private func root(from start: UInt64, to end: UInt64) throws -> Digest {
        var level = (end - start).trailingZeroBitCount
        var rest = (end - start) >> UInt64(level)
        var position = end >> UInt64(level)
        var hash = try node(level: level, index: position - 1)
        while rest > 1 {
            // Drop the bit just used, go on to the next bit set: the subtree left of it.
            rest -= 1
            position -= 1
            let step = rest.trailingZeroBitCount
            level += step
            rest >>= UInt64(step)
            position >>= UInt64(step)
            hash = LogHash.node(try node(level: level, index: position - 1), hash)
        }
        return hash
    }
}

/// The shape of an RFC 9162 tree.
enum LogShape {
    /// The largest power of two below a width of at least 2 (RFC 9162 §2.1.1, `k`).
    static func leftWidth(_ width: UInt64) -> UInt64 {
        1 << UInt64(63 - (width - 1).leadingZeroBitCount)
    }
}
