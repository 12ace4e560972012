import Consensus
import Gateway
package import Ledger
package import Logging
import Merkle
package import Peering
package import Primitives
package import Registry
package import Store

/// A node's parts, joined: what answers outsiders, and the services that drive the chain and keep
/// the connections.
package struct DRECNode: Sendable {
    package let gateway: NodeGateway
    package let driver: ReplicaDriver
    /// Nil where the node is its whole network.
    package let peering: PeeringService?
    /// Nil where there is nobody to ask.
    package let follower: ProfileFollower?
    package let cosigner: LogCosigner
    /// Nil where there is nobody to hear from.
    package let erasures: ErasureFollower?
    package let health: NodeHealth

    /// Transactions that were received and are not final yet.
    package var pendingTransactions: Int { gateway.inbox.pendingCount }
    /// Transactions that found the inbox full since the node started.
    package var droppedTransactions: UInt64 { gateway.inbox.droppedCount }

    /// What makes a node an authority.
    package struct Authority: Sendable {
        package let voteKey: SigningKey
        package let safety: SafetyStore
        /// The operator's word that it may sign although its votes were lost.
        package let mayResume: Bool

        package init(voteKey: SigningKey, safety: SafetyStore, mayResume: Bool = false) {
            self.voteKey = voteKey
            self.safety = safety
            self.mayResume = mayResume
        }
    }

    /// - Parameters:
    ///   - authority: nil for an observer.
    ///   - logKey: signs the log's checkpoints; nil for a node without one.
    ///   - audience: observers that profiles are given to, and whom an observer gets them from.
    ///   - checkpointFile: where the cosigned checkpoint is kept; nil keeps it in memory alone.
    ///   - peers: nil for a node that is its whole network.
    /// - Throws: ``PeeringError``, ``StoreError``.
    package init(
        genesis: GenesisDocument, store: ChainStore, profiles: ProfileStore,
        authority: Authority?, peers: PeerSettings? = nil, logKey: SigningKey? = nil,
        checkpointFile: String? = nil, audience: ProfileAudience = ProfileAudience(),
        version: String,
        limits: NodeLimits = NodeLimits(), environment: NodeEnvironment, logger: Logger
    ) throws {
        let inbox = Inbox(limits: limits)
        let checked = CheckedTransactions()
        let signers = KnownSigners()
        health = NodeHealth()
        health.whenStopping { [deadlines = inbox.deadlines] in
            deadlines.shorten(to: .milliseconds(limits.stopMilliseconds))
        }
        let exchange = ProfileExchange(network: genesis.hash, store: store, profiles: profiles)
        let questions = ProfileQuestions()
        let shelf = CosignatureShelf()
        let mailbox = ErasureMailbox()
        let reception = Reception(
            network: genesis.hash, inbox: inbox, checked: checked, store: store,
            questions: questions, shelf: shelf, erasures: mailbox, audience: audience,
            logger: logger)
        peering = try peers.map {
            try DRECNode.peering(
                $0, genesis, try store.load().authorities, reception, environment, logger)
        }
        gateway = NodeGateway(
            network: NetworkIdentity(
                name: genesis.name, hash: genesis.hash, genesis: genesis.json.canonicalBytes),
            store: store, profiles: profiles, inbox: inbox, checked: checked, signers: signers,
            health: health, version: version, environment: environment, peering: peering,
            gate: ReadGate(limit: limits.reads), shelf: shelf, audience: audience)
        cosigner = LogCosigner(
            origin: Checkpoint.origin(name: genesis.name, network: genesis.hash), key: logKey,
            store: store, health: health, shelf: shelf, peering: peering, file: checkpointFile,
            limits: limits, environment: environment, logger: logger)
        // What others ask is answered only where somebody said so: authorities, and an observer
        // that knows its member.
        let pause = limits.profilePauseMilliseconds
        let isTold = authority != nil || audience.source != nil
        follower =
            peering.flatMap { peering in
                guard isTold else { return nil }
                return ProfileFollower(
                    network: genesis.hash, exchange: exchange, questions: questions,
                    peering: peering, audience: audience, pauseMilliseconds: pause, logger: logger)
            }
        erasures = peering.map {
            ErasureFollower(
                exchange: exchange, mailbox: mailbox, audience: audience, isTold: isTold,
                peering: $0, pauseMilliseconds: pause, logger: logger)
        }
        driver = ReplicaDriver(
            store: store, safety: authority?.safety, network: genesis.hash,
            signer: authority?.voteKey, mayResume: authority?.mayResume ?? false, peers: peers,
            peering: peering, inbox: inbox, checked: checked, signers: signers, exchange: exchange,
            health: health, environment: environment, logger: logger)
    }

    private static func peering(
        _ peers: PeerSettings, _ genesis: GenesisDocument, _ authorities: AuthoritySet,
        _ reception: Reception, _ environment: NodeEnvironment, _ logger: Logger
    ) throws -> PeeringService {
        var directory = PeerDirectory(
            ownKey: peers.tlsKey.publicKey, addresses: peers.addresses)
        _ = directory.take(authorities)
        var configuration = PeeringConfiguration(
            network: genesis.hash, key: peers.tlsKey, listen: peers.listen,
            members: directory.members, observers: peers.observers)
        configuration.limits = peers.limits
        return try PeeringService(
            configuration,
            environment: PeeringEnvironment(
                time: environment.time, uptime: environment.uptime,
                sleep: { try await Task.sleep(for: .milliseconds(Int64(clamping: $0))) },
                random: environment.random),
            logger: logger, inbox: { await reception.take($0) })
    }
}
