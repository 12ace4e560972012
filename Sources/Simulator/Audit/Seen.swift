import Foundation
import Primitives
import Wire

/// A view of an epoch.
struct ViewID: Hashable, CustomStringConvertible {
    let epoch: UInt64
    let view: UInt64

    var description: String { "\(epoch)/\(view)" }
}

/// A block as a vote names it.
struct SeenSubject: Hashable {
    let parentView: UInt64
    let hash: Data
}

/// A vote as it was seen on a wire or a disk.
struct SeenVote: Hashable {
    let kind: SeenKind
    let place: ViewID
    /// Nil for a nullify vote.
    let subject: SeenSubject?
    let signer: Int
    let signature: Data

    init?(_ vote: ProtoVote) {
        guard let kind = SeenKind(vote.kind) else { return nil }
        self.kind = kind
        place = ViewID(epoch: vote.epoch, view: vote.view)
        subject =
            kind == .nullify
            ? nil : SeenSubject(parentView: vote.parentView, hash: vote.blockHash)
        signer = Int(vote.signer)
        signature = vote.signature
    }
}

/// What votes say.
enum SeenKind: Hashable {
    case notarize
    case nullify
    case finalize

    init?(_ kind: ProtoVoteKind) {
        switch kind {
        case .notarize: self = .notarize
        case .nullify: self = .nullify
        case .finalize: self = .finalize
        case .unspecified, .UNRECOGNIZED: return nil
        }
    }

    var tag: HashTag {
        switch self {
        case .notarize: .notarize
        case .nullify: .nullify
        case .finalize: .finalize
        }
    }
}

/// A certificate as it was seen on a wire or a disk.
struct SeenCertificate: Hashable {
    let kind: SeenKind
    let place: ViewID
    let subject: SeenSubject?
    /// Ascending.
    let signers: [Int]
    let signatures: [Data]

    init(_ value: ProtoNotarization) {
        kind = .notarize
        place = ViewID(epoch: value.epoch, view: value.view)
        subject = SeenSubject(parentView: value.parentView, hash: value.blockHash)
        signers = SeenCertificate.indices(value.signers)
        signatures = value.signatures
    }

    init(_ value: ProtoNullification) {
        kind = .nullify
        place = ViewID(epoch: value.epoch, view: value.view)
        subject = nil
        signers = SeenCertificate.indices(value.signers)
        signatures = value.signatures
    }

    init(_ value: ProtoFinalization) {
        kind = .finalize
        place = ViewID(epoch: value.epoch, view: value.view)
        subject = SeenSubject(parentView: value.parentView, hash: value.blockHash)
        signers = SeenCertificate.indices(value.signers)
        signatures = value.signatures
    }

    private static func indices(_ bitmap: Data) -> [Int] {
        var indices: [Int] = []
        for (place, byte) in bitmap.enumerated() {
            for bit in 0..<8 where byte & (1 << UInt8(bit)) != 0 {
                indices.append(8 * place + bit)
            }
        }
        return indices
    }
}

/// The honest votes of a view.
struct Ballot {
    var notarize: [Int: SeenSubject] = [:]
    var finalize: [Int: SeenSubject] = [:]
    var nullify: Set<Int> = []
}

/// The certificates of a view that somebody honest holds.
struct Certified {
    var notarization: SeenSubject?
    var finalization: SeenSubject?
    var isNullified = false
}

/// What is signed: network ‖ epoch ‖ view, and for blocks ‖ parent view ‖ block hash.
func signedPayload(network: Digest, _ place: ViewID, _ subject: SeenSubject?) -> [UInt8] {
    var bytes = network.bytes
    var numbers = [place.epoch, place.view]
    if let subject { numbers.append(subject.parentView) }
    for number in numbers {
        for shift in stride(from: 56, through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: number >> UInt64(shift)))
        }
    }
    if let subject { bytes += subject.hash }
    return bytes
}
