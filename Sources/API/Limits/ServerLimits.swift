package import Hummingbird
package import HummingbirdCore
import NIOCore

/// How much one port of a node takes on, and how long it waits for a client.
package struct ServerLimits: Equatable, Sendable {
    /// Seconds for which a connection may be silent between two requests.
    package var idleSeconds: Int64 = 60
    /// Seconds until a new connection must have sent the head of its first request.
    package var headSeconds: Int64 = 20
    /// Seconds from the head of a request to its end.
    package var requestSeconds: Int64 = 60
    /// Seconds for which an answer may wait and nothing of it be taken.
    package var stallSeconds: Int64 = 60
    /// What the system itself may hold of an answer, in bytes. A client's progress is seen in
    /// steps of a part of it, and it is memory too.
    package var sendBuffer = 128 * 1_024
    /// Seconds between two looks at a connection.
    package var lookSeconds: Int64 = 5
    /// Seconds that are left to answers when the node stops.
    package var stopSeconds: Int64 = 5

    /// Connections at once. Beyond it, the one that has kept the node waiting longest gives way.
    package var connections = 8_192
    /// Connections of one client's address.
    package var connectionsPerAddress = 128
    /// Bytes of answers that wait for clients, in all; beyond it, the connection that has not taken
    /// its answer for longest gives way. Answers of less than ``largeAnswer`` bytes do not count.
    package var waitingBytes = 64 * 1_024 * 1_024
    package static let largeAnswer = 16 * 1_024

    /// Bytes of final answers that are kept ready.
    package var readyBytes = 16 * 1_024 * 1_024

    /// Parts of requests that may wait on a connection for the one ahead of them; a request is two
    /// parts at least.
    package var queuedParts = 256

    /// Bytes of a request's head, and of one of its fields.
    package var headBytes = 16 * 1_024
    package var fieldCount = 100

    /// Requests that one client's address may make in the long run; 0 for as many as it likes.
    package var requestsPerSecond = 100
    /// Requests that it may make at once after a pause.
    package var burst = 1_000
    /// Addresses whose requests are counted, the latest ones.
    package var addresses = 100_000
    /// Listeners to events of one client's address at once.
    package var listenersPerAddress = 64
    /// Whether limits of one address hold for clients on the node's own machine too.
    package var limitsLoopback = false
    /// A field in which a proxy on the node's own machine says whose request it passes on, such as
    /// `X-Forwarded-For`; nil where there is none.
    package var clientHeader: String?

    package init() {}

    /// Where a server listens, and how many it lets in.
    ///
    /// The system's queue is for what comes while another connection gives way.
    package func configuration(address: BindAddress) -> ApplicationConfiguration {
        ApplicationConfiguration(
            address: address, serverName: "drec", backlog: 1_024,
            availableConnectionsDelegate: MaximumAvailableConnections(connections + 64))
    }

    /// The channel of a server whose connections are in a table.
    func http1(_ table: ConnectionTable) -> HTTP1Channel.Configuration {
        HTTP1Channel.Configuration(
            additionalChannelHandlers: [ConnectionWatch(table)],
            idleTimeout: .seconds(idleSeconds),
            httpDecoderConfiguration: .init(
                maxHeaderFieldSize: headBytes, maxHeaderListSize: headBytes,
                maxHeaderFieldCount: fieldCount))
    }
}
