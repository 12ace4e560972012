import HTTPTypes
import Primitives

/// The description of a port's routes in OpenAPI 3.1, served at `/openapi.json`.
///
/// Paths, methods and query parameters are those of the route table itself; what is answered is
/// told by ``operations`` and ``schemas``, and tests hold both against the routes' answers.
enum OpenAPI {
    static let path = "/openapi.json"

    /// What a route answers.
    enum Body: Sendable {
        case json(Shape)
        /// A page of a list.
        case list(of: Shape)
        case bytes(type: String)
        /// Bytes of one of several media types.
        case either([String])
        case nothing
        case problem
    }

    struct Operation: Sendable {
        let summary: String
        /// What the path's `{id}` is; nil where it has none.
        var id: Shape?
        let answer: Body
        var status = "200"
        /// Other answers than the usual ones, by status.
        var further: [String: Body] = [:]
        /// The body by media type.
        var takes: [String: Shape] = [:]
        /// Header fields that it reads, with what they are for.
        var headers: [String: String] = [:]
        /// Whether the address names something that may not exist.
        var mayMiss: Bool { id != nil }
    }

    static func document(of table: RouteTable) -> CanonicalJSON {
        var paths: [String: CanonicalJSON] = [:]
        for (route, methods) in table.routes {
            // A rest of an address is one parameter, whose slashes stay as they are.
            let path = route.replacing("/**", with: "/{id}")
            var item: [String: CanonicalJSON] = [:]
            for method in methods {
                guard let operation = operations["\(method.rawValue) \(route)"] else { continue }
                let names = method == .get ? table.queries[route] ?? [] : []
                item[method.rawValue.lowercased()] = json(
                    operation, path: path, method: method, queries: names)
            }
            if !item.isEmpty { paths[path] = .object(item) }
        }
        return [
            "openapi": "3.1.0",
            "info": [
                "title": "drec", "version": "1",
                "description": .string(about),
            ],
            "paths": .object(paths),
            "components": ["schemas": .object(schemas.mapValues(\.schema))],
        ]
    }

    private static func json(
        _ operation: Operation, path: String, method: HTTPRequest.Method, queries: Set<String>
    ) -> CanonicalJSON {
        var parameters: [CanonicalJSON] = []
        if let id = operation.id {
            parameters.append(parameter("id", in: "path", id, isRequired: true))
        }
        for name in queries.sorted() {
            let own = path == PublicRoutes.eventsPath ? eventQueryShapes[name] : nil
            let shape =
                own ?? filterShapes["\(path) \(name)"] ?? queryShapes[name] ?? .text(name)
            let isRequired = path == "/v1/search" && name == "q"
            parameters.append(
                parameter(
                    name, in: "query", shape, isRequired: isRequired, words(name, at: path)))
        }
        for (name, about) in operation.headers.sorted(by: { $0.key < $1.key }) {
            parameters.append(parameter(name, in: "header", .text(about), isRequired: false))
        }
        var object: [String: CanonicalJSON] = [
            "summary": .string(operation.summary), "operationId": .string(name(method, path)),
            "responses": responses(operation, method),
        ]
        if !parameters.isEmpty { object["parameters"] = .array(parameters) }
        if !operation.takes.isEmpty {
            let content = operation.takes.mapValues { shape -> CanonicalJSON in
                ["schema": shape.schema]
            }
            let limits = operation.takes.keys.sorted().map { "\($0): \(words(ofBody: $0))" }
            object["requestBody"] = [
                "required": true, "content": .object(content),
                "description": .string(limits.joined(separator: " ")),
            ]
        }
        return .object(object)
    }

    private static func parameter(
        _ name: String, in place: String, _ shape: Shape, isRequired: Bool,
        _ words: String? = nil
    ) -> CanonicalJSON {
        var object: [String: CanonicalJSON] = [
            "name": .string(name), "in": .string(place), "required": .boolean(isRequired),
            "schema": shape.schema,
        ]
        if let words { object["description"] = .string(words) }
        return .object(object)
    }

    private static func responses(
        _ operation: Operation, _ method: HTTPRequest.Method
    ) -> CanonicalJSON {
        var responses: [String: CanonicalJSON] = [operation.status: response(operation.answer)]
        for (status, body) in operation.further { responses[status] = response(body) }
        var problems = ["400", "429", "500", "503"]
        if operation.mayMiss { problems.append("404") }
        if method == .get {
            responses["304"] = ["description": "The client has these bytes."]
        } else {
            problems += ["413", "415", "422"]
        }
        for status in problems where responses[status] == nil {
            responses[status] = problem
        }
        return .object(responses)
    }

    static let problem: CanonicalJSON = [
        "description": "A problem document (RFC 9457).",
        "content": ["application/problem+json": ["schema": Shape.ref("Problem").schema]],
    ]

    private static func response(_ body: Body) -> CanonicalJSON {
        switch body {
        case .json(let shape):
            [
                "description": "The answer.",
                "content": ["application/json": ["schema": shape.schema]],
            ]
        case .list(let item):
            [
                "description": """
                A page of the list; `Link` with `rel="next"` where it goes on. As CSV all of it.
                """,
                "content": [
                    "application/json": ["schema": page(of: item).schema],
                    "text/csv": ["schema": Shape.text("All of the list, a line each.").schema],
                ],
            ]
        case .bytes(let type):
            ["description": "The answer.", "content": .object([type: .object([:])])]
        case .either(let types):
            [
                "description": "The answer.",
                "content": .object(
                    Dictionary(uniqueKeysWithValues: types.map { ($0, .object([:])) })),
            ]
        case .nothing: ["description": "Done."]
        case .problem: problem
        }
    }

    private static func page(of item: Shape) -> Shape {
        .object(
            [
                "items": .list(item), "next": .orNull(.text("The cursor of the next page.")),
                "history": history,
            ], optional: ["history"])
    }

    /// `getAccountsIdLots`
    private static func name(_ method: HTTPRequest.Method, _ path: String) -> String {
        let words = path.split { !$0.isLetter && !$0.isNumber }.filter { $0 != "v1" }
        return method.rawValue.lowercased()
            + words.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }

    private static let eventQueryShapes: [String: Shape] = [
        "after": .form(
            "^(B[0-9]{1,19}|E[0-9]{1,19}(\\.[0-9]{1,19})?)(@[0-9a-f]{16})?$",
            example: "E345.1@0123456789abcdef"),
        "kind": .form("^[a-z]+(,[a-z]+)*$", example: "mint,trade"),
        "device": .device,
    ]
}
