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
        for (name, value) in request.uri.queryParameters {
            query[String(name)] = String(value)
        }
        self.init(
            id: raw.removingPercentEncoding ?? raw, host: request.head.authority, query: query)
    }

    /// A query parameter without surrounding blanks; nil when missing or empty.
    func parameter(_ name: String) -> String? {
        let text = query[name].map { value in
            value.replacingOccurrences(of: "+", with: " ")
                .trimmingCharacters(in: .whitespacesAndNewlines)
        }
        return text?.isEmpty == false ? text : nil
    }

    /// A number in a query parameter.
    ///
    /// - Throws: ``BadParameter`` when there is something else.
    func number(_ name: String) throws -> UInt64? {
        guard let text = parameter(name) else { return nil }
        guard let number = UInt64(decimal: text) else {
            throw BadParameter(text: text, wanted: "a number")
        }
        return number
    }

    /// An account in a query parameter.
    ///
    /// - Throws: ``BadParameter`` when there is something else.
    func account(_ name: String) throws -> AccountID? {
        guard let text = parameter(name) else { return nil }
        guard case .account(let id) = Identifier(text) else {
            throw BadParameter(text: text, wanted: "an account’s id, such as A1")
        }
        return id
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
