/// The kind of structure that a hash or a signature covers.
///
/// What is hashed or signed is `0x00 ‖ ASCII tag ‖ 0x00 ‖ payload`. The leading zero byte keeps all
/// of them apart from signed notes, which are text.
package struct HashTag: Sendable {
    /// The tag between its two zero bytes.
    package let prefix: [UInt8]

    private init(_ name: StaticString) {
        prefix = [0] + name.withUTF8Buffer { Array($0) } + [0]
    }

    /// Signed by each signer of a transaction; its hash is the transaction's id.
    package static let transaction = HashTag("drec/transaction/v1")
    /// The hash of a block's header.
    package static let header = HashTag("drec/header/v1")
    /// The hash of an authority set.
    package static let authorities = HashTag("drec/authorities/v1")
    /// The hash of the network's parameters.
    package static let parameters = HashTag("drec/parameters/v1")
    /// An authority's vote to notarize a proposal.
    package static let notarize = HashTag("drec/vote/notarize/v1")
    /// An authority's vote to give a view up.
    package static let nullify = HashTag("drec/vote/nullify/v1")
    /// An authority's vote to make a proposal final.
    package static let finalize = HashTag("drec/vote/finalize/v1")
    /// A meter's own signature over one read.
    package static let read = HashTag("drec/read/v1")
    /// The uniqueness hash of an owner's external id for a device.
    package static let externalID = HashTag("drec/external-id/v1")
    /// The uniqueness hash of a meter's serial number.
    package static let meterSerial = HashTag("drec/meter-serial/v1")
    /// An owner's order to erase an off-chain profile.
    package static let profileErasure = HashTag("drec/profile-erase/v1")
    /// A member's request to be shown an off-chain profile.
    package static let profileReading = HashTag("drec/profile-read/v1")
    /// A member's request to be in the founding document of a network, by each of its keys.
    package static let joinRequest = HashTag("drec/join/v1")
    /// The name of a snapshot: the hash of its manifest.
    package static let snapshot = HashTag("drec/snapshot/v1")
    /// The hash by which a manifest names a piece.
    package static let snapshotPiece = HashTag("drec/snapshot-piece/v1")
}
