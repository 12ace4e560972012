package import API
package import Gateway
package import Logging
package import Primitives
import ServiceLifecycle

/// Clock and network of webhooks, made by whoever starts the node.
package struct WebhookEnvironment: Sendable {
    /// Milliseconds since 1970.
    package let time: @Sendable () -> UInt64
    package let sleep: @Sendable (_ milliseconds: UInt64) async throws -> Void
    package let sender: @Sendable (WebhookTarget) -> any WebhookSender

    package init(
        time: @escaping @Sendable () -> UInt64,
        sleep: @escaping @Sendable (UInt64) async throws -> Void,
        sender: @escaping @Sendable (WebhookTarget) -> any WebhookSender
    ) {
        self.time = time
        self.sleep = sleep
        self.sender = sender
    }
}

/// Tells the targets of a node's operator what becomes final, each at its own pace.
///
/// The file of targets is looked at now and then; when it has changed, all begin anew where they
/// were.
package struct WebhookService: Service {
    private let feed: EventFeed
    private let network: Digest
    private let files: WebhookFiles
    private let limits: WebhookLimits
    private let environment: WebhookEnvironment
    private let loadKey: @Sendable (String) throws -> SigningKey
    private let board: WebhookBoard
    private let logger: Logger

    /// - Parameters:
    ///   - loadKey: reads the key that messages are signed with.
    ///   - report: told how all webhooks are, whenever that changes.
    package init(
        feed: EventFeed, network: Digest, files: WebhookFiles,
        limits: WebhookLimits = WebhookLimits(), environment: WebhookEnvironment,
        loadKey: @escaping @Sendable (String) throws -> SigningKey,
        report: @escaping @Sendable ([OperationStatus.Webhook]) -> Void, logger: Logger
    ) {
        self.feed = feed
        self.network = network
        self.files = files
        self.limits = limits
        self.environment = environment
        self.loadKey = loadKey
        board = WebhookBoard(report)
        self.logger = logger
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled { try? await tellUntilChanged() }
        }
    }

    private func tellUntilChanged() async throws {
        let version = files.version
        let couriers = couriers()
        board.keep(couriers.map(\.target))
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                while files.version == version {
                    try await Task.sleep(for: .milliseconds(Int64(limits.lookMilliseconds)))
                }
                return true
            }
            for courier in couriers {
                group.addTask {
                    // A client that is not shut down is a fault of its owner's.
                    let result = await outcome { try await courier.run() }
                    await courier.sender.close()
                    try result.get()
                    return false
                }
            }
            while let hasChanged = try await group.next(), !hasChanged {}
            group.cancelAll()
        }
    }

    /// None where the files cannot be read, which is logged.
    private func couriers() -> [WebhookCourier] {
        do {
            let targets = try files.loadTargets()
            guard !targets.isEmpty else { return [] }
            let key = try loadKey(files.key)
            return targets.map { target in
                WebhookCourier(
                    target: target, feed: feed, network: network, key: key, files: files,
                    limits: limits, environment: environment, sender: environment.sender(target),
                    board: board, logger: logger)
            }
        } catch {
            logger.error("webhooks cannot be read", metadata: ["error": "\(error)"])
            return []
        }
    }

    private func outcome(_ body: () async throws -> Void) async -> Result<Void, any Error> {
        do { return .success(try await body()) } catch { return .failure(error) }
    }
}
