import Gateway
import Hummingbird

/// What whoever runs a node asks: whether it lives, whether it is ready, and its metrics.
struct HealthRoutes: Sendable {
    let gateway: any LedgerGateway
    /// The metrics in Prometheus' text format.
    let metrics: @Sendable () -> String

    func add(to table: inout RouteTable) {
        table.get("/livez") { request, _ in HealthRoutes.text("ok\n", request) }
        table.get("/readyz") { request, _ in
            if let reason = try await gateway.status().notReadyBecause {
                throw Problem.notReady(reason)
            }
            return HealthRoutes.text("ok\n", request)
        }
        table.get("/metrics") { request, _ in
            HealthRoutes.text(metrics(), type: "text/plain; version=0.0.4; charset=utf-8", request)
        }
    }

    private static func text(
        _ text: String, type: String = "text/plain; charset=utf-8", _ request: Request
    ) -> Response {
        Answer(Array(text.utf8), type: type, .none).response(to: request)
    }
}
