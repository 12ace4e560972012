package import Primitives

/// A connection's way from the socket to its end.
extension PeerMachine {
    /// A socket was accepted.
    ///
    /// - Throws: ``LinkEnd/full``; it costs nothing more than closing it.
    package mutating func accept(from place: String, now: UInt64) throws(LinkEnd) -> LinkID {
        var halfOpen = 0
        var samePlace = 0
        for link in links.values where link.direction == .accepted {
            if !link.isJoined { halfOpen += 1 }
            let isAuthority =
                link.isJoined && link.key.map { role(of: $0) } == .authority
            if link.place == place, !isAuthority { samePlace += 1 }
        }
        guard halfOpen < limits.halfOpen, samePlace < limits.perHost else { throw .full }
        let id = makeLink()
        links[id] = LinkRecord(
            direction: .accepted, place: place, deadline: now + limits.handshakeMilliseconds,
            heardAt: now, spokeAt: now)
        return id
    }

    /// TLS is done and shows a key.
    ///
    /// - Throws: why the connection is not wanted.
    package mutating func secured(_ id: LinkID, _ key: PublicKey, now: UInt64) throws(LinkEnd) {
        guard var link = links[id], !link.isEnding else { throw .removed }
        if case .dialed(let expected) = link.direction, key != expected {
            throw .handshake("not the dialled key")
        }
        // Lists may have changed during the handshake.
        guard listens(to: key) else { throw .removed }
        link.key = key
        links[id] = link
        guard key != own else { throw .ownKey }
        guard !isBanned(key, now: now) else { throw .banned }
    }

    /// The other side said hello. The connection is admitted, closed, or waits.
    package mutating func greeted(
        _ id: LinkID, _ hello: Hello, now: UInt64, reading: (LinkID) -> LinkReading
    ) -> [Instruction] {
        guard let link = links[id], let key = link.key, !link.isEnding else { return [] }
        links[id]?.instance = hello.instance
        guard hello.network == network else { return close(id, .otherNetwork) }
        guard let currentID = peers[key]?.joined, let current = links[currentID] else {
            guard role(of: key) == .authority || joinedObservers < limits.observers else {
                return close(id, .full)
            }
            return join(id, key, now: now)
        }
        guard peers[key]?.next == nil else { return close(id, .duplicate) }
        if current.isEnding { return wait(id, key, .waiting) }
        guard current.instance == hello.instance else {
            links[currentID]?.reading = reading(currentID)
            return wait(id, key, .contending(since: now))
        }
        guard current.direction == link.direction || isDialledBySmaller(link, key) else {
            return close(id, .duplicate)
        }
        return wait(id, key, .waiting) + close(currentID, .replaced)
    }

    private var joinedObservers: Int {
        links.values.count { link in
            link.isJoined && link.key.map { role(of: $0) } == .observer
        }
    }

    /// Of two connections of a pair the one survives that the smaller key dialled.
    private func isDialledBySmaller(_ link: LinkRecord, _ key: PublicKey) -> Bool {
        link.direction == .accepted ? key < own : own < key
    }

    private mutating func wait(
        _ id: LinkID, _ key: PublicKey, _ stage: LinkRecord.Stage
    ) -> [Instruction] {
        links[id]?.stage = stage
        change(key) { $0.next = id }
        return []
    }

    mutating func join(_ id: LinkID, _ key: PublicKey, now: UInt64) -> [Instruction] {
        links[id]?.stage = .joined(since: now)
        links[id]?.heardAt = now
        links[id]?.spokeAt = now
        change(key) {
            $0.joined = id
            $0.connections += 1
        }
        return [.admit(id, role(of: key))]
    }

    /// A connection is no more, or could not be made, and whoever uses it was told.
    package mutating func ended(
        _ id: LinkID, _ end: LinkEnd, last: LinkReading, now: UInt64
    ) -> [Instruction] {
        guard let link = links.removeValue(forKey: id) else { return [] }
        let dialed: PublicKey? =
            if case .dialed(let key) = link.direction { key } else { nil }
        guard let key = link.key ?? dialed else { return [] }
        if link.key != nil, end.isOffence, end.isOwnFinding { punish(key, now: now) }
        let lot = draw()
        let polite = politeness(to: key)
        let limits = limits
        change(key) { peer in
            peer.past = peer.past + last.traffic
            if end != .duplicate { peer.lastEnd = end }
            if peer.next == id { peer.next = nil }
            if dialed != nil, peer.dialing == id { peer.dialing = nil }
            let wasJoined = peer.joined == id
            if wasJoined {
                peer.joined = nil
                if case .joined(let since) = link.stage, now - since >= limits.stableMilliseconds {
                    peer.backOff.reset()
                }
            }
            if wasJoined || dialed != nil {
                let wait = peer.backOff.next(random: lot) + (wasJoined ? polite : 0)
                peer.dialAt = min(now + limits.reconnect.maximum, now + wait)
            }
        }
        if peers[key]?.joined == nil, let next = peers[key]?.next, links[next]?.isEnding == false {
            change(key) { $0.next = nil }
            return join(next, key, now: now)
        }
        forgetStrangers(now: now)
        return []
    }

    /// Where the peer's present connection leads, for a report of a copied key.
    package func place(of key: PublicKey) -> String? {
        peers[key]?.joined.flatMap { links[$0]?.place }
    }
}

extension LinkEnd {
    /// Misbehaviour seen on the connection itself; a complaint has been punished already.
    fileprivate var isOwnFinding: Bool {
        if case .misbehaved = self { false } else { true }
    }
}
