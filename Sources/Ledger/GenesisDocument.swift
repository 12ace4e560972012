package import Primitives
package import Wire

/// The founding document of a network: what all members agree on before the first block.
///
/// Its hash, SHA-256 over its RFC 8785 form, is the network's name and the parent of block 1.
package struct GenesisDocument: Equatable, Sendable {
    package static let format = "drec-genesis-1"
    /// The largest document that is read, in bytes.
    package static let byteLimit = 1_024 * 1_024
    package static let authorityLimit = 50

    /// A name for people: 1 to 40 of `a-z`, `0-9` and `-`.
    package var name: String
    package var founded: Timestamp
    package var initiative: Organisation
    package var authorities: [Authority]
    package var parameters: ProtoParameters
    package var yields: [CountryYield]

    package init(
        name: String, founded: Timestamp, initiative: Organisation, authorities: [Authority],
        parameters: ProtoParameters, yields: [CountryYield]
    ) {
        self.name = name
        self.founded = founded
        self.initiative = initiative
        self.authorities = authorities
        self.parameters = parameters
        self.yields = yields
    }

    /// An account of the document, with the keys that may act for it.
    package struct Organisation: Equatable, Sendable {
        package var legalName: String
        package var country: CountryCode
        package var keys: [Key]

        package init(legalName: String, country: CountryCode, keys: [Key]) {
            self.legalName = legalName
            self.country = country
            self.keys = keys
        }
    }

    /// A key and what it may do for its account.
    package struct Key: Equatable, Sendable {
        package var publicKey: PublicKey
        package var roles: KeyRoles

        package init(publicKey: PublicKey, roles: KeyRoles) {
            self.publicKey = publicKey
            self.roles = roles
        }
    }

    /// A member that votes. Its three keys are three keys.
    package struct Authority: Equatable, Sendable {
        package var name: String
        /// Who operates it; nil for the initiative itself.
        package var operatedBy: Organisation?
        package var voteKey: PublicKey
        package var tlsKey: PublicKey
        package var logKey: PublicKey

        package init(
            name: String, operatedBy: Organisation?, voteKey: PublicKey, tlsKey: PublicKey,
            logKey: PublicKey
        ) {
            self.name = name
            self.operatedBy = operatedBy
            self.voteKey = voteKey
            self.tlsKey = tlsKey
            self.logKey = logKey
        }
    }

    /// A country's yield from the network's beginning on.
    package struct CountryYield: Equatable, Sendable {
        package var country: CountryCode
        package var kwhPerKwp: UInt64
        /// Empty, or twelve, January first.
        package var monthFactorsPpm: [UInt64]
        package var source: String

        package init(
            country: CountryCode, kwhPerKwp: UInt64, monthFactorsPpm: [UInt64] = [],
            source: String
        ) {
            self.country = country
            self.kwhPerKwp = kwhPerKwp
            self.monthFactorsPpm = monthFactorsPpm
            self.source = source
        }
    }

    /// The network's name in hashes: SHA-256 over the canonical form.
    package var hash: Digest { Digest.sha256(json.canonicalBytes) }

    /// What is wrong with the document beyond its form, or nil.
    package var violation: GenesisError? {
        guard GenesisDocument.isNetworkName(name) else {
            return GenesisError("name", "1 to 40 of a-z, 0-9 and -")
        }
        guard founded <= .maximum else { return GenesisError("founded", "beyond the year 9999") }
        guard (1...GenesisDocument.authorityLimit).contains(authorities.count) else {
            return GenesisError("authorities", "1 to \(GenesisDocument.authorityLimit)")
        }
        if let name = ParameterBounds.violation(in: parameters) {
            return GenesisError("parameters.\(name)", "out of bounds")
        }
        var keys: Set<PublicKey> = []
        for (path, key) in allKeys {
            guard key.isInPrimeOrderSubgroup else {
                return GenesisError(path, "not an Ed25519 key in the prime-order subgroup")
            }
            guard keys.insert(key).inserted else { return GenesisError(path, "used twice") }
        }
        for (path, organisation) in organisations {
            if let violation = organisation.violation(at: path) { return violation }
        }
        for (index, authority) in authorities.enumerated() {
            guard GenesisDocument.isText(authority.name, limit: 40) else {
                return GenesisError("authorities[\(index)].name", "1 to 40 bytes of text")
            }
        }
        guard Set(authorities.map(\.name)).count == authorities.count else {
            return GenesisError("authorities", "names must differ")
        }
        return yieldViolation
    }

    private var yieldViolation: GenesisError? {
        for (index, yield) in yields.enumerated() {
            if let name = ParameterBounds.violation(in: yield.value) {
                return GenesisError("yields[\(index)].\(name)", "out of bounds")
            }
            guard GenesisDocument.isText(yield.source, limit: LedgerLimits.sourceBytes) else {
                return GenesisError("yields[\(index)].source", "empty, too long or no text")
            }
            if index > 0, yields[index - 1].country >= yield.country {
                return GenesisError("yields[\(index)]", "countries must ascend")
            }
        }
        return nil
    }

    /// 1 to 40 of `a-z`, `0-9` and `-`.
    static func isNetworkName(_ name: String) -> Bool {
        (1...40).contains(name.utf8.count)
            && name.utf8.allSatisfy {
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                    || $0 == UInt8(ascii: "-")
            }
    }

    /// Text for people: not empty, no control characters.
    static func isText(_ text: String, limit: Int) -> Bool {
        !text.isEmpty && text.utf8.count <= limit
            && !text.unicodeScalars.contains { $0.properties.generalCategory == .control }
    }

    private var organisations: [(String, Organisation)] {
        [("initiative", initiative)]
            + authorities.enumerated().compactMap { index, authority in
                authority.operatedBy.map { ("authorities[\(index)].operatedBy", $0) }
            }
    }

    private var allKeys: [(String, PublicKey)] {
        var keys: [(String, PublicKey)] = []
        for (path, organisation) in organisations {
            for (index, key) in organisation.keys.enumerated() {
                keys.append(("\(path).keys[\(index)]", key.publicKey))
            }
        }
        for (index, authority) in authorities.enumerated() {
            keys.append(("authorities[\(index)].voteKey", authority.voteKey))
            keys.append(("authorities[\(index)].tlsKey", authority.tlsKey))
            keys.append(("authorities[\(index)].logKey", authority.logKey))
        }
        return keys
    }
}

extension GenesisDocument.Organisation {
    fileprivate func violation(at path: String) -> GenesisError? {
        guard GenesisDocument.isText(legalName, limit: LedgerLimits.nameBytes) else {
            return GenesisError("\(path).legalName", "empty, too long or with control characters")
        }
        guard (1...LedgerLimits.keysPerAccount).contains(keys.count),
            keys.contains(where: { $0.roles.contains(.admin) })
        else { return GenesisError("\(path).keys", "at least one admin key") }
        return nil
    }
}

extension GenesisDocument.CountryYield {
    /// As it stands in the state.
    package var value: ProtoYield {
        var value = ProtoYield()
        value.kwhPerKwp = kwhPerKwp
        value.monthFactorsPpm = monthFactorsPpm
        value.source = source
        return value
    }
}

/// Why a text is not a genesis document.
package struct GenesisError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Path of the member: `authorities[0].voteKey`; empty for the whole.
    package let field: String
    package let reason: String

    package init(_ field: String, _ reason: String) {
        self.field = field
        self.reason = reason
    }

    package var description: String {
        field.isEmpty ? "genesis: \(reason)" : "genesis, \(field): \(reason)"
    }
}
