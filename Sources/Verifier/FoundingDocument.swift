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
        guard let root = value.object, root.spelled("format")?.string == FoundingDocument.format,
            let name = root.spelled("name")?.string,
            let items = root.spelled("authorities")?.array,
            (1...FoundingDocument.authorityLimit).contains(items.count)
        else { throw ProofFailure(.genesis, "not a genesis document") }
        network = Digest.sha256(value.canonicalBytes)
        self.name = name
        var authorities: [ProtoAuthorityValue] = []
        // Account 1 is the initiative; those who run authorities follow in their order.
        var lastAccount: UInt64 = 1
        for item in items {
            guard let members = item.object, let name = members.spelled("name")?.string,
                let operatedBy = members.spelled("operatedBy"),
                let vote = members.spelled("voteKey")?.key,
                let tls = members.spelled("tlsKey")?.key,
                let log = members.spelled("logKey")?.key
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

extension [String: CanonicalJSON] {
    /// The member of exactly this name, and not of one that Unicode calls the same.
    fileprivate func spelled(_ name: String) -> CanonicalJSON? {
        index(forKey: name).flatMap { self[$0].key.isSpelled(name) ? self[$0].value : nil }
    }
}

extension CanonicalJSON {
    /// A key as 64 hexadecimal digits.
    fileprivate var key: PublicKey? { string.flatMap { PublicKey(hex: $0) } }
}
