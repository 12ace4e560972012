import Foundation
import Logging
import NIOPosix
import Peering
import Primitives
import Synchronization
import Testing

/// What a node reported, for tests that wait for it.
final class EventLog: Sendable {
    private struct State {
        var events: [PeerEvent] = []
        var listeners: [AsyncStream<PeerEvent>.Continuation] = []
    }

    private let state = Mutex(State())

    func add(_ event: PeerEvent) {
        let listeners = state.withLock { state in
            state.events.append(event)
            return state.listeners
        }
        for listener in listeners { listener.yield(event) }
    }

    var events: [PeerEvent] { state.withLock { $0.events } }

    /// All events from the first one on, for ever.
    func all() -> AsyncStream<PeerEvent> {
        let (stream, continuation) = AsyncStream.makeStream(of: PeerEvent.self)
        state.withLock { state in
            for event in state.events { continuation.yield(event) }
            state.listeners.append(continuation)
        }
        return stream
    }

    /// The first event, of the past or to come, of which a test makes something; nil only when
    /// the test is out of time.
    func first<Result>(_ body: (PeerEvent) -> Result?) async -> Result? {
        for await event in all() {
            if let result = body(event) { return result }
        }
        return nil
    }

    @discardableResult
    func connected(_ key: PublicKey, times: Int = 1) async -> PeerRole? {
        var left = times
        return await first { event in
            guard case .connected(key, let role) = event else { return nil }
            left -= 1
            return left == 0 ? role : nil
        }
    }

    func disconnected(_ key: PublicKey) async -> LinkEnd? {
        await first { if case .disconnected(key, let end) = $0 { end } else { nil } }
    }

    func received(_ key: PublicKey) async -> Data? {
        await first { if case .received(key, let bytes) = $0 { bytes } else { nil } }
    }

    func messages(from key: PublicKey) -> [Data] {
        events.compactMap { if case .received(key, let bytes) = $0 { bytes } else { nil } }
    }
}

/// A door that inboxes stand behind while it is shut.
final class Gate: Sendable {
    private let opened: AsyncStream<Void>
    private let open: AsyncStream<Void>.Continuation

    init() { (opened, open) = AsyncStream.makeStream() }

    func release() { open.finish() }
    func pass() async { for await _ in opened {} }
}

/// A node on the loopback with real TLS.
struct TestNode: Sendable {
    let key: PublicKey
    let log = EventLog()
    let service: PeeringService

    /// Members are given without addresses; ``find(_:as:)`` tells them.
    init(
        _ index: Int, members: [Int], observers: ObserverPolicy = .listed([]),
        network: Digest = MachineUnderTest.network, port: Int = 0, gate: Gate? = nil,
        limits change: (inout PeeringLimits) -> Void = { _ in }
    ) throws {
        var configuration = PeeringConfiguration(
            network: network, key: Keys.sorted[index],
            listen: PeerAddress(host: "127.0.0.1", port: port),
            members: members.map { Peer(key: Keys[$0], address: nil) }, observers: observers)
        configuration.limits.tickMilliseconds = 10
        configuration.limits.politenessMilliseconds = 60_000
        configuration.limits.perHost = 64
        configuration.limits.reconnect = .init(minimum: 20, maximum: 100)
        configuration.limits.farewellMilliseconds = 200
        // Tests of these limits set them; elsewhere a busy machine may take its time.
        configuration.limits.connectMilliseconds = 600_000
        configuration.limits.handshakeMilliseconds = 600_000
        configuration.limits.silenceMilliseconds = 600_000
        change(&configuration.limits)
        key = Keys[index]
        let start = ContinuousClock.now
        let environment = PeeringEnvironment(
            time: { UInt64(Date().timeIntervalSince1970 * 1_000) },
            uptime: {
                let (seconds, attoseconds) = (ContinuousClock.now - start).components
                return UInt64(seconds) * 1_000 + UInt64(attoseconds / 1_000_000_000_000_000)
            },
            sleep: { try await Task.sleep(for: .milliseconds(Int64($0))) },
            random: { UInt64.random(in: 0...UInt64.max) })
        let log = log
        service = try PeeringService(
            configuration, environment: environment,
            group: MultiThreadedEventLoopGroup.singleton,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        ) { event in
            if case .received = event { await gate?.pass() }
            log.add(event)
        }
    }

    var port: Int? {
        get async {
            await log.first { if case .listening(let address) = $0 { address.port } else { nil } }
        }
    }

    func status(_ key: PublicKey) -> PeerStatus? { service.peers.first { $0.key == key } }

    /// Connections that were greeted since the start, of all peers.
    var connectionCount: UInt64 { service.peers.reduce(0) { $0 + $1.connections } }

    /// Waits until a status is as it should be.
    func wait(for key: PublicKey, _ isRight: (PeerStatus) -> Bool) async throws {
        while !(status(key).map(isRight) ?? false) {
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    /// Tells the node where a member listens, its only one.
    func find(_ other: TestNode, as key: PublicKey? = nil) async {
        guard let port = await other.port else { return }
        let address = PeerAddress(host: "127.0.0.1", port: port)
        service.setMembers([Peer(key: key ?? other.key, address: address)])
    }
}

/// Runs nodes during a body and stops them afterwards.
func running<Result: Sendable>(
    _ nodes: [TestNode], _ body: () async throws -> Result
) async throws -> Result {
    try await withThrowingTaskGroup(of: Void.self) { tasks in
        for node in nodes { tasks.addTask { try await node.service.run() } }
        let result = try await body()
        tasks.cancelAll()
        try await tasks.waitForAll()
        return result
    }
}

/// Runs members that know each other's addresses.
func meeting<Result: Sendable>(
    _ nodes: [TestNode], _ body: () async throws -> Result
) async throws -> Result {
    try await running(nodes) {
        var book: [Peer] = []
        for node in nodes {
            let port = try #require(await node.port)
            book.append(
                Peer(key: node.key, address: PeerAddress(host: "127.0.0.1", port: port)))
        }
        for node in nodes { node.service.setMembers(book) }
        return try await body()
    }
}
