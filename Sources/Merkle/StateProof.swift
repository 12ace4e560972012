package import Primitives

/// A proof of what a key's value is in a state tree, or that the key is absent.
///
/// The path ends at depth *n*, the position of the last bit set in the bitmap plus 1, or 0 for an
/// empty bitmap. That is the whole truth about the length: the deepest sibling of a real path is
/// never empty, since a subtree with one leaf is that leaf, so its bit is always set.
package struct StateProof: Hashable, Sendable {
    /// A leaf of the tree.
    package struct Leaf: Hashable, Sendable {
        package let key: Digest
        package let valueHash: Digest

        package init(key: Digest, valueHash: Digest) {
            self.key = key
            self.valueHash = valueHash
        }
    }

    /// The most siblings there can be: one for each bit of a key.
    package static let maximumSiblings = 256

    /// The leaf where the path ends; nil when it ends in an empty subtree.
    package let terminal: Leaf?
    /// Bit `d`, most significant first, is set when the sibling of the path at depth `d + 1` is not
    /// empty; as few bytes as hold the last bit set, at most 32.
    package let bitmap: [UInt8]
    /// The siblings that are not empty, from the terminal up to the root.
    package let siblings: [Digest]

    /// Parts that nobody has checked; ``verify(key:valueHash:root:)`` does.
    package init(terminal: Leaf?, bitmap: [UInt8], siblings: [Digest]) {
        self.terminal = terminal
        self.bitmap = bitmap
        self.siblings = siblings
    }

    /// A path that was walked, all siblings from the root down, the empty ones as zero.
    init(terminal: Leaf?, path: [Digest]) {
        var bitmap = [UInt8](repeating: 0, count: (path.count + 7) / 8)
        for (depth, sibling) in path.enumerated() where sibling != StateHash.empty {
            bitmap[depth >> 3] |= 0x80 >> UInt8(depth & 7)
        }
        self.init(
            terminal: terminal, bitmap: bitmap,
            siblings: path.reversed().filter { $0 != StateHash.empty })
    }

    /// Whether the proof shows that the key has a value of that hash (`valueHash` not nil), or that
    /// the key is absent (nil), in the tree with that root.
    ///
    /// Total over unchecked input; `design/proofs.md` §2 names whose bug each check is.
    package func verify(key: Digest, valueHash: Digest?, root: Digest) -> Bool {
        guard let length, siblings.allSatisfy({ $0 != StateHash.empty }) else { return false }
        switch (terminal, valueHash) {
        case (let leaf?, let valueHash?):
            guard leaf.key == key, leaf.valueHash == valueHash else { return false }
        case (let leaf?, nil):
            // Another leaf proves absence only where the key itself would have to be.
            guard leaf.key != key, leaf.key.sharesPrefix(length, with: key) else { return false }
        case (nil, nil):
            break
        case (nil, _?):
            return false
        }
        return fold(key: key, length: length) == root
    }

    /// Depth of the terminal; nil for a bitmap that is too long, ends in a zero byte, or marks more
    /// or fewer siblings than there are.
    private var length: Int? {
        guard bitmap.count <= StateProof.maximumSiblings / 8,
            bitmap.reduce(0, { $0 + $1.nonzeroBitCount }) == siblings.count
        else { return nil }
        guard let last = bitmap.last else { return 0 }
        return last == 0 ? nil : bitmap.count * 8 - last.trailingZeroBitCount
    }

    /// The root of a tree in which the terminal is at that depth of the key's path.
    private func fold(key: Digest, length: Int) -> Digest {
        var hash =
            terminal.map { StateHash.leaf(key: $0.key, valueHash: $0.valueHash) } ?? StateHash.empty
        var rest = siblings[...]
        for depth in (0..<length).reversed() {
            let isMarked = bitmap[depth >> 3] & (0x80 >> UInt8(depth & 7)) != 0
            let sibling = isMarked ? rest.popFirst() ?? StateHash.empty : StateHash.empty
            hash = key.bit(depth) ? StateHash.node(sibling, hash) : StateHash.node(hash, sibling)
        }
        return hash
    }
}
