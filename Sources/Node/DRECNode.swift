import Gateway
package import Ledger
package import Logging
package import Primitives
package import Registry
package import Store

/// A node's parts, joined: what answers outsiders, and the service that drives the chain.
package struct DRECNode: Sendable {
    package let gateway: NodeGateway
    package let driver: ChainDriver
    package let health: NodeHealth

    /// Transactions that were received and are not final yet.
    package var pendingTransactions: Int { gateway.inbox.pendingCount }
    /// Transactions that found the inbox full since the node started.
    package var droppedTransactions: UInt64 { gateway.inbox.droppedCount }

    /// - Parameters:
    ///   - voteKey: the authority's key; it signs every block.
    ///   - clock: milliseconds since 1970; made once, by the caller.
    package init(
        genesis: GenesisDocument, store: ChainStore, profiles: ProfileStore,
        voteKey: SigningKey, version: String, limits: NodeLimits = NodeLimits(),
        clock: @escaping @Sendable () -> UInt64, logger: Logger
    ) {
        let inbox = Inbox(limits: limits)
        health = NodeHealth()
        gateway = NodeGateway(
            network: NetworkIdentity(
                name: genesis.name, hash: genesis.hash, genesis: genesis.json.canonicalBytes),
            store: store, profiles: profiles, inbox: inbox, health: health, version: version,
            clock: clock, gate: ReadGate(limit: limits.reads))
        driver = ChainDriver(
            store: store, network: genesis.hash, voteKey: voteKey, inbox: inbox,
            health: health, clock: clock, logger: logger)
    }
}
