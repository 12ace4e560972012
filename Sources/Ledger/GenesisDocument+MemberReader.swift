import Primitives

extension GenesisDocument {
    /// Reads the members of one object and names what is wrong with them.
    struct MemberReader {
        private let members: [String: CanonicalJSON]
        private let path: String

        init(_ value: CanonicalJSON, path: String, known: Set<String>) throws(GenesisError) {
            guard let members = value.object else { throw GenesisError(path, "must be an object") }
            if let unknown = members.keys.filter({ !known.contains($0) }).min() {
                throw GenesisError(path.isEmpty ? unknown : "\(path).\(unknown)", "is not known")
            }
            self.members = members
            self.path = path
        }

        private func field(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

        func value(_ name: String) throws(GenesisError) -> CanonicalJSON {
            guard let value = members[name] else { throw GenesisError(field(name), "is missing") }
            return value
        }

        func string(_ name: String) throws(GenesisError) -> String {
            guard let text = try value(name).string else {
                throw GenesisError(field(name), "must be a string")
            }
            return text
        }

        func number(_ name: String) throws(GenesisError) -> UInt64 {
            guard let number = try value(name).unsigned else {
                throw GenesisError(field(name), "must be a whole number, 0 or more")
            }
            return number
        }

        func array(_ name: String) throws(GenesisError) -> [CanonicalJSON] {
            guard let items = try value(name).array else {
                throw GenesisError(field(name), "must be a list")
            }
            return items
        }

        func key(_ name: String) throws(GenesisError) -> PublicKey {
            guard let key = PublicKey(hex: try string(name)) else {
                throw GenesisError(field(name), "must be 64 hexadecimal digits")
            }
            return key
        }

        func signature(_ name: String) throws(GenesisError) -> Signature {
            guard let bytes = [UInt8](hex: try string(name)),
                let signature = Signature(bytes: bytes)
            else { throw GenesisError(field(name), "must be 128 hexadecimal digits") }
            return signature
        }

        func boolean(_ name: String) throws(GenesisError) -> Bool {
            guard case .boolean(let flag) = try value(name) else {
                throw GenesisError(field(name), "must be true or false")
            }
            return flag
        }

        func country(_ name: String) throws(GenesisError) -> CountryCode {
            guard let country = CountryCode(try string(name)) else {
                throw GenesisError(field(name), "must be three letters A-Z")
            }
            return country
        }
    }
}
