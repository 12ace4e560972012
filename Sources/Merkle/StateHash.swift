package import Primitives

/// The hashing of the state tree: the compact sparse Merkle tree of Celestia, Fuel and ICS 23
/// (`SmtSpec`) with SHA-256.
package enum StateHash {
    /// The root of an empty subtree, the whole tree included.
    package static let empty = Digest.zero

    /// `SHA-256(0x00 ‖ K ‖ VH)`.
    package static func leaf(key: Digest, valueHash: Digest) -> Digest {
        Digest.pair(0x00, key, valueHash)
    }

    /// `SHA-256(0x01 ‖ left ‖ right)`.
    package static func node(_ left: Digest, _ right: Digest) -> Digest {
        Digest.pair(0x01, left, right)
    }
}
