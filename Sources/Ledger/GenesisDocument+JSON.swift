package import Primitives
import Wire

extension GenesisDocument {
    /// Reads a document strictly: every member is there, none is unknown, all values in bounds.
    ///
    /// - Throws: ``GenesisError``.
    package init(parsing bytes: [UInt8]) throws(GenesisError) {
        let value: CanonicalJSON
        do {
            value = try CanonicalJSON(parsing: bytes, limit: GenesisDocument.byteLimit)
        } catch {
            throw GenesisError("", error.description)
        }
        let root = try MemberReader(
            value, path: "",
            known: [
                "format", "name", "founded", "initiative", "authorities", "parameters", "yields",
            ])
        guard try root.string("format") == GenesisDocument.format else {
            throw GenesisError("format", "must be \(GenesisDocument.format)")
        }
        var authorities: [Authority] = []
        for (index, item) in try root.array("authorities").enumerated() {
            authorities.append(try Authority(item, path: "authorities[\(index)]"))
        }
        var yields: [CountryYield] = []
        for (index, item) in try root.array("yields").enumerated() {
            yields.append(try CountryYield(item, path: "yields[\(index)]"))
        }
        self.init(
            name: try root.string("name"), founded: Timestamp(try root.number("founded")),
            initiative: try Organisation(try root.value("initiative"), path: "initiative"),
            authorities: authorities,
            parameters: try GenesisDocument.parameters(try root.value("parameters")),
            yields: yields)
        if let violation { throw violation }
    }

    /// The document as a JSON value; its canonical text is what is hashed.
    package var json: CanonicalJSON {
        [
            "format": .string(GenesisDocument.format),
            "name": .string(name),
            "founded": .unsigned(founded.rawValue),
            "initiative": initiative.json,
            "authorities": .array(authorities.map(\.json)),
            "parameters": .object(
                Dictionary(
                    uniqueKeysWithValues: GenesisDocument.parameterFields.map {
                        ($0.name, .unsigned(parameters[keyPath: $0.path]))
                    })),
            "yields": .array(yields.map(\.json)),
        ]
    }

    private nonisolated static var parameterFields:
        [(name: String, path: WritableKeyPath<ProtoParameters, UInt64>)]
    {
        [
            ("minimumDelaySeconds", \.minimumDelaySeconds),
            ("historyLimitSeconds", \.historyLimitSeconds),
            ("windowFactorPpm", \.windowFactorPpm),
            ("dayFactorPpm", \.dayFactorPpm),
            ("monthFactorPpm", \.monthFactorPpm),
            ("degradationPpb", \.degradationPpb),
            ("scalerPpm", \.scalerPpm),
            ("defaultYieldKwhPerKwp", \.defaultYieldKwhPerKwp),
            ("blockSignatures", \.blockSignatures),
            ("blockLeaves", \.blockLeaves),
            ("blockLots", \.blockLots),
            ("blockReads", \.blockReads),
            ("minimumBlockIntervalMilliseconds", \.minimumBlockIntervalMilliseconds),
            ("heartbeatMilliseconds", \.heartbeatMilliseconds),
        ]
    }

    private static func parameters(
        _ value: CanonicalJSON
    ) throws(GenesisError) -> ProtoParameters {
        let reader = try MemberReader(
            value, path: "parameters", known: Set(parameterFields.map(\.name)))
        var parameters = ProtoParameters()
        for field in parameterFields {
            parameters[keyPath: field.path] = try reader.number(field.name)
        }
        return parameters
    }
}

extension GenesisDocument.Organisation {
    fileprivate init(_ value: CanonicalJSON, path: String) throws(GenesisError) {
        let reader = try GenesisDocument.MemberReader(
            value, path: path, known: ["legalName", "country", "keys"])
        var keys: [GenesisDocument.Key] = []
        for (index, item) in try reader.array("keys").enumerated() {
            let place = "\(path).keys[\(index)]"
            let key = try GenesisDocument.MemberReader(
                item, path: place, known: ["publicKey", "roles"])
            guard let bits = UInt32(exactly: try key.number("roles")),
                let roles = KeyRoles(checking: bits)
            else { throw GenesisError("\(place).roles", "unknown roles") }
            keys.append(
                GenesisDocument.Key(publicKey: try key.key("publicKey"), roles: roles))
        }
        self.init(
            legalName: try reader.string("legalName"), country: try reader.country("country"),
            keys: keys)
    }

    fileprivate var json: CanonicalJSON {
        [
            "legalName": .string(legalName),
            "country": .string(country.description),
            "keys": .array(
                keys.map {
                    [
                        "publicKey": .string($0.publicKey.hex),
                        "roles": .integer(Int64($0.roles.rawValue)),
                    ]
                }),
        ]
    }
}

extension GenesisDocument.Authority {
    fileprivate init(_ value: CanonicalJSON, path: String) throws(GenesisError) {
        let reader = try GenesisDocument.MemberReader(
            value, path: path, known: ["name", "operatedBy", "voteKey", "tlsKey", "logKey"])
        let operatedBy = try reader.value("operatedBy")
        self.init(
            name: try reader.string("name"),
            operatedBy: operatedBy == .null
                ? nil
                : try GenesisDocument.Organisation(operatedBy, path: "\(path).operatedBy"),
            voteKey: try reader.key("voteKey"), tlsKey: try reader.key("tlsKey"),
            logKey: try reader.key("logKey"))
    }

    fileprivate var json: CanonicalJSON {
        [
            "name": .string(name),
            "operatedBy": operatedBy?.json ?? .null,
            "voteKey": .string(voteKey.hex),
            "tlsKey": .string(tlsKey.hex),
            "logKey": .string(logKey.hex),
        ]
    }
}

extension GenesisDocument.CountryYield {
    fileprivate init(_ value: CanonicalJSON, path: String) throws(GenesisError) {
        let reader = try GenesisDocument.MemberReader(
            value, path: path, known: ["country", "kwhPerKwp", "monthFactorsPpm", "source"])
        var factors: [UInt64] = []
        for item in try reader.array("monthFactorsPpm") {
            guard let factor = item.unsigned else {
                throw GenesisError("\(path).monthFactorsPpm", "must be whole numbers")
            }
            factors.append(factor)
        }
        self.init(
            country: try reader.country("country"), kwhPerKwp: try reader.number("kwhPerKwp"),
            monthFactorsPpm: factors, source: try reader.string("source"))
    }

    fileprivate var json: CanonicalJSON {
        [
            "country": .string(country.description),
            "kwhPerKwp": .unsigned(kwhPerKwp),
            "monthFactorsPpm": .array(monthFactorsPpm.map { .unsigned($0) }),
            "source": .string(source),
        ]
    }
}
