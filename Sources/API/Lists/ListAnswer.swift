import HTTPTypes
import Hummingbird
import Ledger
import Primitives

extension PublicRoutes {
    /// What every list takes.
    static let listParameters: Set = ["limit", "cursor", "format"]

    /// Adds a route of a list: a page of it as JSON, all of it as CSV.
    ///
    /// - Parameters:
    ///   - names: its filters.
    ///   - schema: what the description calls its items.
    ///   - isHistory: whether it is a part of the history, of which a node may hold the end alone.
    func list(
        _ path: String, of schema: String, taking names: Set<String> = [],
        isHistory: Bool = false, in table: inout RouteTable,
        _ make: @escaping @Sendable (AskedAddress) async throws -> ListSource
    ) {
        let names = names.union(PublicRoutes.listParameters)
        table.take(names, at: path)
        table.get(path) { request, context in
            let asked = try AskedAddress(request, context, taking: names)
            let isCSV = try asked.wantsCSV(accept: request.headers[values: .accept])
            let source = try await make(asked)
            var response: Response
            if isCSV {
                response = try await CSVDownload(source, of: schema, asked).response()
            } else {
                let base = isHistory ? await base : nil
                response = try await Answer.list(source, asked, after: base).response(to: request)
            }
            // One address, two forms.
            response.headers[.vary] = "Accept"
            return response
        }
    }
}

extension Answer {
    /// A page of a list: `{items, next}` and the `Link` to the page after it.
    ///
    /// - Parameter base: the block after which the node's history begins, where the list is a part
    ///   of it: its end then says so.
    static func list(
        _ source: ListSource, _ asked: AskedAddress, after base: FinalHeader?
    ) async throws -> Answer {
        let page = try await source.page(try asked.position(in: source.name), limit: asked.limit())
        let next = page.next.map {
            Cursor(list: asked.cursorName(source.name), position: $0).encoded
        }
        var members: [String: CanonicalJSON] = [
            "items": .array(page.items), "next": next.map { .string($0) } ?? .null,
        ]
        if next == nil, base != nil { members["history"] = .history(after: base) }
        var answer = Answer(.object(members), .head)
        if let next, let link = HTTPField.Name("Link") {
            answer.headers[link] = "<\(asked.next(next))>; rel=\"next\""
        }
        return answer
    }
}

extension AskedAddress {
    static let cursorText = "a cursor of this list with these filters"

    /// Where the list goes on, as its source wrote it; nil for the beginning.
    func position(in list: String) throws -> String? {
        try value("cursor", AskedAddress.cursorText) { text in
            Cursor(encoded: text, list: cursorName(list))?.position
        }
    }

    /// What a cursor is of: the list with its filters, because behind the same item another filter
    /// may already have left something out.
    func cursorName(_ list: String) -> String {
        let filters = query.filter { !AskedAddress.places.contains($0.key) }
        guard !id.isEmpty || !filters.isEmpty else { return list }
        let scope: CanonicalJSON = [
            "id": .string(id), "filters": .object(filters.mapValues { .string($0) }),
        ]
        return list + "~" + Digest.sha256(scope.canonicalBytes).hex.prefix(12)
    }

    /// Parameters that say where a page is and how it looks, not what is in the list.
    private static let places: Set = ["limit", "cursor", "format", "before"]

    /// Whether all of a list is asked for as CSV: by `format`, or by a header that prefers it.
    ///
    /// - Throws: ``Problem`` where a page of it is asked for: CSV has all pages.
    func wantsCSV(accept: [String]) throws -> Bool {
        let format = try value("format", "csv or json") { ["csv", "json"].contains($0) ? $0 : nil }
        guard format.map({ $0 == "csv" }) ?? AskedAddress.prefersCSV(accept) else { return false }
        for name in ["limit", "cursor"] where parameter(name) != nil {
            throw Problem.badParameter(name, wanted: "left out: CSV has all of the list")
        }
        return true
    }

    /// Whether `text/csv` is named, and `application/json` is not named with a higher quality
    /// (RFC 9110 §12.5.1). Wildcards mean JSON.
    static func prefersCSV(_ headers: [String]) -> Bool {
        var qualities: [String: Double] = [:]
        for range in headers.joined(separator: ",").split(separator: ",") {
            let parts = range.split(separator: ";").map {
                $0.filter { $0 != " " && $0 != "\t" }.lowercased()
            }
            guard let type = parts.first else { continue }
            let quality = parts.dropFirst().first { $0.hasPrefix("q=") }
            qualities[type] = quality.map { Double($0.dropFirst(2)) ?? 0 } ?? 1
        }
        guard let csv = qualities["text/csv"], csv > 0 else { return false }
        return csv >= qualities["application/json"] ?? 0
    }
}
