package import Ledger
package import Peering
package import Primitives

/// Whom a node connects with: what its settings, its TLS key and the authorities together say.
package struct NodePeers: Sendable {
    /// All authorities are members in it, in the order of their turns, the node's own included.
    package let configuration: PeeringConfiguration
    /// Where authorities are dialled, by their names.
    package let addresses: [String: PeerAddress]
    /// Other authorities that have no address: they are awaited and not dialled.
    package let undialled: [String]
    /// Names in the file of addresses that are no authority's now: of one that is to come, or
    /// misspelt.
    package let unknown: [String]

    /// An authority as far as its connections are concerned.
    package struct Authority: Equatable, Sendable {
        package let name: String
        package let tlsKey: PublicKey

        package init(name: String, tlsKey: PublicKey) {
            (self.name, self.tlsKey) = (name, tlsKey)
        }
    }

    /// Whom the founding document names.
    ///
    /// - Returns: Nil for a node that has no peers: the only authority, without a TLS key.
    /// - Throws: As ``load(_:network:authorities:)``.
    package static func load(
        _ configuration: NodeConfiguration, genesis: GenesisDocument
    ) throws -> NodePeers? {
        try load(
            configuration, network: genesis.hash,
            authorities: genesis.authorities.map { Authority(name: $0.name, tlsKey: $0.tlsKey) })
    }

    /// Reads the TLS key, the file of addresses and that of observers.
    ///
    /// - Parameter authorities: those that vote, and those that may soon.
    /// - Throws: ``CommandFailure/failed(_:)`` where a file is wrong, or where the TLS key is
    ///   missing among several authorities.
    package static func load(
        _ configuration: NodeConfiguration, network: Digest, authorities: [Authority]
    ) throws -> NodePeers? {
        guard let path = configuration.tlsKey else {
            guard authorities.count == 1 else {
                throw CommandFailure.failed(
                    "tlsKey: is missing; the network has \(authorities.count) authorities")
            }
            return nil
        }
        let key = try KeyFile.load(path, option: "tlsKey")
        var file = PeersFile([:])
        if let peers = configuration.peers {
            do {
                file = try PeersFile.load(peers)
            } catch let failure as CommandFailure {
                throw CommandFailure.failed("peers: \(failure)")
            }
        }
        return NodePeers(
            configuration: PeeringConfiguration(
                network: network, key: key,
                listen: PeerAddress(host: configuration.peerHost, port: configuration.peerPort),
                members: authorities.map { authority in
                    Peer(key: authority.tlsKey, address: file.addresses[authority.name])
                },
                observers: try configuration.observers.policy()),
            addresses: file.addresses,
            undialled: authorities.filter { authority in
                authority.tlsKey != key.publicKey && file.addresses[authority.name] == nil
            }.map(\.name), unknown: file.unknown(among: authorities.map(\.name)))
    }
}
