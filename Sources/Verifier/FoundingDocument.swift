import Foundation
package import Primitives
import Wire

/// What a proof begins with: a network's genesis document, of which nothing is believed but its
/// hash, which is the network's name.
///
/// Only what a verifier needs is read. The rest is bound by the hash, and was judged by those who
/// founded the network on it.
package struct FoundingDocument: Sendable {
    package static let format = "drec-genesis-1"
    /// The largest document that is read, in bytes.
    package static let byteLimit = 1_024 * 1_024
    /// The most authorities of a set.
    package static let authorityLimit = 50

    /// SHA-256 over the document's RFC 8785 form.
    package let network: Digest
    /// The network's name for people.
    package let name: String
    /// The authorities of epoch 0.
    let authorities: [ProtoAuthorityValue]

    /// Reads a document; blanks between its parts are its writer's.
    ///
    /// - Throws: ``ProofFailure`` of the step ``ProofStep/genesis``.
    package init(parsing bytes: [UInt8]) throws(ProofFailure) {
        let value: CanonicalJSON
        do {
            value = try CanonicalJSON(parsing: bytes, limit: FoundingDocument.byteLimit)
        } catch {
            throw ProofFailure(.genesis, "not a JSON document: \(error)")
        }
        // Other keys could be the same in one version of Unicode and differ in another.
        guard value.hasPlainKeys else {
            throw ProofFailure(.genesis, "a key that is not of ASCII alone")
        }
        guard let root = value.object, root["format"]?.string == FoundingDocument.format,
            let name = root["name"]?.string,
            let items = root["authorities"]?.array,
            (1...FoundingDocument.authorityLimit).contains(items.count)
        else { throw ProofFailure(.genesis, "not a genesis document") }
        network = Digest.sha256(value.canonicalBytes)
        self.name = name
        var authorities: [ProtoAuthorityValue] = []
        // Account 1 is the initiative; those who run authorities follow in their order.
        var lastAccount: UInt64 = 1
        for item in items {
            guard let members = item.object, let name = members["name"]?.string,
                let operatedBy = members["operatedBy"],
                let vote = members["voteKey"]?.key,
                let tls = members["tlsKey"]?.key,
                let log = members["logKey"]?.key
            else { throw ProofFailure(.genesis, "not a genesis document") }
            if operatedBy != .null { lastAccount += 1 }
            var value = ProtoAuthorityValue()
            value.account = operatedBy == .null ? 1 : lastAccount
            value.name = name
            value.voteKey = .init(vote.bytes)
            value.tlsKey = .init(tls.bytes)
            value.logKey = .init(log.bytes)
            authorities.append(value)
        }
        self.authorities = authorities
    }
}

extension CanonicalJSON {
    /// Whether all keys, also of what is within, are of ASCII alone.
    fileprivate var hasPlainKeys: Bool {
        if let members = object {
            return members.allSatisfy { key, value in
                key.utf8.allSatisfy { $0 < 0x80 } && value.hasPlainKeys
            }
        }
        return array?.allSatisfy(\.hasPlainKeys) ?? true
    }

    /// A key as 64 hexadecimal digits.
    fileprivate var key: PublicKey? { string.flatMap { PublicKey(hex: $0) } }
}
