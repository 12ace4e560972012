import API
import Hummingbird
import Logging
import Node
import Pages

extension NodeRunner {
    /// What a port answers: the reads, for members what they submit, and the pages.
    static func router(
        _ node: DRECNode, audience: Audience, site: PublicSite, events: EventFeed,
        metrics: PrometheusRegistry, logger: Logger
    ) -> Router<BasicRequestContext> {
        let router = makeRouter(
            for: audience, gateway: node.gateway, events: events,
            metrics: {
                metrics.setGauge("drec_pending_transactions", Double(node.pendingTransactions))
                metrics.setGauge("drec_event_listeners", Double(events.listenerCount))
                metrics.setGauge("drec_dropped_transactions", Double(node.droppedTransactions))
                return metrics.text()
            },
            report: { failure in
                logger.error(
                    "request failed",
                    metadata: [
                        "request": "\(failure.requestID)", "route": "\(failure.route)",
                        "code": "\(failure.code)", "error": "\(failure.errorType)",
                    ])
            })
        PageRoutes(gateway: node.gateway, isForMembers: audience == .members, site: site)
            .add(to: router)
        return router
    }
}
