import Merkle
package import Primitives

/// An off-chain profile: salted fields, of which the chain knows only a root.
///
/// The root is that of RFC 9162 over `JCS([salt, name, value])` of each field, sorted by name, as
/// SD-JWT salts its disclosures: one field can be shown and proved without the others, and once the
/// salts are erased the root tells nothing.
package struct Profile: Equatable, Sendable {
    /// A name, a value, and the salt that hides the value in the root.
    package struct Field: Equatable, Sendable {
        package let name: String
        package let value: String
        /// 16 random bytes.
        package let salt: [UInt8]

        package init(name: String, value: String, salt: [UInt8]) {
            self.name = name
            self.value = value
            self.salt = salt
        }
    }

    package static let saltByteCount = 16
    package static let byteLimit = 1_024 * 1_024
    package static let fieldLimit = 256

    /// Ascending by name, each name once.
    package let fields: [Field]

    /// Nil when a name comes twice, a salt is not 16 bytes long or there are too many fields.
    package init?(fields: [Field]) {
        let sorted = fields.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        guard sorted.count <= Profile.fieldLimit, !sorted.isEmpty,
            sorted.allSatisfy({ $0.salt.count == Profile.saltByteCount }),
            zip(sorted, sorted.dropFirst()).allSatisfy({ $0.name != $1.name })
        else { return nil }
        self.fields = sorted
    }

    /// What the chain commits to.
    package var root: Digest {
        LogTree.root(
            of: fields.map { field in
                let entry: CanonicalJSON = [
                    .string(field.salt.hex), .string(field.name), .string(field.value),
                ]
                return LogHash.leaf(entry.canonicalBytes)
            })
    }

    /// `{"fields": [[salt, name, value], …]}`
    package var json: CanonicalJSON {
        [
            "fields": .array(
                fields.map {
                    [.string($0.salt.hex), .string($0.name), .string($0.value)]
                })
        ]
    }

    /// Nil unless the JSON is what ``json`` gives.
    package init?(parsing bytes: [UInt8]) {
        guard let value = try? CanonicalJSON(parsing: bytes, limit: Profile.byteLimit),
            let members = value.object, members.count == 1, let items = members["fields"]?.array
        else { return nil }
        var fields: [Field] = []
        for item in items {
            guard let parts = item.array, parts.count == 3, let saltText = parts[0].string,
                let salt = [UInt8](hex: saltText), let name = parts[1].string,
                let text = parts[2].string
            else { return nil }
            fields.append(Field(name: name, value: text, salt: salt))
        }
        self.init(fields: fields)
    }
}
