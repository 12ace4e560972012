import Primitives

/// What a JSON value of the interface looks like, as a schema of OpenAPI 3.1 (JSON Schema 2020-12).
indirect enum Shape: Sendable {
    case text(String)
    /// Text of a form that a regular expression tells.
    case form(String, example: String)
    case boolean
    /// A whole number that any JSON parser reads exactly.
    case small
    /// A whole number; beyond 2⁵³ − 1 a decimal string.
    case number
    /// One of some words.
    case words([String])
    /// The name of a case; the number of one that this version does not know.
    case word
    case list(Shape)
    case ref(String)
    /// One of some records.
    case anyOf([String])
    case orNull(Shape)
    /// All members are there, but for those of ``optional``.
    case object([String: Shape], optional: Set<String> = [])
    /// Any object, its members named in words.
    case open(String)

    static let hash = Shape.form("^[0-9a-f]{64}$", example: String(repeating: "0f", count: 32))
    static let hex = Shape.form("^([0-9a-f]{2})*$", example: "00ff")
    static let time = Shape.form(
        "^[0-9]{4,}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{3})?Z$",
        example: "2026-01-01T00:00:00Z")
    static let account = Shape.form("^A[0-9]+$", example: "A17")
    static let device = Shape.form("^D[0-9]+$", example: "D5")
    static let project = Shape.form("^P[0-9]+$", example: "P101")
    static let country = Shape.form("^[A-Z]{3}$", example: "KEN")
    static let series = Shape.form("^[0-9]+-[0-9]+$", example: "101-2021")
    static let range = Shape.form(
        "^DREC[0-9]+-[0-9]+-[0-9]+(\\.\\.[0-9]+)?$", example: "DREC101-2021-42..99")

    var schema: CanonicalJSON {
        switch self {
        case .text(let about): ["type": "string", "description": .string(about)]
        case .form(let pattern, let example):
            [
                "type": "string", "pattern": .string(pattern),
                "examples": .array([.string(example)]),
            ]
        case .boolean: ["type": "boolean"]
        case .small: ["type": "integer"]
        case .number: ["type": .array(["integer", "string"]), "pattern": "^[0-9]+$"]
        case .words(let words):
            ["type": "string", "enum": .array(words.map { .string($0) })]
        case .word: ["type": .array(["string", "integer"])]
        case .list(let item): ["type": "array", "items": item.schema]
        case .ref(let name): ["$ref": .string("#/components/schemas/\(name)")]
        case .anyOf(let names): ["anyOf": .array(names.map { Shape.ref($0).schema })]
        case .orNull(let shape): ["anyOf": .array([shape.schema, ["type": "null"]])]
        case .object(let members, let optional):
            [
                "type": "object", "properties": .object(members.mapValues(\.schema)),
                "required": .array(
                    members.keys.filter { !optional.contains($0) }.sorted().map { .string($0) }),
                "additionalProperties": false,
            ]
        case .open(let about): ["type": "object", "description": .string(about)]
        }
    }

    /// This object with further members.
    func with(_ more: [String: Shape]) -> Shape {
        guard case .object(let members, let optional) = self else { return self }
        return .object(members.merging(more) { _, new in new }, optional: optional)
    }
}
