import Consensus
import Ledger
import Peering
import Primitives
import Wire

/// Who is at the other end: TLS keys of links, and what their owners are in the present epoch.
struct PeerDirectory {
    private let ownKey: PublicKey?
    private let addresses: [String: PeerAddress]
    /// TLS keys of the present authorities, by index; nil where the state holds none.
    private var authorities: [PublicKey?] = []
    private(set) var members: [Peering.Peer] = []
    /// The present authorities by index, for people.
    private(set) var named: [Member] = []
    private(set) var connected: [PublicKey: Consensus.Peer] = [:]
    private var nextObserver: UInt64 = 0

    /// An authority's name, and its TLS key where the state holds one.
    struct Member: Sendable {
        let name: String
        let key: PublicKey?
    }

    init(ownKey: PublicKey?, addresses: [String: PeerAddress]) {
        self.ownKey = ownKey
        self.addresses = addresses
    }

    /// The authorities of an epoch take their places; gives the links that are another's now.
    mutating func take(_ set: AuthoritySet) -> [PublicKey] {
        authorities = set.members.map { PublicKey(bytes: $0.tlsKey) }
        named = zip(set.members, authorities).map { Member(name: $0.name, key: $1) }
        members = zip(set.members, authorities).compactMap { member, key in
            key.map { Peering.Peer(key: $0, address: addresses[member.name]) }
        }
        let keys = Array(connected.keys)
        connected = [:]
        return keys
    }

    mutating func connect(_ key: PublicKey) -> Consensus.Peer {
        if let known = connected[key] { return known }
        let peer: Consensus.Peer
        if let index = authorities.firstIndex(of: key) {
            peer = .authority(index)
        } else {
            peer = .observer(nextObserver)
            nextObserver += 1
        }
        connected[key] = peer
        return peer
    }

    mutating func disconnect(_ key: PublicKey) -> Consensus.Peer? {
        connected.removeValue(forKey: key)
    }

    func key(of peer: Consensus.Peer) -> PublicKey? {
        switch peer {
        case .authority(let index):
            authorities.indices.contains(index) ? authorities[index] : nil
        case .observer: connected.first { $0.value == peer }?.key
        }
    }

    /// Who can be asked for blocks right now: the peer itself, or any other authority with a link,
    /// since whoever answers has to prove it.
    func reachable(insteadOf peer: Consensus.Peer) -> PublicKey? {
        if let key = key(of: peer), connected[key] != nil { return key }
        return others.first { connected[$0] != nil } ?? observers.first
    }

    /// All authorities but this node.
    var others: [PublicKey] { authorities.compactMap(\.self).filter { $0 != ownKey } }

    var observers: [PublicKey] {
        connected.filter { if case .observer = $0.value { true } else { false } }.map(\.key)
    }
}
