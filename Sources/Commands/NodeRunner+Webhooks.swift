import API
import Gateway
import Logging
import Node
import ServiceLifecycle
import Webhooks

extension NodeRunner {
    /// Tells the operator's targets of events.
    static func webhooks(
        _ node: DRECNode, _ events: EventFeed, _ configuration: NodeConfiguration,
        _ logger: Logger
    ) -> WebhookService {
        let limits = WebhookLimits()
        return WebhookService(
            feed: events, network: node.gateway.network.hash,
            files: WebhookFiles(data: configuration.data), limits: limits,
            environment: WebhookEnvironment(
                time: SystemClock.environment.time,
                sleep: { try await Task.sleep(for: .milliseconds(Int64(clamping: $0))) },
                sender: { HTTPWebhookSender($0, limits: limits) }),
            loadKey: { try KeyFile.load($0) }, report: { node.health.note(webhooks: $0) },
            logger: logger)
    }
}
