import Primitives

/// Holds JSON against the part of JSON Schema that the interface's description uses.
struct SchemaCheck {
    /// The document's `components.schemas`.
    let schemas: [String: CanonicalJSON]

    /// What does not fit, with its place; empty where all does.
    func faults(
        of value: CanonicalJSON, against schema: CanonicalJSON, at place: String = "#"
    ) -> [String] {
        guard let members = schema.object else { return ["\(place): no schema"] }
        if let name = members["$ref"]?.string?.split(separator: "/").last {
            guard let named = schemas[String(name)] else { return ["\(place): no \(name)"] }
            return faults(of: value, against: named, at: place)
        }
        if let choices = members["anyOf"]?.array {
            let tried = choices.map { self.faults(of: value, against: $0, at: place) }
            return tried.contains { $0.isEmpty } ? [] : tried.flatMap { $0 }
        }
        var faults: [String] = []
        if let type = members["type"], !accepts(type, value) {
            faults.append(
                "\(place): \(value.canonicalText.prefix(60)) is not \(type.canonicalText)")
        }
        if let words = members["enum"]?.array, !words.contains(value) {
            faults.append("\(place): \(value.canonicalText.prefix(60)) is none of the words")
        }
        if let pattern = members["pattern"]?.string, let text = value.string,
            !SchemaCheck.matches(text, pattern)
        {
            faults.append("\(place): \(text.prefix(60)) is not like \(pattern)")
        }
        if let items = value.array, let item = members["items"] {
            for (index, element) in items.enumerated() {
                faults += self.faults(of: element, against: item, at: "\(place)/\(index)")
            }
        }
        if let object = value.object { faults += self.faults(of: object, members, at: place) }
        return faults
    }

    private func faults(
        of object: [String: CanonicalJSON], _ members: [String: CanonicalJSON], at place: String
    ) -> [String] {
        let known = members["properties"]?.object ?? [:]
        let required = (members["required"]?.array ?? []).compactMap(\.string)
        var faults = required.filter { object[$0] == nil }.map { "\(place): no \($0)" }
        for (name, value) in object.sorted(by: { $0.key < $1.key }) {
            if let schema = known[name] {
                faults += self.faults(of: value, against: schema, at: "\(place)/\(name)")
            } else if members["additionalProperties"] == false {
                faults.append("\(place): unknown \(name)")
            }
        }
        return faults
    }

    private static func matches(_ text: String, _ pattern: String) -> Bool {
        do {
            return try Regex(pattern).firstMatch(in: text) != nil
        } catch {
            return false
        }
    }

    private func accepts(_ type: CanonicalJSON, _ value: CanonicalJSON) -> Bool {
        let names = type.array?.compactMap(\.string) ?? [type.string ?? ""]
        let name =
            switch value {
            case .null: "null"
            case .boolean: "boolean"
            case .integer: "integer"
            case .string: "string"
            case .array: "array"
            case .object: "object"
            }
        return names.contains(name)
    }
}
