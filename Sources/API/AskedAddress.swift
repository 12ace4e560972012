import Foundation
import Hummingbird
import Ledger
import Primitives

/// What an address asks for: the id in its path and the parameters in its query, each read once and
/// strictly. An unknown parameter is refused, or a misspelt filter would silently filter nothing.
struct AskedAddress: Sendable {
    static let limits = 1...200
    static let defaultLimit = 50

    /// The path without the query, as it arrived.
    let path: String
    /// The path's id, decoded; empty where the route has none.
    let id: String
    let query: [String: String]

    /// - Parameter names: the parameters that the route takes.
    /// - Throws: ``Problem`` for any other parameter, or one that comes twice.
    init(
        _ request: Request, _ context: BasicRequestContext, taking names: Set<String> = []
    ) throws {
        path = request.uri.path
        let raw = context.parameters.get("id") ?? ""
        id = raw.removingPercentEncoding ?? raw
        var query: [String: String] = [:]
        for (name, value) in AskedAddress.pairs(request.uri.query ?? "") {
            guard names.contains(name), query[name] == nil else {
                throw Problem.unknownParameter(name)
            }
            // Taken as it stands it would be another text, and find nothing or something else.
            guard let value else {
                throw Problem.badParameter(name, wanted: "UTF-8, percent-encoded")
            }
            query[name] = value
        }
        self.query = query
    }

    /// The names and values of a query as forms write them: `+` is a blank. A value is nil where it
    /// cannot be decoded.
    private static func pairs(_ query: String) -> [(name: String, value: String?)] {
        query.split(separator: "&").map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                .map { $0.replacing("+", with: " ") }
            let name = parts[0].removingPercentEncoding ?? String(parts[0])
            return (name, parts.count > 1 ? parts[1].removingPercentEncoding : "")
        }
    }

    func parameter(_ name: String) -> String? { query[name] }

    /// The path's id as what the route is about.
    ///
    /// - Throws: ``Problem`` naming the parameter when `read` does not take it.
    func identified<Value>(_ wanted: String, _ read: (String) -> Value?) throws -> Value {
        guard let value = read(id) else { throw Problem.badParameter("id", wanted: wanted) }
        return value
    }

    /// A query parameter, nil where it is missing.
    ///
    /// - Throws: ``Problem`` naming the parameter when `read` does not take it.
    func value<Value>(
        _ name: String, _ wanted: String, _ read: (String) -> Value?
    ) throws -> Value? {
        guard let text = query[name] else { return nil }
        guard let value = read(text) else { throw Problem.badParameter(name, wanted: wanted) }
        return value
    }

    /// What stays as it is in an address (RFC 3986 §2.3).
    private static let unreserved = CharacterSet(
        charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")

    /// How many items a list may have.
    func limit() throws -> Int {
        let range = AskedAddress.limits
        let wanted = "a number from \(range.lowerBound) to \(range.upperBound)"
        return try value("limit", wanted) { text in
            UInt64(decimal: text).flatMap { Int(exactly: $0) }.flatMap {
                range.contains($0) ? $0 : nil
            }
        } ?? AskedAddress.defaultLimit
    }

    /// The same address with another cursor, for the `Link` header.
    func next(_ cursor: String) -> String {
        var parts = query.filter { $0.key != "cursor" && $0.key != "before" }
        parts["cursor"] = cursor
        let text = parts.sorted { $0.key < $1.key }.map { name, value in
            let allowed = AskedAddress.unreserved
            return name + "=" + (value.addingPercentEncoding(withAllowedCharacters: allowed) ?? "")
        }
        return path + "?" + text.joined(separator: "&")
    }
}

/// What ids and other parameters look like; the same words stand in every refusal.
enum IDText {
    static let account = "an account's id, such as A17"
    static let device = "a device's id, such as D5"
    static let project = "a project's id, such as P101"
    static let drecs = "D-RECs, such as DREC101-2021-42 or DREC101-2021-42..99"
    static let entry = "a log entry's index, such as 1234"
    static let block = "a block's height or its hash"
    static let logSize = "the size of an earlier log, at most the head's"
    static let hash = "64 hexadecimal digits"
    static let country = "a country's three letters, such as KEN"
    static let series = "a project and a year, such as 101-2021"
    static let year = "a year from 1970 on, such as 2021"
    static let month = "a month, such as 2021-11"
    static let beneficiary = "a beneficiary's name as it was written, at most 200 bytes"

    static func account(_ text: String) -> AccountID? {
        if case .account(let id) = Identifier(text) { id } else { nil }
    }

    static func device(_ text: String) -> DeviceID? {
        if case .device(let id) = Identifier(text) { id } else { nil }
    }

    static func project(_ text: String) -> ProjectID? {
        if case .project(let id) = Identifier(text) { id } else { nil }
    }

    /// `1234`, or `#1234` as people write it.
    static func entry(_ text: String) -> LogIndex? {
        UInt64(decimal: text.hasPrefix("#") ? text.dropFirst() : text[...]).map { LogIndex($0) }
    }

    /// Seconds since 1970, as cursors have them.
    static func time(_ text: String) -> Timestamp? { UInt64(decimal: text).map { Timestamp($0) } }

    static func height(_ text: String) -> Height? { UInt64(decimal: text).map { Height($0) } }

    static func country(_ text: String) -> CountryCode? { CountryCode(text) }

    /// `2021`
    static func year(_ text: String) -> UInt32? {
        UInt64(decimal: text).flatMap { (1_970...9_999).contains($0) ? UInt32($0) : nil }
    }

    /// `2021-11`
    static func month(_ text: String) -> CivilMonth? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let year = year(String(parts[0])), parts[1].utf8.count == 2,
            let month = UInt64(decimal: parts[1].hasPrefix("0") ? parts[1].dropFirst() : parts[1]),
            (1...12).contains(month)
        else { return nil }
        return CivilMonth(ordinal: 12 * year + UInt32(month) - 1)
    }

    /// Where a list of lots goes on, as cursors have it.
    static func lots(_ text: String) -> LotPosition? { LotPosition(text) }

    /// A month's number, as cursors have it.
    static func ordinal(_ text: String) -> CivilMonth? {
        UInt64(decimal: text).flatMap { UInt32(exactly: $0) }.map { CivilMonth(ordinal: $0) }
    }

    /// `101-2021`
    static func series(_ text: String) -> SeriesID? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let project = UInt64(decimal: parts[0]),
            project >= ProjectID.first.rawValue,
            let vintage = UInt64(decimal: parts[1]).flatMap({ UInt32(exactly: $0) })
        else { return nil }
        return SeriesID(project: ProjectID(project), vintage: vintage)
    }
}
