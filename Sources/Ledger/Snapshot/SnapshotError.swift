/// Why something is not a snapshot, or not one to be believed.
package enum SnapshotError: Error, Equatable, Sendable {
    /// Not the beginning of a snapshot's file.
    case notASnapshot
    /// Written in a version of the format that this program does not know.
    case unknownVersion(UInt32)
    /// Of another network than the genesis document.
    case otherNetwork
    /// The bytes do not say what they should; the text names the part.
    case malformed(String)
    /// A piece is not the one that the manifest names, counted from 0.
    case pieceDiffers(Int)
    /// Pieces or leaves out of their order, or twice; the text says which.
    case outOfOrder(String)
    /// The votes do not prove the part that the text names.
    case notFinal(String)
    /// The log's edge is not that of the head's log root.
    case logDiffers
    /// The leaves are not the state of the head's state root.
    case stateDiffers
    /// More or fewer leaves than the manifest says.
    case leafCountDiffers
    /// A state that the format cannot hold; the text says why.
    case tooLarge(String)
}

extension SnapshotError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notASnapshot: "this is not a snapshot"
        case .unknownVersion(let version):
            "the snapshot is of version \(version), which this program does not know"
        case .otherNetwork: "the snapshot is of another network"
        case .malformed(let part): "the snapshot is damaged: \(part)"
        case .pieceDiffers(let number): "the snapshot is damaged: piece \(number)"
        case .outOfOrder(let part): "the snapshot is out of order: \(part)"
        case .notFinal(let part): "the snapshot is not proved by votes: \(part)"
        case .logDiffers: "the snapshot's log edge is not that of its head"
        case .stateDiffers: "the snapshot's state is not that of its head"
        case .leafCountDiffers: "the snapshot has another number of leaves than it says"
        case .tooLarge(let why): "the state does not fit into a snapshot: \(why)"
        }
    }
}
