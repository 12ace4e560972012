package import Foundation
package import Primitives
package import Wire

/// A block's header with votes for this very block: what proves a block without its contents.
package struct FinalHeader: Sendable {
    package let hash: Digest
    package let header: ProtoHeader
    /// The canonical bytes that the hash covers.
    package let bytes: Data
    package let finalization: ProtoFinalization

    /// Nil unless the bytes are a canonical `Header` of the version that this program knows.
    package init?(decoding bytes: Data, finalization: ProtoFinalization) {
        guard let header = try? ProtoHeader(canonical: bytes, limit: LedgerLimits.headerBytes),
            header.version == 1
        else { return nil }
        self.header = header
        self.bytes = bytes
        self.finalization = finalization
        hash = Digest.tagged(.header, Array(bytes))
    }

    package var height: Height { Height(header.height) }

    /// The block's time in whole seconds.
    package var time: Timestamp { Timestamp(header.timeMilliseconds / 1_000) }

    /// Whether the block is the last one of its epoch.
    package var endsEpoch: Bool { header.nextAuthoritiesHash != header.authoritiesHash }

    /// Whether the votes are for this block and not for one of its descendants.
    package var hasOwnVotes: Bool { finalization.blockHash.elementsEqual(hash.bytes) }

    /// Whether it is a block of the network and of the set's epoch, voted final by a quorum of it.
    package func isFinal(by set: AuthoritySet, network: Digest) -> Bool {
        header.network.elementsEqual(network.bytes) && header.epoch == set.epoch.rawValue
            && header.authoritiesHash.elementsEqual(set.hash.bytes)
            && finalization.isValid(for: hash, by: set, network: network)
    }
}
