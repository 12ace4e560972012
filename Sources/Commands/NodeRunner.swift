import API
import Foundation
import Gateway
import Hummingbird
import Ledger
import Logging
import Metrics
import Node
import Pages
import Primitives
import Registry
import ServiceLifecycle
import Store
import UnixSignals

/// Puts a node together and runs it until it is told to stop.
enum NodeRunner {
    /// How long stopping may take; what is not done by then is cut off.
    private static let longestStop = Duration.seconds(20)

    static func run(_ configuration: NodeConfiguration) async throws {
        if let name = SignatureSelfTest.firstFailure() { throw NodeError.signatureProfile(name) }
        let logger = makeLogger(configuration)
        let metrics = PrometheusRegistry()
        MetricsSystem.bootstrap(metrics)
        let lock = try DirectoryLock(directory: configuration.data)
        let genesis = try GenesisFile.load(configuration.genesis)
        let store = try ChainStore(
            path: NodeFiles.chain(configuration.data), genesis: genesis, creating: false)
        let profiles = try registry(at: NodeFiles.registry(configuration.data))
        let node = DRECNode(
            genesis: genesis, store: store, profiles: profiles,
            voteKey: try KeyFile.load(configuration.voteKey ?? ""), version: drecVersion,
            clock: SystemClock.milliseconds, logger: logger)
        // Stopped in the reverse of this order: first it is said, then the ports close, and the
        // driver goes last.
        var group = ServiceGroupConfiguration(
            services: [
                .init(service: node.driver),
                .init(
                    service: application(
                        router(node, audience: .everyone, metrics: metrics, logger: logger),
                        host: configuration.publicHost, port: configuration.publicPort,
                        name: "public", logger: logger)),
                .init(
                    service: application(
                        router(node, audience: .members, metrics: metrics, logger: logger),
                        host: configuration.memberHost, port: configuration.memberPort,
                        name: "member", logger: logger)),
                .init(service: StoppingNotice(node.health)),
            ], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        group.maximumGracefulShutdownDuration = longestStop
        let services = ServiceGroup(configuration: group)
        do {
            try await services.run()
        } catch let error as StoreError {
            throw CommandFailure.failed("the node stopped: \(error)")
        }
        try store.close()
        try profiles.close()
        logger.info("stopped")
        withExtendedLifetime(lock) {}
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
        logger: Logger
    ) -> some ApplicationProtocol {
        let limits = ServerLimits()
        return Application(
            router: router, server: .http1(configuration: limits.http1),
            configuration: limits.configuration(address: .hostname(host, port: port)),
            onServerRunning: { channel in
                logger.info(
                    "listening",
                    metadata: [
                        "endpoint": "\(name)",
                        "address": "\(channel.localAddress.map(String.init(describing:)) ?? "")",
                    ])
            }, logger: logger)
    }
}
