package import Hummingbird
package import HummingbirdCore
package import Logging
package import NIOCore

/// A port of the node: its routes behind its limits, for the application and for tests.
///
/// - Parameters:
///   - address: where it listens.
///   - onServerRunning: told of the listening channel.
package func makePort(
    _ router: Router<BasicRequestContext>, limits: ServerLimits, address: BindAddress,
    logger: Logger? = nil, onServerRunning: @escaping @Sendable (any Channel) async -> Void
) -> Application<PortResponder> {
    Application(
        responder: PortResponder(router, limits: limits),
        server: .http1(configuration: limits.http1(ConnectionTable(limits))),
        configuration: limits.configuration(address: address),
        onServerRunning: onServerRunning, logger: logger)
}
