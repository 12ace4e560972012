package import Peering
package import Primitives

/// How a node meets the others of its network.
package struct PeerSettings: Sendable {
    package var listen: PeerAddress
    package var tlsKey: SigningKey
    /// Where authorities are dialled, by their names in the network's state. An authority without
    /// an address is waited for.
    package var addresses: [String: PeerAddress]
    package var observers: ObserverPolicy
    package var limits = PeeringLimits()

    package init(
        listen: PeerAddress, tlsKey: SigningKey, addresses: [String: PeerAddress],
        observers: ObserverPolicy
    ) {
        self.listen = listen
        self.tlsKey = tlsKey
        self.addresses = addresses
        self.observers = observers
    }
}
