package import Foundation
package import Logging
package import NIOCore
import NIOPosix
package import Primitives
import ServiceLifecycle

/// The node's connections with members and observers, from ``run()`` to its end.
package struct PeeringService: Service {
    /// Takes events in order; those of one peer never overlap. While it waits for room, nothing
    /// more is read from that peer. It returns early when its task is cancelled.
    package typealias Inbox = @Sendable (PeerEvent) async -> Void

    let configuration: PeeringConfiguration
    let environment: PeeringEnvironment
    let identity: TLSIdentity
    let group: any EventLoopGroup
    let instance: Instance
    let table: LinkTable
    let inbox: Inbox
    let logger: Logger

    /// - Throws: ``PeeringError/identity(_:)``.
    package init(
        _ configuration: PeeringConfiguration, environment: PeeringEnvironment,
        group: any EventLoopGroup, logger: Logger, inbox: @escaping Inbox
    ) throws(PeeringError) {
        self.configuration = configuration
        self.environment = environment
        self.group = group
        self.logger = logger
        self.inbox = inbox
        identity = try TLSIdentity(
            key: configuration.key,
            farewellMilliseconds: configuration.limits.farewellMilliseconds)
        instance = Instance(high: environment.random(), low: environment.random())
        table = LinkTable(configuration, environment)
    }

    /// On the process' shared event loops.
    ///
    /// - Throws: ``PeeringError/identity(_:)``.
    package init(
        _ configuration: PeeringConfiguration, environment: PeeringEnvironment, logger: Logger,
        inbox: @escaping Inbox
    ) throws(PeeringError) {
        try self.init(
            configuration, environment: environment,
            group: MultiThreadedEventLoopGroup.singleton, logger: logger, inbox: inbox)
    }

    /// Listens, dials and serves until it is stopped or cancelled; then says goodbye and closes.
    ///
    /// - Throws: ``PeeringError/listen(_:_:)``.
    package func run() async throws {
        try await cancelWhenGracefulShutdown {
            try await serveAll()
        }
    }

    // MARK: Sending

    /// Queues a message. Never waits: a peer that does not keep up loses its oldest votes, or the
    /// connection.
    @discardableResult
    package func send(_ message: Data, to key: PublicKey, lane: Lane) -> SendOutcome {
        let limit = lane == .votes ? FrameLimits.message : FrameLimits.blockRun
        guard message.count <= limit else { return .tooLong }
        guard let link = table.link(to: key) else { return .notConnected }
        switch link.outbox.put(message, lane) {
        case nil: return .notConnected
        case .queued: return .queued
        case .droppedVotes(let count):
            link.meter.dropped(votes: count)
            PeeringMetrics.dropped(votes: count)
            return .queued
        case .overflowed:
            table.step { machine, _, _ in machine.close(link.id, .tooSlow) }
            return .overflowed
        }
    }

    // MARK: Ruling

    /// Replaces the members, for a new set of authorities or a changed address.
    package func setMembers(_ members: [Peer]) {
        table.step { machine, now, _ in machine.setMembers(members, now: now) }
    }

    package func setObservers(_ policy: ObserverPolicy) {
        table.step { machine, now, _ in machine.setObservers(policy, now: now) }
    }

    /// Disconnects a peer whose messages are wrong, and refuses it for a while, longer each time.
    package func punish(_ key: PublicKey, why: String) {
        logger.warning("peer misbehaved", metadata: ["peer": "\(key)", "why": "\(why)"])
        table.step { machine, now, _ in
            machine.punish(key, now: now, .misbehaved(why))
        }
    }

    /// An operator's word: the peer's ban and its record are gone.
    package func pardon(_ key: PublicKey) {
        table.step { machine, now, _ in
            machine.pardon(key, now: now)
            return []
        }
    }

    // MARK: Looking

    /// All members but the node itself, and whoever else is connected or banned, by key.
    package var peers: [PeerStatus] { table.status }

    /// Where the node listens; nil before it does.
    package var listening: PeerAddress? { table.listening }
}

/// The service's name in logs.
extension PeeringService: CustomStringConvertible {
    package var description: String { "peering" }
}
