import Foundation
package import Primitives

/// The log's size and root, as the text of a signed note (C2SP tlog-checkpoint), without extension
/// lines.
package struct Checkpoint: Hashable, Sendable {
    /// Names the log: `drec/<network name>/<first 16 hex digits of the genesis hash>`.
    package let origin: String
    package let size: UInt64
    package let root: Digest

    package init(origin: String, size: UInt64, root: Digest) {
        self.origin = origin
        self.size = size
        self.root = root
    }

    /// The origin of a network's log.
    package static func origin(name: String, network: Digest) -> String {
        "drec/\(NoteSigner.escaped(name))/\(network.hex.prefix(16))"
    }

    /// The note's text, with its last newline: what is signed.
    package var text: String { "\(origin)\n\(size)\n\(Data(root.bytes).base64EncodedString())\n" }

    /// What a `cosignature/v1` covers (C2SP tlog-cosignature).
    package func cosigned(at time: Timestamp) -> String {
        "cosignature/v1\ntime \(time.rawValue)\n\(text)"
    }

    /// The note with its signature lines.
    package func note(_ lines: [String]) -> String { text + "\n" + lines.joined() }
}

/// A key that signs notes, under its name.
package struct NoteSigner: Hashable, Sendable {
    /// The kinds of signatures (C2SP signed-note).
    package enum Kind: UInt8, Sendable {
        case ed25519 = 0x01
        /// A witness' cosignature, with the time of it.
        case cosignature = 0x04
    }

    package let name: String
    package let key: PublicKey
    package let kind: Kind

    package init(name: String, key: PublicKey, kind: Kind) {
        self.name = name
        self.key = key
        self.kind = kind
    }

    /// An authority of a log as its cosigner: `<origin>/<authority's name>`.
    package static func authority(
        _ authority: String, key: PublicKey, origin: String
    ) -> NoteSigner {
        NoteSigner(name: "\(origin)/\(escaped(authority))", key: key, kind: .cosignature)
    }

    /// A name as a part of a key's name, which may hold neither spaces nor plus: letters, digits,
    /// `-`, `.` and `_` of ASCII stay, all else is percent-encoded.
    package static func escaped(_ name: String) -> String {
        name.utf8.map { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F:
                String(UnicodeScalar(byte))
            default: "%" + [byte].hex.uppercased()
            }
        }.joined()
    }

    /// The first four bytes of `SHA-256(name ‖ 0x0A ‖ kind ‖ key)`.
    package var id: [UInt8] {
        let bytes = Array(name.utf8) + [0x0A, kind.rawValue] + key.bytes
        return Array(Digest.sha256(bytes).bytes.prefix(4))
    }

    /// The key as verifiers are told it: `name+id+base64(kind ‖ key)`.
    package var verifierKey: String {
        "\(name)+\(id.hex)+\(Data([kind.rawValue] + key.bytes).base64EncodedString())"
    }

    /// The line of a plain signature.
    package func line(_ signature: Signature) -> String { line(signature.bytes) }

    /// The line of a cosignature.
    package func line(_ signature: Signature, at time: Timestamp) -> String {
        var bytes: [UInt8] = []
        bytes.append(bigEndian: time.rawValue)
        return line(bytes + signature.bytes)
    }

    private func line(_ bytes: [UInt8]) -> String {
        "\u{2014} \(name) \(Data(id + bytes).base64EncodedString())\n"
    }
}
