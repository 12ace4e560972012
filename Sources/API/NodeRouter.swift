package import Gateway
package import Hummingbird

/// Whom a port serves.
package enum Audience: Sendable {
    /// Anyone: reads only.
    case everyone
    /// Members: the same reads, and what they submit.
    case members
}

/// Builds all that a port of the node answers, but for the pages; application and tests use this.
///
/// Every answer passes through the problem documents' layer, also those of routes that are added to
/// the router afterwards.
///
/// - Parameters:
///   - audience: whether the routes of members are there at all.
///   - metrics: the metrics in Prometheus' text format.
///   - report: told of each request that failed on the node's side.
///   - events: where listeners hear from; the port's own where none is given.
package func makeRouter(
    for audience: Audience, gateway: any LedgerGateway, events: EventFeed? = nil,
    metrics: @escaping @Sendable () -> String,
    report: @escaping @Sendable (FailureReport) -> Void
) -> Router<BasicRequestContext> {
    let router = Router(
        context: BasicRequestContext.self, options: .autoGenerateHeadEndpoints)
    router.add(middleware: ProblemMiddleware(report: report))
    let events = events ?? EventFeed(gateway: gateway)
    routeTable(for: audience, events: events, metrics: metrics).install(in: router)
    return router
}

/// The routes of a port as text, `GET /v1/status`, in ascending order.
package func routeNames(for audience: Audience, gateway: any LedgerGateway) -> [String] {
    let events = EventFeed(gateway: gateway)
    let table = routeTable(for: audience, events: events, metrics: { "" })
    return table.routes.flatMap { path, methods in
        methods.map { "\($0.rawValue) \(path)" }
    }.sorted()
}

private func routeTable(
    for audience: Audience, events: EventFeed, metrics: @escaping @Sendable () -> String
) -> RouteTable {
    let gateway = events.gateway
    var table = RouteTable()
    HealthRoutes(gateway: gateway, metrics: metrics).add(to: &table)
    PublicRoutes(gateway: gateway, events: events).add(to: &table)
    if audience == .members { MemberRoutes(gateway: gateway).add(to: &table) }
    // A place first, so that the document describes its own address.
    table.get(OpenAPI.path) { _, _ in throw Problem.notFound }
    let answer = Answer(OpenAPI.document(of: table), .head)
    table.get(OpenAPI.path) { request, _ in answer.response(to: request) }
    return table
}
