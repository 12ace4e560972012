import API
import Foundation
import Gateway
import Hummingbird
import Ledger
import Logging
import Metrics
import NIOCore
import Node
import Pages
import Peering
import Primitives
import Registry
import ServiceLifecycle
import Store
import UnixSignals
import Wire

/// Puts a node together and runs it until it is told to stop.
enum NodeRunner {
    static func run(_ configuration: NodeConfiguration) async throws {
        if let name = SignatureSelfTest.firstFailure() { throw NodeError.signatureProfile(name) }
        let logger = makeLogger(configuration)
        let site = PublicSite(
            address: configuration.publicAddress,
            members: try configuration.publicMembers.map { try MembersFile.load($0) } ?? [:])
        let metrics = PrometheusRegistry()
        MetricsSystem.bootstrap(metrics)
        let lock = try DirectoryLock(directory: configuration.data)
        let genesis = try GenesisFile.load(configuration.genesis)
        let store = try chain(at: NodeFiles.chain(configuration.data), genesis)
        let profiles = try registry(at: NodeFiles.registry(configuration.data))
        let authority = try authority(configuration, network: genesis.hash)
        let node = try DRECNode(
            genesis: genesis, store: store, profiles: profiles, authority: authority,
            peers: try peers(configuration, store, network: genesis.hash, logger: logger),
            logKey: try configuration.logKey.map { try KeyFile.load($0) },
            checkpointFile: NodeFiles.checkpoint(configuration.data),
            audience: try audience(configuration, store),
            version: drecVersion, environment: SystemClock.environment, logger: logger)
        var limits = configuration.limits
        limits.connections = DescriptorLimit.connections(
            wanted: limits.connections, of: DescriptorLimit.raise())
        let events = EventFeed(gateway: node.gateway)
        // Stopped in the reverse of this order: first it is said, then the ports close, and the
        // driver goes last.
        let optional: [(any Service)?] = [node.peering, node.follower, node.erasures]
        var services: [any Service] = [node.driver]
        services += optional.compactMap(\.self)
        services += [node.cosigner, webhooks(node, events, configuration, logger)]
        for (audience, host, port, name) in [
            (Audience.everyone, configuration.publicHost, configuration.publicPort, "public"),
            (.members, configuration.memberHost, configuration.memberPort, "member"),
        ] {
            let router = router(
                node, audience: audience, site: site, events: events, metrics: metrics,
                logger: logger)
            services.append(
                application(
                    router, host: host, port: port, name: name, limits: limits, logger: logger))
        }
        services.append(StoppingNotice(node.health))
        let limit = StopLimit(logger)
        services.append(limit)
        let running = ServiceGroup(configuration: group(of: services, logger))
        do {
            try await running.run()
        } catch let error as StoreError {
            throw CommandFailure.failed("the node stopped: \(error)")
        } catch let error as IOError where error.errnoCode == EADDRINUSE {
            throw portTaken(configuration)
        }
        try store.close()
        try profiles.close()
        try authority?.safety.close()
        limit.isOver()
        logger.info("stopped")
        withExtendedLifetime(lock) {}
    }

    /// Where one of them fails the others are stopped, not cancelled: an HTTP server that is
    /// cancelled traps over a connection that it has taken in and not begun to serve.
    private static func group(
        of services: [any Service], _ logger: Logger
    ) -> ServiceGroupConfiguration {
        ServiceGroupConfiguration(
            services: services.map {
                .init(service: $0, failureTerminationBehavior: .gracefullyShutdownGroup)
            },
            gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
    }

    private static func portTaken(_ configuration: NodeConfiguration) -> CommandFailure {
        let ports = [configuration.publicPort, configuration.memberPort, configuration.peerPort]
        return .failed(
            "Address already in use: another program has one of the ports "
                + ports.map(String.init).joined(separator: ", "))
    }

    /// The newest blocks are in the `-wal` file, which remains over a stop and goes only together
    /// with the `-shm` file. Without it the chain would begin again where the file behind it ends,
    /// and so may the record of votes: an authority would sign twice and could not know.
    private static func chain(at path: String, _ genesis: GenesisDocument) throws -> ChainStore {
        let files = FileManager.default
        guard !files.fileExists(atPath: path + "-shm") || files.fileExists(atPath: path + "-wal")
        else {
            throw CommandFailure.failed(
                "\(path)-wal is missing, which holds the newest blocks: put it back, or restore")
        }
        return try ChainStore(path: path, genesis: genesis, creating: false)
    }

    /// The keys and the record of votes of an authority; nil for an observer.
    ///
    /// Where there is no record, a new one begins that remembers that it does not know everything:
    /// nothing is signed without the operator's word.
    private static func authority(
        _ configuration: NodeConfiguration, network: Digest
    ) throws -> DRECNode.Authority? {
        guard let path = configuration.voteKey else { return nil }
        let key = try KeyFile.load(path)
        let file = NodeFiles.safety(configuration.data)
        let exists = FileManager.default.fileExists(atPath: file)
        do {
            let safety = try SafetyStore(
                path: file, network: network, key: key.publicKey, creating: exists ? nil : .lost)
            return DRECNode.Authority(
                voteKey: key, safety: safety, mayResume: configuration.resumesSigning)
        } catch let error as StoreError {
            throw CommandFailure.failed("\(file): \(error)")
        }
    }

    private static func peers(
        _ configuration: NodeConfiguration, _ store: ChainStore, network: Digest, logger: Logger
    ) throws -> PeerSettings? {
        let authorities = try store.load().authorities.members.compactMap { member in
            PublicKey(bytes: member.tlsKey).map {
                NodePeers.Authority(name: member.name, tlsKey: $0)
            }
        }
        guard
            let peers = try NodePeers.load(
                configuration, network: network, authorities: authorities)
        else { return nil }
        if !peers.undialled.isEmpty {
            logger.warning(
                "authorities without an address are waited for",
                metadata: ["names": "\(peers.undialled.joined(separator: ", "))"])
        }
        if !peers.unknown.isEmpty {
            logger.warning(
                "addresses of nobody who is an authority now",
                metadata: ["names": "\(peers.unknown.joined(separator: ", "))"])
        }
        return PeerSettings(
            listen: peers.configuration.listen, tlsKey: peers.configuration.key,
            addresses: peers.addresses, observers: peers.configuration.observers)
    }

    /// Who gets profiles from this node, and whom it gets them from.
    private static func audience(
        _ configuration: NodeConfiguration, _ store: ChainStore
    ) throws -> ProfileAudience {
        let readers = try configuration.profileReaders.map {
            try AdmittedObservers.keys(in: $0, "profileReaders")
        }
        guard let name = configuration.profilesFrom else {
            return ProfileAudience(readers: readers ?? [])
        }
        guard configuration.voteKey == nil else {
            throw CommandFailure.failed("profilesFrom: an authority asks all others for profiles")
        }
        let members = try store.load().authorities.members
        guard let member = members.first(where: { $0.name.utf8.elementsEqual(name.utf8) }),
            let key = PublicKey(bytes: member.tlsKey)
        else {
            throw CommandFailure.failed(
                "profilesFrom: no authority is named \(SettingReader.shown(name))")
        }
        return ProfileAudience(readers: readers ?? [], source: key)
    }

    private static func registry(at path: String) throws -> ProfileStore {
        do {
            return try ProfileStore(path: path)
        } catch {
            throw CommandFailure.failed("\(path): \(error)")
        }
    }

    private static func makeLogger(_ configuration: NodeConfiguration) -> Logger {
        LoggingSystem.bootstrap { label in StreamLogHandler.standardError(label: label) }
        var logger = Logger(label: "drec")
        logger.logLevel = Logger.Level(rawValue: configuration.logLevel) ?? .info
        return logger
    }

    private static func application(
        _ router: Router<BasicRequestContext>, host: String, port: Int, name: String,
        limits: ServerLimits, logger: Logger
    ) -> some ApplicationProtocol {
        makePort(
            router, limits: limits, address: .hostname(host, port: port), logger: logger
        ) { channel in
            logger.info(
                "listening",
                metadata: [
                    "endpoint": "\(name)",
                    "address": "\(channel.localAddress.map(String.init(describing:)) ?? "")",
                ])
        }
    }
}
