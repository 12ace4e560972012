import API
import Foundation
import HTTPTypes
import Ledger
import Primitives
import Testing
import Wire

@Suite("Lists as CSV")
struct CSVTests {
    /// The lists of the sample that have items.
    static let lists = [
        "/v1/accounts", "/v1/accounts/A2/devices", "/v1/accounts/A2/delegations",
        "/v1/accounts/A3/lots", "/v1/accounts/A3/transactions", "/v1/authorities",
        "/v1/authority-changes", "/v1/authority-joins", "/v1/blocks", "/v1/devices",
        "/v1/devices/D1/months", "/v1/devices/D1/reads", "/v1/devices/D1/revisions",
        "/v1/double-votes", "/v1/evidence", "/v1/lots", "/v1/parameters", "/v1/projects",
        "/v1/redemptions", "/v1/retirements", "/v1/statistics/countries",
        "/v1/statistics/months", "/v1/transactions", "/v1/yields",
    ]

    @Test("Every list is there: what has items in JSON is here")
    func complete() async throws {
        let document = try await ask("/openapi.json").members()
        let paths = try #require(document["paths"]?.object)
        let described = paths.filter { $0.value.canonicalText.contains("\"text/csv\"") }.keys
        let asked = CSVTests.lists.map {
            $0.replacing("A2", with: "{id}").replacing("A3", with: "{id}")
                .replacing("D1", with: "{id}")
        }
        #expect(Set(described) == Set(asked))
        #expect(asked.count == Set(asked).count)
    }

    @Test("A list has the same values as in JSON, and a header", arguments: lists)
    func sameAsJSON(path: String) async throws {
        let items = try #require(try await ask(path).members()["items"]?.array)
        #expect(!items.isEmpty)
        let seen = try await ask(path, headers: [.accept: "text/csv"])
        #expect(seen.status == 200)
        #expect(seen.headers[.contentType] == "text/csv; charset=utf-8; header=present")
        #expect(seen.headers[.vary] == "Accept")
        #expect(seen.headers[.contentLength] == nil)
        #expect(try seen.header("Content-Disposition")?.hasSuffix(".csv\"") == true)
        let rows = try #require(CSVReader(seen.text).rows)
        #expect(rows.count == items.count + 1)
        let columns = rows[0]
        for (row, item) in zip(rows.dropFirst(), items) {
            let members = try #require(item.object)
            #expect(Set(columns) == Set(members.keys))
            #expect(row.count == columns.count)
            for (column, cell) in zip(columns, row) {
                let value = try #require(members[column])
                #expect(cell == CSVReader.cell(value), "\(column)")
            }
        }
        let asked = try await ask(path + (path.contains("?") ? "&" : "?") + "format=csv")
        #expect(asked.bytes == seen.bytes)
        #expect(try await ask(path, .head, headers: [.accept: "text/csv"]).bytes.isEmpty)
    }

    @Test("All pages are there, in order, and the file ends with its only last line break")
    func pages() async throws {
        var gateway = SampleGateway()
        gateway.accountCount = 1_001
        let seen = try await ask("/v1/accounts?format=csv", gateway: gateway)
        let rows = try #require(CSVReader(seen.text).rows)
        #expect(rows.dropFirst().map { $0[0] } == (1...1_001).map { "A\($0)" })
        #expect(seen.text.hasSuffix("\r\n"))
        #expect(seen.text.components(separatedBy: "\r\n").count == 1_003)
    }

    @Test("A node that fails in between leaves a file that does not end with a line break")
    func cutOff() async throws {
        var gateway = SampleGateway()
        gateway.accountCount = 450
        gateway.accountFailure = (after: AccountID(400), error: Failure())
        await #expect(throws: (any Error).self) {
            try await ask("/v1/accounts?format=csv", gateway: gateway)
        }
        // A failure of the first page is an answer of its own.
        gateway.accountFailure = (after: AccountID(0), error: Failure())
        let seen = try await ask("/v1/accounts?format=csv", gateway: gateway)
        #expect(seen.status == 500)
        #expect(seen.headers[.contentType] == "application/problem+json")
    }

    private struct Failure: Error {}

    @Test(
        "A name that a spreadsheet would run begins with an apostrophe, and only such a one",
        arguments: [
            ("=1+1", "'=1+1"), ("+1", "'+1"), ("-1", "'-1"), ("@SUM(A1)", "'@SUM(A1)"),
            ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"), ("\u{FF1D}1", "'\u{FF1D}1"),
            ("\u{FF20}x", "'\u{FF20}x"), ("'quoted", "''quoted"), ("\t=1", "'\t=1"),
            ("Plain", "Plain"), ("a=b", "a=b"), ("1-2", "1-2"), ("Söl & Co.", "Söl & Co."),
            ("a,b", "a,b"), ("say \"hi\"", "say \"hi\""), ("two\r\nlines", "two\r\nlines"),
            (" =1", " =1"),
        ])
    func formulas(name: String, cell: String) async throws {
        var gateway = SampleGateway()
        gateway.accountName = name
        let seen = try await ask("/v1/accounts?format=csv", gateway: gateway)
        let rows = try #require(CSVReader(seen.text).rows)
        let column = try #require(rows[0].firstIndex(of: "legalName"))
        #expect(rows.dropFirst().allSatisfy { $0[column] == cell })
    }

    @Test("Numbers stay numbers, also negative ones")
    func numbers() async throws {
        let seen = try await ask("/v1/devices?format=csv")
        let rows = try #require(CSVReader(seen.text).rows)
        let column = try #require(rows[0].firstIndex(of: "latitudeHundredths"))
        #expect(rows[1][column] == "-3350")
    }

    @Test(
        "CSV is given to who prefers it, and JSON to everyone else",
        arguments: [
            ("text/csv", true), ("text/csv;q=0.5", true), ("TEXT/CSV", true),
            ("application/json;q=0.5, text/csv", true), ("text/csv, */*;q=0.1", true),
            ("text/csv, application/json", true), ("text/html, text/csv ; q=0.9", true),
            ("text/csv;q=0", false), ("text/csv;q=0.5, application/json", false),
            ("text/csv;q=x", false), ("*/*", false), ("text/*", false), ("text/csvx", false),
            ("application/json", false), ("", false), (",;,", false),
        ])
    func negotiation(accept: String, isCSV: Bool) async throws {
        let seen = try await ask("/v1/lots", headers: [.accept: accept])
        #expect(seen.status == 200)
        #expect(seen.headers[.vary] == "Accept")
        #expect((seen.headers[.contentType]?.hasPrefix("text/csv") == true) == isCSV)
        let json = try await ask("/v1/lots?format=json", headers: [.accept: accept])
        #expect(json.headers[.contentType] == "application/json")
    }

    @Test(
        "A page of CSV cannot be asked for, nor CSV of what is no list",
        arguments: [
            "/v1/accounts?format=csv&limit=5", "/v1/accounts?format=csv&cursor=x",
            "/v1/accounts?format=tsv", "/v1/accounts?format=", "/v1/status?format=csv",
            "/v1/accounts/A1?format=csv", "/v1/totals?format=csv",
            "/v1/accounts?format=csv&kind=none", "/v1/accounts?format=csv&format=csv",
        ])
    func refused(path: String) async throws {
        let seen = try await ask(path)
        #expect(seen.status == 400)
        #expect(seen.headers[.contentType] == "application/problem+json")
        let limited = try await ask("/v1/accounts?limit=5", headers: [.accept: "text/csv"])
        #expect(limited.status == 400)
    }
}

/// Reads CSV as RFC 4180 has it; nil rows for anything else.
private struct CSVReader {
    let rows: [[String]]?

    init(_ text: String) {
        var rows: [[String]] = [[]]
        var cell = ""
        var isQuoted = false
        var isValid = true
        var rest = Array(text.unicodeScalars)[...]
        while let scalar = rest.popFirst() {
            switch scalar {
            case "\"" where isQuoted && rest.first == "\"":
                rest.removeFirst()
                cell.unicodeScalars.append("\"")
            case "\"" where isQuoted: isQuoted = false
            case "\"" where cell.isEmpty: isQuoted = true
            case "\"": isValid = false
            case "," where !isQuoted:
                rows[rows.count - 1].append(cell)
                cell = ""
            case "\r" where !isQuoted && rest.first == "\n":
                rest.removeFirst()
                rows[rows.count - 1].append(cell)
                rows.append([])
                cell = ""
            case "\r" where !isQuoted, "\n" where !isQuoted: isValid = false
            default: cell.unicodeScalars.append(scalar)
            }
        }
        // The last line ends with a break.
        let isWhole = rows.last?.isEmpty == true && cell.isEmpty && !isQuoted
        self.rows = isValid && isWhole ? Array(rows.dropLast()) : nil
    }

    /// What the documentation says of a value's cell.
    static func cell(_ value: CanonicalJSON) -> String {
        switch value {
        case .null: return ""
        case .boolean(let flag): return "\(flag)"
        case .integer(let number): return "\(number)"
        case .string(let text): return text.hasPrefix("=") ? "'" + text : text
        case .object: return value.canonicalText
        case .array(let items):
            let isPlain = items.allSatisfy { $0.array == nil && $0.object == nil }
            return isPlain ? items.map { cell($0) }.joined(separator: " ") : value.canonicalText
        }
    }
}
