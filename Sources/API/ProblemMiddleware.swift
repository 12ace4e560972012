import HTTPTypes
import Hummingbird

/// What a node may log of a request that failed on the node's side: no payload, no key, no text.
package struct FailureReport: Equatable, Sendable {
    /// The number that the server gave the request.
    package let requestID: String
    /// The route, with its placeholders: `/v1/accounts/{id}`.
    package let route: String
    /// The problem's code.
    package let code: String
    /// The error's type, such as `StoreError`.
    package let errorType: String
}

/// The outermost layer of every answer: errors become problem documents, and all answers bear the
/// headers that are the same everywhere.
struct ProblemMiddleware: RouterMiddleware {
    typealias Context = BasicRequestContext

    let report: @Sendable (FailureReport) -> Void

    func handle(
        _ request: Request, context: BasicRequestContext,
        next: (Request, BasicRequestContext) async throws -> Response
    ) async throws -> Response {
        var response: Response
        do {
            response = try await next(request, context)
        } catch {
            let problem = Problem(error)
            if problem == .internalError {
                report(
                    FailureReport(
                        requestID: context.id, route: context.endpointPath ?? "",
                        code: problem.code, errorType: String(describing: type(of: error))))
            }
            response = problem.response
        }
        return ProblemMiddleware.dress(response, for: request)
    }

    /// The answer with the headers that are the same everywhere, without a body for `HEAD`.
    static func dress(_ answer: Response, for request: Request) -> Response {
        var response = answer
        response.headers[.xContentTypeOptions] = "nosniff"
        if isPublicRead(request) {
            response.headers[.accessControlAllowOrigin] = "*"
            response.headers[.accessControlExposeHeaders] =
                "ETag, Link, Location, RateLimit, RateLimit-Policy, Retry-After"
        }
        return request.method == .head ? response.createHeadResponse() : response
    }

    /// Whether pages of other origins may read the answer: all that is on the chain, no profile.
    private static func isPublicRead(_ request: Request) -> Bool {
        let path = request.uri.path
        guard path.hasPrefix("/v1/") || path.hasPrefix("/log/"),
            !path.hasPrefix("/v1/profiles")
        else { return false }
        return [.get, .head, .options].contains(request.method)
    }
}
