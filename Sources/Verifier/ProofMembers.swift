import Foundation
import Primitives

/// Reads the members of one object of a proof file, and names what is wrong with them.
struct ProofMembers {
    private let members: [String: CanonicalJSON]
    private let path: String

    /// - Throws: ``ProofFailure`` unless it is an object with members of exactly these names.
    init(_ value: CanonicalJSON, _ path: String, _ names: Set<String>) throws(ProofFailure) {
        guard let members = value.object else {
            throw ProofFailure(.format, "\(path): must be an object")
        }
        self.members = members
        self.path = path
        if let unknown = members.keys.filter({ !names.contains($0) }).min() {
            throw ProofFailure(.format, "\(field(unknown)): is not known")
        }
        if let missing = names.filter({ members[$0] == nil }).min() {
            throw ProofFailure(.format, "\(field(missing)): is missing")
        }
    }

    private func field(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

    func value(_ name: String) throws(ProofFailure) -> CanonicalJSON {
        guard let value = members[name] else {
            throw ProofFailure(.format, "\(field(name)): is missing")
        }
        return value
    }

    func string(_ name: String) throws(ProofFailure) -> String {
        guard let text = try value(name).string else {
            throw ProofFailure(.format, "\(field(name)): must be a string")
        }
        return text
    }

    func number(_ name: String) throws(ProofFailure) -> UInt64 {
        guard let number = try value(name).unsigned else {
            throw ProofFailure(.format, "\(field(name)): must be a whole number, 0 or more")
        }
        return number
    }

    func data(_ name: String) throws(ProofFailure) -> Data {
        guard let bytes = Base64.decode(try string(name)) else {
            throw ProofFailure(.format, "\(field(name)): must be base64")
        }
        return Data(bytes)
    }

    func digest(_ name: String) throws(ProofFailure) -> Digest {
        guard let digest = Digest(bytes: try data(name)) else {
            throw ProofFailure(.format, "\(field(name)): must be 32 bytes")
        }
        return digest
    }

    /// Hashes one after the other.
    func digests(_ name: String) throws(ProofFailure) -> [Digest] {
        let data = try data(name)
        guard data.count.isMultiple(of: Digest.byteCount) else {
            throw ProofFailure(.format, "\(field(name)): must be 32 bytes each")
        }
        return stride(from: data.startIndex, to: data.endIndex, by: Digest.byteCount).compactMap {
            Digest(bytes: data[$0..<$0 + Digest.byteCount])
        }
    }

    func list<Item>(
        _ name: String, _ item: (CanonicalJSON, String) throws(ProofFailure) -> Item
    ) throws(ProofFailure) -> [Item] {
        guard let values = try value(name).array else {
            throw ProofFailure(.format, "\(field(name)): must be a list")
        }
        var items: [Item] = []
        for (index, value) in values.enumerated() {
            items.append(try item(value, "\(field(name))[\(index)]"))
        }
        return items
    }

    func optional<Item>(
        _ name: String, _ item: (CanonicalJSON, String) throws(ProofFailure) -> Item
    ) throws(ProofFailure) -> Item? {
        let value = try value(name)
        return value == .null ? nil : try item(value, field(name))
    }
}
