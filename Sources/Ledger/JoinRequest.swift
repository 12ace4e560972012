package import Primitives

/// What a member asks of a network that is being founded: to be in its founding document, with
/// these keys.
///
/// Each of the keys signs the request, so that nobody asks with a key of another. The private keys
/// stay with the member; a request holds nothing that is secret.
package struct JoinRequest: Equatable, Sendable {
    package static let format = "drec-join-1"
    /// The largest request that is read, in bytes.
    package static let byteLimit = 65_536
    /// Bytes of an address.
    package static let addressBytes = 255

    /// Name of the network that is to be founded.
    package var network: String
    /// Name of the authority, 1 to 40 bytes of text, another one for each member.
    package var name: String
    /// Whether the member is the network's initiative, A1. One member of a network is.
    package var isInitiative: Bool
    package var legalName: String
    package var country: CountryCode
    /// Acts for the member's account, in all roles.
    package var accountKey: PublicKey
    package var voteKey: PublicKey
    package var tlsKey: PublicKey
    package var logKey: PublicKey
    /// Where the other members reach the node, as `host:port`. It is told to them and is not part
    /// of the founding document: an address may change.
    package var address: String
    /// The signatures of the account, vote, TLS and log key over ``payload``.
    package private(set) var signatures: [Signature]

    /// A member's signing keys, of which the request holds the public halves.
    package struct Keys: Sendable {
        package let account: SigningKey
        package let vote: SigningKey
        package let tls: SigningKey
        package let log: SigningKey

        package init(account: SigningKey, vote: SigningKey, tls: SigningKey, log: SigningKey) {
            (self.account, self.vote, self.tls, self.log) = (account, vote, tls, log)
        }
    }

    /// A request that its keys have signed; ``violation`` says what is wrong with it.
    package init(
        network: String, name: String, isInitiative: Bool, legalName: String,
        country: CountryCode, address: String, keys: Keys
    ) {
        self.init(
            network: network, name: name, isInitiative: isInitiative, legalName: legalName,
            country: country, accountKey: keys.account.publicKey, voteKey: keys.vote.publicKey,
            tlsKey: keys.tls.publicKey, logKey: keys.log.publicKey, address: address,
            signatures: [])
        signatures = [keys.account, keys.vote, keys.tls, keys.log].map {
            $0.sign(.joinRequest, payload)
        }
    }

    init(
        network: String, name: String, isInitiative: Bool, legalName: String,
        country: CountryCode, accountKey: PublicKey, voteKey: PublicKey, tlsKey: PublicKey,
        logKey: PublicKey, address: String, signatures: [Signature]
    ) {
        self.network = network
        self.name = name
        self.isInitiative = isInitiative
        self.legalName = legalName
        self.country = country
        self.accountKey = accountKey
        self.voteKey = voteKey
        self.tlsKey = tlsKey
        self.logKey = logKey
        self.address = address
        self.signatures = signatures
    }

    /// The keys by their names in the file, in the order of ``signatures``.
    package var keys: [(name: String, key: PublicKey)] {
        [("account", accountKey), ("vote", voteKey), ("tls", tlsKey), ("log", logKey)]
    }

    /// The member's account in the founding document.
    package var organisation: GenesisDocument.Organisation {
        GenesisDocument.Organisation(
            legalName: legalName, country: country,
            keys: [GenesisDocument.Key(publicKey: accountKey, roles: .all)])
    }

    /// The member's authority in the founding document.
    package var authority: GenesisDocument.Authority {
        GenesisDocument.Authority(
            name: name, operatedBy: isInitiative ? nil : organisation, voteKey: voteKey,
            tlsKey: tlsKey, logKey: logKey)
    }

    /// What is wrong with the request beyond its form, or nil: bounds, keys, signatures.
    package var violation: JoinRequestError? {
        guard GenesisDocument.isNetworkName(network) else {
            return JoinRequestError("network", "1 to 40 of a-z, 0-9 and -")
        }
        guard GenesisDocument.isText(name, limit: 40) else {
            return JoinRequestError("name", "1 to 40 bytes of text")
        }
        guard GenesisDocument.isText(legalName, limit: LedgerLimits.nameBytes) else {
            return JoinRequestError("legalName", "empty, too long or with control characters")
        }
        guard JoinRequest.isAddress(address) else {
            return JoinRequestError("address", "host:port is expected, or [IPv6]:port")
        }
        var seen: Set<PublicKey> = []
        for (name, key) in keys {
            guard key.isInPrimeOrderSubgroup else {
                return JoinRequestError(
                    "keys.\(name)", "not an Ed25519 key in the prime-order subgroup")
            }
            guard seen.insert(key).inserted else {
                return JoinRequestError("keys.\(name)", "used twice")
            }
        }
        let payload = payload
        for (index, (name, key)) in keys.enumerated() {
            guard index < signatures.count,
                key.verifies(signatures[index], .joinRequest, payload)
            else { return JoinRequestError("signatures.\(name)", "is not the key's") }
        }
        return nil
    }

    /// `host:port`, the host being a name, an IPv4 address or an IPv6 address in brackets.
    package static func isAddress(_ text: String) -> Bool {
        guard text.utf8.count <= addressBytes, let colon = text.lastIndex(of: ":"),
            let port = UInt64(decimal: text[text.index(after: colon)...]),
            (1...65_535).contains(port)
        else { return false }
        let host = text[..<colon]
        let isBracketed = host.hasPrefix("[") && host.hasSuffix("]") && host.utf8.count > 2
        let inner = isBracketed ? host.dropFirst().dropLast() : host
        return !inner.isEmpty
            && inner.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"):
                    true
                case UInt8(ascii: ":"), UInt8(ascii: "%"): isBracketed
                default: false
                }
            }
    }
}

/// Why a text is not a join request, or why requests do not make a network.
package struct JoinRequestError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Path of the member: `keys.vote`; empty for the whole.
    package let field: String
    package let reason: String

    package init(_ field: String, _ reason: String) {
        self.field = field
        self.reason = reason
    }

    package var description: String {
        field.isEmpty ? "join request: \(reason)" : "join request, \(field): \(reason)"
    }
}
