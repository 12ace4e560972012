import Merkle
package import Primitives
package import Wire

/// A transparency log's checkpoint: origin, size and root as a signed note (C2SP tlog-checkpoint).
package struct CheckpointNote: Sendable {
    package let origin: String
    package let size: UInt64
    package let root: Digest
    /// What is signed: the three lines.
    let text: String
    /// Name, key id and signature of each signature line.
    let signatures: [(name: String, id: [UInt8], signature: [UInt8])]

    private static let byteLimit = 64 * 1_024
    private static let signatureLimit = 128

    /// The origin of a network's log.
    package static func origin(of genesis: FoundingDocument) -> String {
        "drec/\(genesis.name)/\(genesis.network.hex.prefix(16))"
    }

    /// The note with the cosignatures of some authorities alone, which a verifier who knows these
    /// can check; nil where there is none.
    package func cosigned(by authorities: [ProtoAuthorityValue]) -> String? {
        let lines = signatures.filter { name, id, _ in
            let signer = CheckpointNote.signer(name, id, among: authorities, of: origin)
            return signer?.type == CheckpointNote.cosignature
        }.map { name, id, signature in "— \(name) \(Base64.encode(id + signature))\n" }
        return lines.isEmpty ? nil : text + "\n" + lines.joined()
    }

    /// Types of signatures, as C2SP signed-note numbers them.
    static let plain: UInt8 = 0x01
    static let cosignature: UInt8 = 0x04

    /// The authority that has the name, and whose log key has the id, on the log of an origin.
    static func signer(
        _ name: String, _ id: [UInt8], among authorities: [ProtoAuthorityValue], of origin: String
    ) -> (index: Int, type: UInt8)? {
        for (index, authority) in authorities.enumerated() {
            guard let key = PublicKey(bytes: authority.logKey) else { continue }
            let cosigner = NoteSigner.authority(authority.name, key: key, origin: origin)
            let log = NoteSigner(name: origin, key: key, kind: .ed25519)
            if cosigner.name.isSpelled(name), cosigner.id == id { return (index, cosignature) }
            if log.name.isSpelled(name), log.id == id { return (index, plain) }
        }
        return nil
    }

    /// Nil unless it is a note of exactly three lines, a blank one, and signature lines.
    ///
    /// - Parameter note: with or without signatures.
    package init?(_ note: String) {
        guard note.utf8.count <= CheckpointNote.byteLimit, note.hasSuffix("\n") else { return nil }
        var lines = note.split(separator: "\n", omittingEmptySubsequences: false)
        lines.removeLast()
        guard lines.count >= 3, let size = UInt64(decimal: lines[1]),
            let bytes = Base64.decode(String(lines[2])), let root = Digest(bytes: bytes),
            !lines[0].isEmpty
        else { return nil }
        origin = String(lines[0])
        self.size = size
        self.root = root
        text = lines[..<3].joined(separator: "\n") + "\n"
        var signatures: [(name: String, id: [UInt8], signature: [UInt8])] = []
        if lines.count > 3 {
            guard lines[3].isEmpty, (5...4 + CheckpointNote.signatureLimit).contains(lines.count)
            else { return nil }
            for line in lines[4...] {
                let parts = line.split(separator: " ", omittingEmptySubsequences: false)
                guard parts.count == 3, parts[0] == "—", !parts[1].isEmpty,
                    let bytes = Base64.decode(String(parts[2])), bytes.count > 4
                else { return nil }
                signatures.append(
                    (String(parts[1]), Array(bytes[..<4]), Array(bytes[4...])))
            }
        }
        self.signatures = signatures
    }
}
