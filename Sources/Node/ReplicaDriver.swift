import Consensus
import Gateway
import Ledger
import Logging
import Metrics
import Peering
import Primitives
import Replica
import ServiceLifecycle
import Store

/// Owns the replica machine: reads the inbox, tells the machine, obeys it.
///
/// The machine lives in a local variable of ``run()``. Every effect is complete, and durable where
/// it has to be, before the next one begins, and no input is taken before all are obeyed (D1).
package struct ReplicaDriver: Service {
    let store: ChainStore
    /// The own votes; nil for an observer.
    let safety: SafetyStore?
    let network: Digest
    let signer: SigningKey?
    let mayResume: Bool
    let peers: PeerSettings?
    let peering: PeeringService?
    let inbox: Inbox
    let checked: CheckedTransactions
    let signers: KnownSigners
    let exchange: ProfileExchange
    let health: NodeHealth
    let environment: NodeEnvironment
    let logger: Logger
    let heightGauge = Gauge(label: "drec_consensus_height")
    let viewGauge = Gauge(label: "drec_consensus_view")

    package func run() async throws {
        defer { inbox.close() }
        var loop = try ReplicaLoop(self)
        try await withThrowingDiscardingTaskGroup { group in
            let deadlines = inbox.deadlines
            group.addTask { await deadlines.run() }
            do {
                try await loop.start(in: &group)
                for await _ in inbox.signals.cancelOnGracefulShutdown() {
                    try await loop.take(inbox.takeAll(), in: &group)
                }
            } catch is CancellationError {
                // Told to stop while the disk was full: nothing was acknowledged.
            }
            group.cancelAll()
        }
    }
}

/// The service's name in logs.
extension ReplicaDriver: CustomStringConvertible {
    package var description: String { "driver" }
}

/// Why a node cannot start or go on.
package enum NodeError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The vote key is not the one of any authority of a network of one.
    case notTheAuthority
    /// The library of signatures answers otherwise than the network's profile asks for.
    case signatureProfile(String)
    /// Another process uses the data directory.
    case locked(String)
    /// A file of the data directory cannot be opened for writing, and why.
    case unusable(String, String)
    /// An authority signs only what it can remember.
    case noVotes

    package var description: String {
        switch self {
        case .notTheAuthority: "the vote key is not the network's authority"
        case .signatureProfile(let name): "libsodium judges a signature wrongly: \(name)"
        case .locked(let path): "another process uses \(path)"
        case .unusable(let path, let reason): "cannot write to \(path): \(reason)"
        case .noVotes: "an authority needs the file of its votes"
        }
    }
}
