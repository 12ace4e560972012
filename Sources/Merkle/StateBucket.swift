package import Primitives

/// All leaves of the state tree that share the first D bits of their keys, as a store keeps them.
///
/// The bytes are entries of 96 bytes, `K ‖ VH ‖ leaf hash`, ascending by K. The leaf hash is kept
/// because a change to one leaf rebuilds the whole bucket: it saves half of the hashing.
package struct StateBucket: Hashable, Sendable {
    /// Bytes of one entry.
    package static let entrySize = 96

    /// The first D bits of every key in it, as a number.
    package let index: Int
    /// The entries; empty when the last leaf has gone, and the store then deletes the bucket.
    package let bytes: [UInt8]
    /// The root of the subtree at depth D.
    package let root: Digest

    /// Number of leaves.
    package var count: Int { bytes.count / StateBucket.entrySize }

    /// Stored bytes whose order, prefix and length are checked; leaf hashes are taken as they are.
    ///
    /// - Throws: ``MerkleError/damagedBucket(_:)``.
    package init(index: Int, depth: Int, bytes: [UInt8]) throws {
        let entries = try StateEntries(bytes, index: index, depth: depth)
        self.init(index: index, bytes: bytes, root: entries.root(depth: depth))
    }

    /// Stored bytes with everything computed again, leaf hashes too: for audits.
    ///
    /// - Throws: ``MerkleError/damagedBucket(_:)``.
    package init(auditing bytes: [UInt8], index: Int, depth: Int) throws {
        let entries = try StateEntries(bytes, index: index, depth: depth)
        for position in 0..<entries.count {
            let hash = StateHash.leaf(
                key: entries.key(position), valueHash: entries.valueHash(position))
            guard hash == entries.leafHash(position) else {
                throw MerkleError.damagedBucket(index)
            }
        }
        self.init(index: index, bytes: bytes, root: entries.root(depth: depth))
    }

    /// Entries known to be right.
    init(index: Int, bytes: [UInt8], root: Digest) {
        self.index = index
        self.bytes = bytes
        self.root = root
    }

    var node: StateNode { StateNode(hash: root, isSingle: count == 1) }

    /// The two buckets, `2 * index` and `2 * index + 1`, that take the place of a stored one when
    /// the tree of that depth is made one level deeper. Either may be empty.
    ///
    /// - Throws: ``MerkleError/damagedBucket(_:)``.
    package static func split(
        _ bytes: [UInt8], index: Int, depth: Int
    ) throws -> (left: StateBucket, right: StateBucket) {
        let entries = try StateEntries(bytes, index: index, depth: depth)
        let middle = entries.split(0..<entries.count, depth: depth)
        let offset = middle * StateBucket.entrySize
        return (
            StateBucket(
                index: 2 * index, bytes: [UInt8](bytes[..<offset]),
                root: entries.root(0..<middle, depth: depth + 1)),
            StateBucket(
                index: 2 * index + 1, bytes: [UInt8](bytes[offset...]),
                root: entries.root(middle..<entries.count, depth: depth + 1))
        )
    }
}
