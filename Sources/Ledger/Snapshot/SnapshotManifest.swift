package import Foundation
package import Primitives
import Wire

/// Limits of snapshots. Sizes are bytes.
package enum SnapshotLimits {
    /// One piece (C13).
    package static let pieceBytes = 1_024 * 1_024
    /// A manifest: it travels as a piece does.
    package static let manifestBytes = pieceBytes
    /// Pieces of one snapshot: their hashes fit into the manifest.
    package static let pieces = 32_000
    /// Fewest bytes of a leaf in a piece: its own framing, and a key and a value of one byte.
    static let leafBytes: UInt64 = 8
}

/// What a snapshot consists of: the hash of each piece, in order.
///
/// Nobody signs it. Hashes find a damaged piece before it is used; what the pieces say is believed
/// for the votes and roots in them alone.
package struct SnapshotManifest: Equatable, Sendable {
    package static let version: UInt32 = 1

    package let network: Digest
    /// Of the head, from 1.
    package let height: Height
    /// The head's.
    package let blockHash: Digest
    package let leafCount: UInt64
    package let pieceHashes: [Digest]

    /// - Throws: ``SnapshotError/tooLarge(_:)``.
    package init(
        network: Digest, head: FinalHeader, leafCount: UInt64, pieceHashes: [Digest]
    ) throws(SnapshotError) {
        guard pieceHashes.count <= SnapshotLimits.pieces else {
            throw .tooLarge("more than \(SnapshotLimits.pieces) pieces")
        }
        self.network = network
        height = head.height
        blockHash = head.hash
        self.leafCount = leafCount
        self.pieceHashes = pieceHashes
    }

    /// Reads a manifest; nothing in it is proved.
    ///
    /// - Throws: ``SnapshotError/malformed(_:)``, ``SnapshotError/unknownVersion(_:)``.
    package init(decoding bytes: Data) throws(SnapshotError) {
        let message: ProtoSnapshotManifest
        do {
            message = try ProtoSnapshotManifest(
                canonical: bytes, limit: SnapshotLimits.manifestBytes)
        } catch {
            throw .malformed("manifest")
        }
        guard message.version == SnapshotManifest.version else {
            throw .unknownVersion(message.version)
        }
        let (count, rest) = message.pieceHashes.count
            .quotientAndRemainder(dividingBy: Digest.byteCount)
        // At least a head and some leaves.
        guard let network = Digest(bytes: message.network), message.height > 0,
            let blockHash = Digest(bytes: message.blockHash), rest == 0,
            (2...SnapshotLimits.pieces).contains(count), message.leafCount > 0,
            message.leafCount
                <= UInt64(count * SnapshotLimits.pieceBytes) / SnapshotLimits.leafBytes
        else { throw .malformed("manifest") }
        self.network = network
        height = Height(message.height)
        self.blockHash = blockHash
        leafCount = message.leafCount
        pieceHashes = message.pieceHashes.withUnsafeBytes { hashes in
            (0..<count).map { place in
                Digest(
                    loading: UnsafeRawBufferPointer(
                        rebasing: hashes[(place * Digest.byteCount)...]))
            }
        }
    }

    /// The canonical `SnapshotManifest`.
    package var bytes: Data {
        var message = ProtoSnapshotManifest()
        message.version = SnapshotManifest.version
        message.network = Data(network.bytes)
        message.height = height.rawValue
        message.blockHash = Data(blockHash.bytes)
        message.leafCount = leafCount
        var hashes: [UInt8] = []
        hashes.reserveCapacity(pieceHashes.count * Digest.byteCount)
        for hash in pieceHashes { hash.append(to: &hashes) }
        message.pieceHashes = Data(hashes)
        return message.canonicalBytes
    }

    /// The snapshot's name: whoever has the same one has the same bytes.
    package var id: Digest { Digest.tagged(.snapshot, Array(bytes)) }
}
