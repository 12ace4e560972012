import API
import Foundation
import HTTPTypes
import Primitives
import Testing

/// The interface's description of itself, held against the routes and their answers.
@Suite struct OpenAPITests {
    private static func document(_ audience: Audience) async throws -> [String: CanonicalJSON] {
        let seen = try await ask("/openapi.json", of: audience)
        #expect(seen.status == 200)
        return try seen.members()
    }

    private static func paths(_ audience: Audience) async throws -> [String: CanonicalJSON] {
        try #require(try await document(audience)["paths"]?.object)
    }

    private static func check(_ audience: Audience) async throws -> SchemaCheck {
        let components = try #require(try await document(audience)["components"]?.object)
        return SchemaCheck(schemas: try #require(components["schemas"]?.object))
    }

    @Test(arguments: [Audience.everyone, .members])
    func `every route of a port is described, and nothing else`(audience: Audience) async throws {
        let described = try await OpenAPITests.paths(audience).flatMap { path, item in
            (item.object ?? [:]).keys.map { "\($0.uppercased()) \(path)" }
        }
        #expect(
            described.sorted()
                == routeNames(for: audience, gateway: SampleGateway())
                .map { $0.replacing("/**", with: "/{id}") }.sorted())
    }

    @Test func `names of operations are unique, and every schema that is named is there`()
        async throws
    {
        let document = try await OpenAPITests.document(.members)
        let operations = try #require(document["paths"]?.object).values
            .flatMap { ($0.object ?? [:]).values }.compactMap(\.object)
        let names = operations.compactMap { $0["operationId"]?.string }
        #expect(names.count == operations.count && Set(names).count == names.count)
        let text = CanonicalJSON.object(document).canonicalText
        let schemas = try await OpenAPITests.check(.members).schemas
        let named = Set(text.matches(of: /#\/components\/schemas\/(\w+)/).map { String($0.1) })
        #expect(named == Set(schemas.keys))
    }

    @Test(arguments: [Audience.everyone, .members])
    func `every parameter of a query says what it is, and every body how large it may be`(
        audience: Audience
    ) async throws {
        for (path, item) in try await OpenAPITests.paths(audience) {
            for operation in (item.object ?? [:]).values.compactMap(\.object) {
                let queries = (operation["parameters"]?.array ?? []).compactMap(\.object)
                    .filter { $0["in"] == "query" }
                for query in queries {
                    let name = query["name"]?.string ?? ""
                    #expect(query["description"]?.string?.hasSuffix(".") == true, "\(path) \(name)")
                }
                guard let body = operation["requestBody"]?.object else { continue }
                #expect(body["description"]?.string?.contains("KiB.") == true, "\(path)")
            }
        }
    }

    @Test func `ids of events have the form that is told`() async throws {
        let paths = try await OpenAPITests.paths(.everyone)
        let after = paths["/v1/events"]?.object?["get"]?.object?["parameters"]?.array?
            .compactMap(\.object).first { $0["name"] == "after" }
        let pattern = try #require(after?["schema"]?.object?["pattern"]?.string)
        let text = try await ask("/v1/events?after=B0").text
        let ids = text.split(separator: "\n").filter { $0.hasPrefix("id: ") }.map {
            $0.dropFirst(4)
        }
        #expect(ids.count > 3)
        for id in ids { #expect(try Regex(pattern).wholeMatch(in: id) != nil, "\(id)") }
    }

    @Test(arguments: ReadTests.paths)
    func `an answer is what its description says`(path: String) async throws {
        let check = try await OpenAPITests.check(.everyone)
        let paths = try await OpenAPITests.paths(.everyone)
        let seen = try await ask(path)
        let type = try #require(seen.headers[.contentType]).split(separator: ";").first
        let template = OpenAPITests.template(of: path)
        let content = paths[template]?.object?["get"]?.object?["responses"]?.object?["200"]?
            .object?["content"]?.object
        let media = try #require(
            content?[type.map(String.init) ?? ""], "\(template) \(seen.status)")
        guard let schema = media.object?["schema"] else { return }
        let value = try CanonicalJSON(parsing: seen.bytes, limit: 1_000_000)
        #expect(check.faults(of: value, against: schema) == [])
    }

    @Test(arguments: [
        ("/v1/accounts/A999", 404), ("/v1/accounts/nobody", 400), ("/v1/lots?color=red", 400),
        ("/v1/blocks?limit=0", 400), ("/v1/search?q=DREC101-2021-999999", 404),
    ])
    func `a problem is what its description says`(path: String, status: Int) async throws {
        let check = try await OpenAPITests.check(.everyone)
        let seen = try await ask(path)
        #expect(seen.status == status)
        let value = try CanonicalJSON(parsing: seen.bytes, limit: 1_000_000)
        #expect(check.faults(of: value, against: ["$ref": "#/Problem"]) == [])
        let responses = try await OpenAPITests.paths(.everyone)[
            OpenAPITests.template(of: path)]?.object?["get"]?.object?["responses"]?.object
        #expect(responses?[String(status)] != nil)
    }

    @Test func `the check finds what does not fit`() async throws {
        let check = SchemaCheck(schemas: ["N": ["type": "integer"]])
        let schema: CanonicalJSON = [
            "type": "object", "additionalProperties": false, "required": ["a"],
            "properties": [
                "a": ["type": "string", "pattern": "^A[0-9]+$"], "b": ["$ref": "#/N"],
                "c": ["anyOf": [["type": "null"], ["enum": ["x"]]]],
            ],
        ]
        let wrong: [CanonicalJSON] = [
            [:], ["a": 1], ["a": "B1"], ["a": "A1", "b": "1"], ["a": "A1", "c": "y"],
            ["a": "A1", "d": 1], "A1",
        ]
        for value in wrong { #expect(check.faults(of: value, against: schema) != []) }
        for value: CanonicalJSON in [["a": "A1"], ["a": "A1", "b": 2, "c": "x"]] {
            #expect(check.faults(of: value, against: schema) == [])
        }
    }

    /// `/v1/accounts/a2/lots?x=1` as `/v1/accounts/{id}/lots`.
    private static func template(of path: String) -> String {
        let parts = path.split(separator: "?")[0].split(separator: "/")
        guard parts.count > 2 else { return "/" + parts.joined(separator: "/") }
        let rest = ["{id}"] + parts.dropFirst(3)
        return "/" + (parts.prefix(2) + rest).joined(separator: "/")
    }
}
