import ArgumentParser
import Foundation
import Primitives

/// How much of a list is shown.
struct ListOptions: ParsableArguments {
    @OptionGroup var node: NodeOptions
    @Option(help: "Show at most this many; all where it is not given.") var limit: UInt?
    @Flag(help: "Answer in CSV, all of the list.") var csv = false

    func validate() throws {
        if limit == 0 { throw ValidationError("--limit is at least 1") }
        guard csv else { return }
        if node.json { throw ValidationError("--csv and --json are two forms: give one") }
        if limit != nil { throw ValidationError("--csv has all of the list: leave --limit out") }
    }
}

/// Lists of the public endpoint, followed from page to page.
enum Listing {
    /// Shows what a list has: a line for each item, one JSON object `{"items": […]}`, or CSV as the
    /// node writes it.
    ///
    /// - Parameters:
    ///   - isWanted: leaves items out that the node cannot filter; CSV is refused then.
    ///   - line: an item for people.
    static func show(
        _ path: String, _ options: ListOptions,
        where isWanted: ((CanonicalJSON) -> Bool)? = nil,
        line: (CanonicalJSON) -> String
    ) async throws {
        if options.csv {
            guard isWanted == nil else {
                throw ValidationError("--csv has all of the list: leave the other options out")
            }
            let mark = path.contains("?") ? "&" : "?"
            return try await options.node.client.download("\(path)\(mark)format=csv") {
                Output.bytes($0)
            }
        }
        let isJSON = options.node.json
        var shown: UInt = 0
        try await forEach(path, options.node.client, atMost: options.limit) { item in
            guard isWanted?(item) ?? true else { return true }
            if let limit = options.limit, shown >= limit { return false }
            if isJSON {
                Output.text((shown == 0 ? "{\"items\":[" : ",") + Output.escaped(item))
            } else {
                Output.line(line(item))
            }
            shown += 1
            return true
        }
        if isJSON { Output.line(shown == 0 ? "{\"items\":[]}" : "]}") }
        if !isJSON, shown == 0 { Output.note("none") }
    }

    /// All items of a list that is known to be short.
    static func all(_ path: String, _ client: NodeClient) async throws -> [CanonicalJSON] {
        var items: [CanonicalJSON] = []
        try await forEach(path, client) { item in
            items.append(item)
            return true
        }
        return items
    }

    /// - Parameter body: whether to go on.
    static func forEach(
        _ path: String, _ client: NodeClient, atMost limit: UInt? = nil,
        _ body: (CanonicalJSON) throws -> Bool
    ) async throws {
        let mark = path.contains("?") ? "&" : "?"
        let first = "\(path)\(mark)limit=\(max(50, min(limit ?? 200, 200)))"
        var next: String? = first
        while let page = next {
            let answer = try await client.json(page)
            for item in answer["items"]?.array ?? [] where try !body(item) { return }
            next = answer["next"]?.string.map { "\(first)&cursor=\($0)" }
        }
    }
}

extension CanonicalJSON {
    /// A member of an object.
    subscript(name: String) -> CanonicalJSON? { object?[name] }

    /// A member as text; empty where it is missing or null.
    func text(_ name: String) -> String { self[name]?.plainText ?? "" }

    func number(_ name: String) -> UInt64? { self[name]?.unsigned }

    /// A value without members of its own, as people write it.
    var plainText: String {
        switch self {
        case .null: ""
        case .boolean(let value): value ? "yes" : "no"
        case .integer(let value): String(value)
        case .string(let text): text
        case .array(let items): items.map(\.plainText).joined(separator: ", ")
        case .object: canonicalText
        }
    }

    /// Names and values, one a line, nested by indentation.
    func outline(indent: Int = 0) -> String {
        let margin = String(repeating: "  ", count: indent)
        switch self {
        case .object(let members):
            return members.keys.sorted().map { name in
                let member = members[name] ?? .null
                return member.isNested
                    ? "\(margin)\(name)\n\(member.outline(indent: indent + 1))"
                    : "\(margin)\(name): \(member.plainOrNone)"
            }.joined(separator: "\n")
        case .array(let items):
            return items.map { item in
                "\(margin)- \(item.outline(indent: indent + 1).drop { $0 == " " })"
            }.joined(separator: "\n")
        default: return margin + plainOrNone
        }
    }

    private var isNested: Bool {
        switch self {
        case .object: true
        case .array(let items): !items.isEmpty
        default: false
        }
    }

    private var plainOrNone: String { plainText.isEmpty ? "none" : plainText }
}
