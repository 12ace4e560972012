import HTTPTypes
import Hummingbird

/// Routes on their way into a router: with each path go `OPTIONS`, `HEAD` where there is `GET`, and
/// an answer 405 that names the methods there are.
struct RouteTable {
    typealias Handler = @Sendable (Request, BasicRequestContext) async throws -> Response

    private static let methods: [HTTPRequest.Method] = [
        .get, .post, .put, .patch, .delete, .trace, .connect,
    ]
    private var handlers: [String: [HTTPRequest.Method: Handler]] = [:]

    /// The query parameters that reads take, by path.
    private(set) var queries: [String: Set<String>] = [:]

    /// The paths and the methods that they take, as documentation and tests read them.
    var routes: [String: [HTTPRequest.Method]] {
        handlers.mapValues { handlers in RouteTable.methods.filter { handlers[$0] != nil } }
    }

    mutating func get(_ path: String, _ handler: @escaping Handler) {
        add(.get, path, handler)
    }

    mutating func take(_ names: Set<String>, at path: String) { queries[path] = names }

    mutating func add(_ method: HTTPRequest.Method, _ path: String, _ handler: @escaping Handler) {
        handlers[path, default: [:]][method] = handler
    }

    func install(in router: Router<BasicRequestContext>) {
        for (path, handlers) in handlers.sorted(by: { $0.key < $1.key }) {
            let allow = RouteTable.allow(Set(handlers.keys))
            let isRead = handlers[.get] != nil
            for method in RouteTable.methods {
                let handler =
                    handlers[method] ?? { _, _ in throw Problem.methodNotAllowed(allow: allow) }
                router.on(RouterPath(path), method: method, use: handler)
            }
            router.on(RouterPath(path), method: .options) { _, _ in
                RouteTable.preflight(allow: allow, isRead: isRead)
            }
            if !isRead {
                router.on(RouterPath(path), method: .head) { _, _ -> Response in
                    throw Problem.methodNotAllowed(allow: allow)
                }
            }
        }
    }

    private static func allow(_ methods: Set<HTTPRequest.Method>) -> String {
        var names: [String] = []
        for method in RouteTable.methods where methods.contains(method) {
            names += method == .get ? ["GET", "HEAD"] : [method.rawValue]
        }
        return (names + ["OPTIONS"]).joined(separator: ", ")
    }

    /// Pages of other origins may read; they may not write.
    private static func preflight(allow: String, isRead: Bool) -> Response {
        var response = Response(status: .noContent, headers: [.allow: allow])
        if isRead {
            response.headers[.accessControlAllowMethods] = "GET, HEAD, OPTIONS"
            response.headers[.accessControlAllowHeaders] = "Accept, If-None-Match, Last-Event-ID"
            response.headers[.accessControlMaxAge] = "86400"
        }
        response.headers[.contentLength] = nil
        return response
    }
}
