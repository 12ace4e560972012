import HTTPTypes
package import Hummingbird
import NIOCore

/// What stands before a port's routes: it counts requests of each client, and says so.
package struct PortResponder: HTTPResponder {
    /// A request's context, before the routes have one.
    package struct Context: InitializableFromSource {
        let routes: BasicRequestContext
        let address: SocketAddress?

        package init(source: ApplicationRequestContextSource) {
            routes = BasicRequestContext(source: source)
            address = source.channel.remoteAddress
        }
    }

    private let routes: any HTTPResponder<BasicRequestContext>
    private let ready: ReadyAnswers
    private let limits: ServerLimits
    private let allowance: RequestAllowance?
    private let listeners: ListenerTable
    private let policy: String
    private let clientHeader: HTTPField.Name?

    package init(_ router: Router<BasicRequestContext>, limits: ServerLimits) {
        routes = router.buildResponder()
        ready = ReadyAnswers(bytes: limits.readyBytes)
        self.limits = limits
        allowance = RequestAllowance(limits)
        listeners = ListenerTable(limit: limits.listenersPerAddress)
        let window =
            (limits.burst + limits.requestsPerSecond - 1) / max(1, limits.requestsPerSecond)
        policy = "\"client\";q=\(limits.burst);w=\(max(1, window))"
        clientHeader = limits.clientHeader.flatMap { HTTPField.Name($0) }
    }

    package func respond(to request: Request, context: Context) async throws -> Response {
        let client = client(of: request, context)
        let verdict = client.flatMap {
            allowance?.take($0, at: NIODeadline.now().uptimeNanoseconds)
        }
        if let verdict, !verdict.isAllowed {
            return ProblemMiddleware.dress(
                Problem.tooManyRequests(after: verdict.seconds).response, for: request
            )
            .limited(policy, verdict)
        }
        let response =
            if let kept = ready.answer(to: request) { kept } else {
                try await answer(to: request, of: client, context)
            }
        return verdict.map { response.limited(policy, $0) } ?? response
    }

    /// What is not kept ready.
    private func answer(
        to request: Request, of client: ClientAddress?, _ context: Context
    ) async throws -> Response {
        let response = try await ready.keeping(
            routes.respond(to: request, context: context.routes), to: request)
        let isEndless = response.headers[.contentType] == PublicRoutes.eventType
        guard isEndless, request.method == .get else { return response }
        let place = client.flatMap { listeners.place(for: $0) }
        guard client == nil || place != nil else {
            return ProblemMiddleware.dress(Problem.tooManyListenersOfOne.response, for: request)
        }
        return PortResponder.ending(response, with: request, holding: place)
    }

    /// An answer without an end, which ends when its client closes the connection, also on one side
    /// only: otherwise that is seen when there is something to tell, and the listener's place is
    /// taken until then.
    private static func ending(
        _ response: Response, with request: Request, holding place: ListenerTable.Place?
    ) -> Response {
        var response = response
        let body = response.body
        response.body = ResponseBody { writer in
            defer { withExtendedLifetime(place) {} }
            try await request.body.consumeWithCancellationOnInboundClose { _ in
                try await body.write(writer)
            }
        }
        return response
    }

    /// Whose allowance a request is taken from; nil where it is nobody's.
    private func client(of request: Request, _ context: Context) -> ClientAddress? {
        guard let address = ClientAddress(context.address) else { return nil }
        guard address.isLoopback else { return address }
        // The last address is the one that the proxy itself has seen.
        if let clientHeader, let text = request.headers[values: clientHeader].last,
            let last = text.split(separator: ",", omittingEmptySubsequences: false).last,
            let named = ClientAddress(text: last)
        {
            return named
        }
        return limits.limitsLoopback ? address : nil
    }
}

extension Response {
    private static let policyName = HTTPField.Name("RateLimit-Policy")
    private static let limitName = HTTPField.Name("RateLimit")

    /// The answer with what is left to the client (draft-ietf-httpapi-ratelimit-headers).
    fileprivate func limited(_ policy: String, _ verdict: RequestAllowance.Verdict) -> Response {
        guard let policyName = Response.policyName, let limitName = Response.limitName
        else { return self }
        var response = self
        response.headers[policyName] = policy
        response.headers[limitName] = "\"client\";r=\(verdict.remaining);t=\(verdict.seconds)"
        return response
    }
}

extension Problem {
    static func tooManyRequests(after seconds: UInt64) -> Problem {
        Problem(
            status: .tooManyRequests, code: "tooManyRequests",
            title: "Too many requests come from this address.",
            detail: "Ask again in \(seconds) s, and not more often than RateLimit-Policy says.",
            headers: [.retryAfter: String(seconds)])
    }

    static let tooManyListenersOfOne = Problem(
        status: .tooManyRequests, code: "tooManyListeners",
        title: "As many listen to events from this address already as may from one.",
        headers: [.retryAfter: "10"])
}
