package import Primitives

extension JoinRequest {
    /// Reads a request strictly, its signatures included: what this gives has no ``violation``.
    package init(parsing bytes: [UInt8]) throws(JoinRequestError) {
        let value: CanonicalJSON
        do {
            value = try CanonicalJSON(parsing: bytes, limit: JoinRequest.byteLimit)
        } catch {
            throw JoinRequestError("", error.description)
        }
        do {
            try self.init(value)
        } catch {
            throw JoinRequestError(error.field, error.reason)
        }
        if let violation { throw violation }
    }

    private init(_ value: CanonicalJSON) throws(GenesisError) {
        let root = try GenesisDocument.MemberReader(
            value, path: "",
            known: [
                "format", "network", "name", "initiative", "legalName", "country", "keys",
                "address", "signatures",
            ])
        guard try root.string("format") == JoinRequest.format else {
            throw GenesisError("format", "must be \(JoinRequest.format)")
        }
        let names: Set = ["account", "vote", "tls", "log"]
        let keys = try GenesisDocument.MemberReader(
            try root.value("keys"), path: "keys", known: names)
        let signatures = try GenesisDocument.MemberReader(
            try root.value("signatures"), path: "signatures", known: names)
        self.init(
            network: try root.string("network"), name: try root.string("name"),
            isInitiative: try root.boolean("initiative"),
            legalName: try root.string("legalName"), country: try root.country("country"),
            accountKey: try keys.key("account"), voteKey: try keys.key("vote"),
            tlsKey: try keys.key("tls"), logKey: try keys.key("log"),
            address: try root.string("address"),
            signatures: [
                try signatures.signature("account"), try signatures.signature("vote"),
                try signatures.signature("tls"), try signatures.signature("log"),
            ])
    }

    /// The request as a JSON value.
    package var json: CanonicalJSON {
        var members = unsigned
        members["signatures"] = .object(
            Dictionary(
                uniqueKeysWithValues: zip(keys, signatures).map {
                    ($0.name, .string($1.bytes.hex))
                }))
        return .object(members)
    }

    /// What the keys sign: the canonical form of all members but the signatures.
    package var payload: [UInt8] { CanonicalJSON.object(unsigned).canonicalBytes }

    private var unsigned: [String: CanonicalJSON] {
        [
            "format": .string(JoinRequest.format),
            "network": .string(network),
            "name": .string(name),
            "initiative": .boolean(isInitiative),
            "legalName": .string(legalName),
            "country": .string(country.description),
            "keys": .object(
                Dictionary(
                    uniqueKeysWithValues: keys.map { ($0.name, .string($0.key.hex)) })),
            "address": .string(address),
        ]
    }
}
