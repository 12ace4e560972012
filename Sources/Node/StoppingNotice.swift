import ServiceLifecycle

/// Says that the node is not ready as soon as it is told to stop, while its ports still answer.
///
/// Services stop in the reverse of their order: this one belongs last.
package struct StoppingNotice: Service {
    let health: NodeHealth

    package init(_ health: NodeHealth) { self.health = health }

    package func run() async throws {
        // Cancelling means stopping too.
        try? await gracefulShutdown()
        health.stops()
    }
}
