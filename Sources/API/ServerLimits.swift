package import Hummingbird
package import HummingbirdCore
import NIOCore

/// How much one port of a node takes on: a client that says nothing is let go, and there is an end
/// to how many may be connected.
package struct ServerLimits: Sendable {
    /// Seconds for which a client may be silent: between requests, or in the midst of one.
    package var idleSeconds: Int64 = 60
    /// Connections at once; further ones wait in the system's queue.
    package var connections = 1_024

    package init() {}

    /// The channel of a server that keeps the limits.
    package var http1: HTTP1Channel.Configuration {
        HTTP1Channel.Configuration(idleTimeout: .seconds(idleSeconds))
    }

    /// Where a server listens, and how many it lets in.
    package func configuration(address: BindAddress) -> ApplicationConfiguration {
        ApplicationConfiguration(
            address: address, serverName: "drec",
            availableConnectionsDelegate: MaximumAvailableConnections(connections))
    }
}
