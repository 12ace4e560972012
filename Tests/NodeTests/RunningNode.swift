import Foundation
import Gateway
import Ledger
import Logging
import Merkle
import Node
import Primitives
import Registry
import SampleNetworks
import ServiceLifecycle
import Store
import SwiftProtobuf
import Synchronization
import Testing
import Wire

/// All suites of the node, one test after another: a driver's commit blocks its thread, and many
/// drivers at once would leave none for their readers.
@Suite("A node", .serialized)
enum NodeSuites {}

/// Milliseconds for what must come about: long, for all tests share the machine, and nothing waits
/// so long but a failure.
let patience = 300_000

/// A directory of its own that goes with the value.
final class Directory: Sendable {
    let path: String
    var chain: String { path + "/chain.sqlite" }
    var registry: String { path + "/registry.sqlite" }
    var safety: String { path + "/safety.sqlite" }

    init() throws {
        path = NSTemporaryDirectory() + "drec-node-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// A clock that stands still until it is set.
final class StandingClock: Sendable {
    private let now: Mutex<UInt64>

    init(_ milliseconds: UInt64 = SampleNetwork.beginning) { now = Mutex(milliseconds) }

    var milliseconds: UInt64 { now.withLock { $0 } }
    func set(_ value: UInt64) { now.withLock { $0 = value } }
}

extension NodeEnvironment {
    /// Blocks have the clock's time; deadlines pass all the same.
    static func standing(_ clock: StandingClock) -> NodeEnvironment {
        let start = ContinuousClock.now
        return NodeEnvironment(
            time: { clock.milliseconds },
            uptime: {
                let (seconds, attoseconds) = (ContinuousClock.now - start).components
                return UInt64(seconds) * 1_000 + UInt64(attoseconds / 1_000_000_000_000_000)
            }, random: { UInt64.random(in: 0...UInt64.max) })
    }
}

/// A node with its files.
struct RunningNode {
    let node: DRECNode
    let store: ChainStore
    let profiles: ProfileStore
    let safety: SafetyStore

    var gateway: NodeGateway { node.gateway }

    init(
        _ network: SampleNetwork, in directory: Directory,
        clock: StandingClock = StandingClock(), voteKey: SigningKey = SampleNetwork.voteKey,
        limits: NodeLimits = NodeLimits()
    ) throws {
        store = try ChainStore(
            path: directory.chain, genesis: network.genesis,
            creating: !FileManager.default.fileExists(atPath: directory.chain), durable: false)
        profiles = try ProfileStore(path: directory.registry)
        safety = try SafetyStore(
            path: directory.safety, network: network.genesis.hash, key: voteKey.publicKey,
            creating: FileManager.default.fileExists(atPath: directory.safety) ? nil : .complete,
            durable: false)
        node = try DRECNode(
            genesis: network.genesis, store: store, profiles: profiles,
            authority: DRECNode.Authority(voteKey: voteKey, safety: safety), version: "test",
            limits: limits, environment: .standing(clock), logger: Logger(label: "test"))
    }

    func close() throws {
        try store.close()
        try profiles.close()
        try safety.close()
    }

    /// Runs the driver while the body runs, then stops it as a signal does.
    func running<Result: Sendable>(
        _ body: @Sendable (NodeGateway) async throws -> Result
    ) async throws -> Result {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let services = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [.init(service: node.driver)], logger: logger))
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await services.run() }
            let result: Result
            do {
                result = try await body(gateway)
            } catch {
                await services.triggerGracefulShutdown()
                throw error
            }
            await services.triggerGracefulShutdown()
            try await group.waitForAll()
            return result
        }
    }
}

extension NodeGateway {
    /// Submits and waits until it is final or refused.
    func submit(_ bytes: Data) async throws -> Digest {
        let id = try await submit(Array(bytes))
        return try #require(try await final(id, withinMilliseconds: patience)).id
    }

    /// The refusal that a submission gets, or nil.
    func refusal(_ bytes: Data) async throws -> Refusal? {
        do {
            _ = try await submit(bytes)
            return nil
        } catch let refusal as Refusal {
            return refusal
        }
    }
}

/// Waits until something holds.
func eventually(_ condition: () async throws -> Bool) async throws -> Bool {
    let deadline = ContinuousClock.now + .milliseconds(patience)
    while ContinuousClock.now < deadline {
        if try await condition() { return true }
        try await Task.sleep(for: .milliseconds(5))
    }
    return false
}

/// The code of a gateway's error or its kind, for a comparison.
func gatewayError(_ operation: () async throws -> Void) async -> GatewayError? {
    do {
        try await operation()
        return nil
    } catch {
        return error as? GatewayError
    }
}
