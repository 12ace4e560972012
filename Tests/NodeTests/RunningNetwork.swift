import Foundation
import Gateway
import Ledger
import Logging
import Node
import Peering
import Primitives
import Registry
import SampleNetworks
import ServiceLifecycle
import Store
import Synchronization
import Testing

/// Nodes of one network in this process, each with its own files, over real connections.
///
/// An authority's address is told to those that start after it: of each pair one dials.
final class RunningNetwork: Sendable {
    struct Member: Sendable {
        let node: DRECNode
        let store: ChainStore
        let profiles: ProfileStore
        let safety: SafetyStore?
        let services: ServiceGroup
        let run: Task<Void, any Error>
        var gateway: NodeGateway { node.gateway }
    }

    let network: SampleNetwork
    /// Of all nodes.
    let clock = StandingClock()
    private let directories: [String: Directory]
    private let members = Mutex<[String: Member]>([:])
    private let addresses = Mutex<[String: PeerAddress]>([:])

    init(_ network: SampleNetwork, authorities: [String], observers: [String] = []) throws {
        self.network = network
        var directories: [String: Directory] = [:]
        for name in authorities + observers { directories[name] = try Directory() }
        self.directories = directories
    }

    subscript(name: String) -> Member {
        get throws { try #require(members.withLock { $0[name] }) }
    }

    var all: [Member] { members.withLock { Array($0.values) } }

    func directory(of name: String) throws -> Directory { try #require(directories[name]) }

    /// - Parameters:
    ///   - isObserver: whether it runs without a vote key.
    ///   - audience: whom it gives profiles to beyond the authorities, and gets them from.
    ///   - alarms: takes what is logged for people to act on.
    func start(
        _ name: String, isObserver: Bool = false, mayResume: Bool = false,
        audience: ProfileAudience = ProfileAudience(), alarms: Alarms? = nil
    ) async throws {
        let directory = try directory(of: name)
        func isNew(_ path: String) -> Bool { !FileManager.default.fileExists(atPath: path) }
        let isFirst = isNew(directory.chain)
        let store = try ChainStore(
            path: directory.chain, genesis: network.genesis, creating: isFirst, durable: false)
        let profiles = try ProfileStore(path: directory.registry)
        let voteKey = key("\(name) vote")
        let safety =
            isObserver
            ? nil
            : try SafetyStore(
                path: directory.safety, network: network.genesis.hash, key: voteKey.publicKey,
                creating: isNew(directory.safety) ? (isFirst ? .complete : .lost) : nil,
                durable: false)
        var logger = Logger(label: name)
        if let alarms { logger = Logger(label: name) { _ in AlarmHandler(alarms: alarms) } }
        logger.logLevel = .critical
        var peers = PeerSettings(
            listen: PeerAddress(host: "127.0.0.1", port: 0), tlsKey: key("\(name) tls"),
            addresses: addresses.withLock { $0 }, observers: .anyone)
        peers.limits.tickMilliseconds = 10
        peers.limits.reconnect = .init(minimum: 20, maximum: 200)
        peers.limits.politenessMilliseconds = 0
        var limits = NodeLimits()
        limits.profilePauseMilliseconds = 50
        limits.cosignPauseMilliseconds = 20
        limits.cosignSettleMilliseconds = 50
        let node = try DRECNode(
            genesis: network.genesis, store: store, profiles: profiles,
            authority: safety.map {
                DRECNode.Authority(voteKey: voteKey, safety: $0, mayResume: mayResume)
            }, peers: peers, logKey: isObserver ? nil : key("\(name) log"),
            checkpointFile: directory.path + "/checkpoint", audience: audience, version: "test",
            limits: limits,
            environment: .standing(clock), logger: logger)
        let peering = try #require(node.peering)
        var parts: [ServiceGroupConfiguration.ServiceConfiguration] = [
            .init(service: node.driver), .init(service: peering), .init(service: node.cosigner),
        ]
        if let follower = node.follower { parts.append(.init(service: follower)) }
        if let erasures = node.erasures { parts.append(.init(service: erasures)) }
        let services = ServiceGroup(
            configuration: ServiceGroupConfiguration(services: parts, logger: logger))
        let run = Task { try await services.run() }
        members.withLock {
            $0[name] = Member(
                node: node, store: store, profiles: profiles, safety: safety,
                services: services, run: run)
        }
        let isListening = try await eventually { peering.listening != nil }
        #expect(isListening)
        guard !isObserver, let address = peering.listening else { return }
        addresses.withLock { $0[name] = address }
    }

    func stop(_ name: String) async throws {
        let member = try self[name]
        members.withLock { $0[name] = nil }
        addresses.withLock { $0[name] = nil }
        await member.services.triggerGracefulShutdown()
        try await member.run.value
        try member.store.close()
        try member.profiles.close()
        try member.safety?.close()
    }

    func stopAll() async throws {
        for name in members.withLock({ Array($0.keys) }) { try await stop(name) }
    }

    /// Waits until all nodes that run have the same head, of at least this many transactions.
    func agree(transactions: UInt64) async throws -> Bool {
        try await eventually {
            var heads: Set<Digest> = []
            for member in self.all {
                let status = try await member.gateway.status()
                guard status.logSize >= transactions else { return false }
                heads.insert(status.headHash)
            }
            return heads.count == 1
        }
    }
}

/// Critical lines of a node's log.
final class Alarms: Sendable {
    private let lines = Mutex<[String]>([])

    var all: [String] { lines.withLock { $0 } }

    func add(_ line: String) { lines.withLock { $0.append(line) } }
}

private struct AlarmHandler: LogHandler {
    let alarms: Alarms
    var metadata = Logger.Metadata()
    var logLevel = Logger.Level.critical

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { alarms.add("\(event.message)") }
}
