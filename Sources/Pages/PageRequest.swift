import Foundation
import Hummingbird
import Primitives

/// What a page is asked for: the id in the path and the query.
struct PageRequest: Sendable {
    /// The path's id, decoded; empty where the path has none.
    let id: String
    /// What was asked, host and port; it may be anything.
    let host: String?
    private let query: [String: String]

    init(id: String = "", host: String? = nil, query: [String: String] = [:]) {
        self.id = id
        self.host = host
        self.query = query
    }

    init(_ request: Request, _ context: some RequestContext) {
        let raw = context.parameters.get("id") ?? ""
        var query: [String: String] = [:]
        for pair in (request.uri.query ?? "").split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                .map { part in
                    // As forms write it: a plus sign is a blank.
                    let text = String(part.replacing("+", with: " "))
                    return text.removingPercentEncoding ?? text
                }
            query[parts[0]] = parts.count > 1 ? parts[1] : ""
        }
        self.init(
            id: raw.removingPercentEncoding ?? raw, host: request.head.authority, query: query)
    }

    /// A query parameter without surrounding blanks; nil when missing or empty.
    func parameter(_ name: String) -> String? {
        let text = query[name]?.trimmingCharacters(in: .whitespacesAndNewlines)
        return text?.isEmpty == false ? text : nil
    }

    /// A misspelt filter would filter nothing, and nobody would notice.
    ///
    /// - Throws: ``UnknownFilter`` for a parameter that a list does not have.
    func refuseOthers(than names: Set<String>, of list: String) throws {
        if let name = query.keys.sorted().first(where: { !names.contains($0) }) {
            throw UnknownFilter(name: name, list: list)
        }
    }

    /// The path's id as what the page is about.
    ///
    /// - Throws: ``BadParameter`` when `pick` does not take it.
    func identified<Value>(
        _ wanted: String, _ pick: (Identifier) -> Value?
    ) throws -> Value {
        guard let identifier = Identifier(id), let value = pick(identifier) else {
            throw BadParameter(text: id, wanted: wanted)
        }
        return value
    }
}

/// A part of an address that cannot be read.
struct BadParameter: Error {
    let text: String
    /// What would be right, with its article.
    let wanted: String
}
