package import Primitives

/// Who belongs to the network, and who is punished.
extension PeerMachine {
    /// Replaces the members. Connections to keys that lost their place end, and an address that
    /// changed is dialled at the next occasion.
    package mutating func setMembers(_ list: [Peer], now: UInt64) -> [Instruction] {
        let before = members
        members = [:]
        isMember = list.contains { $0.key == own }
        for peer in list where peer.key != own { members[peer.key] = .some(peer.address) }
        for (key, address) in members where before[key] != .some(address) {
            let wait = politeness(to: key)
            change(key) {
                $0.dialAt = now + wait
                $0.backOff.reset()
            }
        }
        let instructions = removeUnlisted()
        forgetStrangers(now: now)
        return instructions
    }

    package mutating func setObservers(_ policy: ObserverPolicy, now: UInt64) -> [Instruction] {
        observers = policy
        let instructions = removeUnlisted()
        forgetStrangers(now: now)
        return instructions
    }

    /// The pair's other side dials first when its key is the smaller one; nobody dials an observer.
    func politeness(to key: PublicKey) -> UInt64 {
        own < key || !isMember ? 0 : limits.politenessMilliseconds
    }

    private mutating func removeUnlisted() -> [Instruction] {
        links.keys.sorted().flatMap { id -> [Instruction] in
            let dialed: PublicKey? =
                if case .dialed(let key) = links[id]?.direction { key } else { nil }
            if let dialed, members[dialed] == nil { return close(id, .removed) }
            guard let key = links[id]?.key, !listens(to: key) else { return [] }
            return close(id, .removed)
        }
    }

    /// Disconnects a peer that misbehaved and refuses it for a while, longer each time.
    package mutating func punish(_ key: PublicKey, now: UInt64, _ why: LinkEnd) -> [Instruction] {
        punish(key, now: now)
        let ids = links.filter { $0.value.key == key }.keys.sorted()
        let instructions = ids.flatMap { close($0, why) }
        forgetStrangers(now: now)
        return instructions
    }

    mutating func punish(_ key: PublicKey, now: UInt64) {
        let wait = draw()
        let limits = limits
        change(key) { peer in
            // Long good behaviour is a fresh start.
            if now > peer.bannedUntil, now - peer.bannedUntil > limits.ban.maximum {
                peer.ban.reset()
            }
            peer.bannedUntil = now + peer.ban.next(random: wait)
        }
    }

    /// An operator's word: no ban any more, and the next offence counts as the first.
    package mutating func pardon(_ key: PublicKey, now: UInt64) {
        guard peers[key] != nil else { return }
        change(key) {
            $0.ban.reset()
            $0.bannedUntil = 0
            $0.dialAt = now
        }
    }

    package func isBanned(_ key: PublicKey, now: UInt64) -> Bool {
        peers[key].map { $0.bannedUntil > now } ?? false
    }

    /// Forgets keys that are no member's, have no connection and no ban, and of the banned ones
    /// those above the limit.
    mutating func forgetStrangers(now: UInt64) {
        let linked = Set(links.values.compactMap(\.key))
        let strangers = peers.filter { members[$0.key] == nil && !linked.contains($0.key) }
        for (key, peer) in strangers where peer.bannedUntil <= now { peers[key] = nil }
        let banned = strangers.filter { $0.value.bannedUntil > now }
        if banned.count > limits.rememberedBans {
            let sorted = banned.sorted {
                ($0.value.bannedUntil, $0.key) < ($1.value.bannedUntil, $1.key)
            }
            for (key, _) in sorted.prefix(banned.count - limits.rememberedBans) {
                peers[key] = nil
            }
        }
    }
}
