package import Foundation
package import Primitives
import Wire

/// What members say to each other about off-chain profiles, and its bytes.
///
/// Nothing in a message is believed: a profile proves itself by its root, an erasure by its owner's
/// key. Whether the chain knows root and key is for whoever holds the chain to say.
package enum ProfileMessage: Equatable, Sendable {
    /// A question for the profile with a root.
    case fetch(Digest)
    /// The profile, in full.
    case profile(Profile)
    /// The member has no profile with this root.
    case absent(Digest)
    /// Its owner had it erased.
    case erased(ProfileErasure)

    /// The longest message: a profile and its framing, in bytes.
    package static let byteLimit = Profile.byteLimit + 128

    /// The root that the message is about.
    package var root: Digest {
        switch self {
        case .fetch(let root), .absent(let root): root
        case .profile(let profile): profile.root
        case .erased(let erasure): erasure.root
        }
    }

    /// A question's canonical bytes, nil for an answer.
    package var questionBytes: Data? {
        guard case .fetch(let root) = self else { return nil }
        var message = ProtoFetchProfile()
        message.root = Data(root.bytes)
        return message.canonicalBytes
    }

    /// An answer's canonical bytes, nil for a question.
    package var answerBytes: Data? {
        var message = ProtoProfileDocument()
        message.root = Data(root.bytes)
        switch self {
        case .fetch: return nil
        case .profile(let profile): message.json = Data(profile.json.canonicalBytes)
        case .absent: message.absence = ProtoProfileAbsence()
        case .erased(let erasure): message.absence.erased = erasure.message
        }
        return message.canonicalBytes
    }

    /// Reads a question.
    ///
    /// - Throws: ``ProfileMessageError``.
    package init(question bytes: Data) throws(ProfileMessageError) {
        guard let message = try? ProtoFetchProfile(canonical: bytes, limit: 64),
            let root = Digest(bytes: message.root)
        else { throw .malformed }
        self = .fetch(root)
    }

    /// Reads the answer to a question.
    ///
    /// A profile is one only when its fields give the root that was asked for, and its bytes are
    /// the only ones for these fields.
    ///
    /// - Throws: ``ProfileMessageError``.
    package init(answer bytes: Data, to asked: Digest) throws(ProfileMessageError) {
        guard
            let message = try? ProtoProfileDocument(
                canonical: bytes, limit: ProfileMessage.byteLimit),
            let root = Digest(bytes: message.root), let answer = message.answer
        else { throw .malformed }
        guard root == asked else { throw .otherRoot }
        switch answer {
        case .json(let json):
            guard json.count <= Profile.byteLimit, let profile = Profile(parsing: Array(json)),
                profile.json.canonicalBytes.elementsEqual(json)
            else { throw .malformed }
            guard profile.root == root else { throw .otherRoot }
            self = .profile(profile)
        case .absence(let absence):
            guard absence.hasErased else {
                self = .absent(root)
                return
            }
            guard let erasure = ProfileErasure(absence.erased) else { throw .malformed }
            guard erasure.root == root else { throw .otherRoot }
            self = .erased(erasure)
        }
    }
}

/// Why bytes are no message about a profile, or not the answer.
package enum ProfileMessageError: Error, Equatable, Sendable {
    /// Not the canonical encoding of a message, too long, or no profile.
    case malformed
    /// About another root than was asked for, or fields that do not give it.
    case otherRoot
}

/// An owner's signed order to erase a profile.
package struct ProfileErasure: Equatable, Sendable {
    package let root: Digest
    package let key: PublicKey
    package let signature: Signature

    package init(root: Digest, key: PublicKey, signature: Signature) {
        self.root = root
        self.key = key
        self.signature = signature
    }

    init?(_ message: ProtoProfileErasure) {
        guard let root = Digest(bytes: message.root),
            let key = PublicKey(bytes: message.publicKey),
            let signature = Signature(bytes: message.signature)
        else { return nil }
        self.init(root: root, key: key, signature: signature)
    }

    /// Whether the key signed the order for this network. Whether it is the owner's, the chain
    /// knows.
    package func isSigned(for network: Digest) -> Bool {
        key.verifies(signature, .profileErasure, network.bytes + root.bytes)
    }

    var message: ProtoProfileErasure {
        var message = ProtoProfileErasure()
        message.root = Data(root.bytes)
        message.publicKey = Data(key.bytes)
        message.signature = Data(signature.bytes)
        return message
    }
}
