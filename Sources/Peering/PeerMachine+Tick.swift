import Primitives

/// What time alone brings about.
extension PeerMachine {
    package mutating func tick(now: UInt64, reading: (LinkID) -> LinkReading) -> [Instruction] {
        // A process that was stopped hears nobody: the silence was its own.
        let paused = lastTick.map { now - $0 > limits.silenceMilliseconds / 2 } ?? false
        lastTick = now
        var instructions: [Instruction] = []
        for id in links.keys.sorted() {
            guard let link = links[id], !link.isEnding else { continue }
            switch link.stage {
            case .greeting:
                if paused { links[id]?.deadline += limits.handshakeMilliseconds }
                if now >= links[id]?.deadline ?? 0 {
                    instructions += close(id, .handshakeTimeout)
                }
            case .waiting: break
            case .contending(let since): instructions += decide(id, link, since: since, now: now)
            case .joined:
                instructions += watch(id, reading(id), paused: paused, now: now)
            }
        }
        return instructions + dial(now: now)
    }

    /// Looks at a connection's counters.
    private mutating func watch(
        _ id: LinkID, _ reading: LinkReading, paused: Bool, now: UInt64
    ) -> [Instruction] {
        guard var link = links[id] else { return [] }
        let before = link.reading
        link.reading = reading
        if paused || reading.isHeld
            || reading.traffic.receivedBytes != before.traffic.receivedBytes
        {
            link.heardAt = now
        }
        let sameFrame =
            reading.isInsideFrame
            && reading.traffic.receivedMessages == before.traffic.receivedMessages
        link.frameSince = sameFrame && !paused && !reading.isHeld ? link.frameSince ?? now : nil
        if reading.traffic.sentBytes != before.traffic.sentBytes { link.spokeAt = now }
        let owesWord = now - link.spokeAt >= limits.heartbeatMilliseconds
        if owesWord { link.spokeAt = now }
        links[id] = link

        if now - link.heardAt >= limits.silenceMilliseconds { return close(id, .silent) }
        if let since = link.frameSince, now - since >= limits.frameMilliseconds {
            return close(id, .slowFrame)
        }
        return owesWord ? [.heartbeat(id)] : []
    }

    /// A process that came with the key of a connected one waits until that one was heard again,
    /// then it is a copy, or was not, then it takes the place. What is heard at first may have been
    /// under way for long, so it does not count.
    private mutating func decide(
        _ id: LinkID, _ link: LinkRecord, since: UInt64, now: UInt64
    ) -> [Instruction] {
        guard let key = link.key, let currentID = peers[key]?.joined, let current = links[currentID]
        else { return [] }
        if current.heardAt > since + limits.heartbeatMilliseconds / 2 {
            change(key) { $0.copiesSeen += 1 }
            return close(id, .copiedKey)
        }
        guard now - since >= limits.contentionMilliseconds else { return [] }
        links[id]?.stage = .waiting
        return close(currentID, .silent)
    }

    private mutating func dial(now: UInt64) -> [Instruction] {
        members.keys.sorted().compactMap { key in
            guard let address = members[key].flatMap({ $0 }), let peer = peers[key],
                peer.joined == nil, peer.dialing == nil, now >= peer.dialAt,
                now >= peer.bannedUntil
            else { return nil }
            let id = makeLink()
            links[id] = LinkRecord(
                direction: .dialed(key), place: address.host,
                deadline: now + limits.dialMilliseconds, heardAt: now, spokeAt: now)
            change(key) { $0.dialing = id }
            return .dial(id, key, address)
        }
    }

    /// All members and whoever else is connected or banned, by key.
    package func status(now: UInt64, time: UInt64, reading: (LinkID) -> LinkReading) -> [PeerStatus]
    {
        peers.keys.sorted().compactMap { key in
            guard let peer = peers[key] else { return nil }
            let address = members[key].flatMap { $0 }
            var connection = PeerStatus.Connection.waiting(milliseconds: nil)
            var traffic = peer.past
            if let id = peer.joined, let link = links[id], case .joined(let since) = link.stage {
                connection = .connected(
                    since: time - min(time, now - min(now, since)), place: link.place)
                traffic = traffic + reading(id).traffic
            } else if peer.dialing != nil {
                connection = .connecting
            } else if address != nil {
                let moment = max(peer.dialAt, peer.bannedUntil)
                connection = .waiting(milliseconds: moment - min(moment, now))
            }
            return PeerStatus(
                key: key, role: role(of: key), address: address, connection: connection,
                connections: peer.connections, traffic: traffic, lastEnd: peer.lastEnd,
                bannedMilliseconds: peer.bannedUntil - min(peer.bannedUntil, now),
                copiesSeen: peer.copiesSeen)
        }
    }

    /// Messages for a key without a connection.
    mutating func countUnsent(_ key: PublicKey) {
        guard peers[key] != nil else { return }
        change(key) { $0.past.unsent += 1 }
    }
}
