import Consensus
import Ledger
import Peering
import Primitives
import Replica
import Store
import Wire

/// Inputs become events of the machine.
extension ReplicaLoop {
    mutating func events(of input: Input, in group: inout Group) -> [ReplicaMachine.Event] {
        switch input {
        case .submitted(let transaction): return [.submitted(transaction, isOwn: true)]
        case .passedOn(let transactions, let share):
            share.giveBack()
            return transactions.map { .submitted($0, isOwn: false) }
        case .connected(let key): return [.connected(directory.connect(key))]
        case .disconnected(let key):
            return directory.disconnect(key).map { [.disconnected($0)] } ?? []
        case .message(let message, let key, let share):
            return admit(message, from: key, share, in: &group)
        case .checked(let event, _, let certificate, let share):
            share.giveBack()
            // Looked at again once the machine knows this one.
            for other in certificate.map({ checks.end($0) }) ?? [] {
                inbox.put(.message(other.message, from: other.from, other.share))
            }
            if let event { noteClock(of: event) }
            return event.map { [$0] } ?? []
        case .profileAsked(let root, let key, let share):
            answer(profile: root, to: key, share, in: &group)
            return []
        case .misbehaved(let key, let why):
            driver.peering?.punish(key, why: why)
            return []
        case .served(let key):
            if let query = service.next(of: key) { answer(query, to: key, in: &group) }
            return []
        case .woke(let instant):
            return alarm.woke(instant, driver.environment.uptime()) ? [.timerFired] : []
        }
    }

    /// While the blocks of one run are written, the next one's signatures are checked.
    mutating func checkRuns(in group: inout Group) {
        for run in inbox.takeRuns(where: { machine.admission(of: $0) == .check }) {
            guard case .message(let message, let key, let share) = run else { continue }
            _ = admit(message, from: key, share, in: &group)
        }
    }

    /// Hands a message to a check where it is worth one.
    private mutating func admit(
        _ message: PeerMessage, from key: PublicKey, _ share: PeerWindow.Share,
        in group: inout Group
    ) -> [ReplicaMachine.Event] {
        guard let peer = directory.connected[key] else {
            share.giveBack()
            return []
        }
        if case .hear(let statement) = machine.admission(of: message) {
            share.giveBack()
            return [.heard(peer, statement)]
        }
        if case .fetchBlocks(let query) = message {
            share.giveBack()
            return [.asked(query, by: peer)]
        }
        let certificate = message.certificateKey
        if let certificate, !checks.begin(certificate, (message, key, share)) { return [] }
        let checker = MessageChecker(network: driver.network, checked: driver.checked)
        let committee = machine.committee
        let inbox = inbox
        group.addTask {
            let event = await checker.event(of: message, from: peer, committee: committee)
            inbox.put(.checked(event, from: key, certificate, share))
        }
        return []
    }

    /// Answers a question for blocks from the store, on another thread.
    mutating func answer(_ query: BlockQuery, to key: PublicKey, in group: inout Group) {
        let (store, inbox, peering) = (store, inbox, driver.peering)
        group.addTask {
            // A question that cannot be answered is asked again, of another peer.
            let run = try? await store.read { access in
                try BlockRun(answering: query, from: StoredChain(access: access))
            }
            if let run = run ?? nil {
                peering?.send(PeerMessage.blocks(run).bytes, to: key, lane: .bulk)
            }
            inbox.put(.served(key))
        }
    }

    /// Answers an authority's question for a profile from the registry.
    private func answer(
        profile root: Digest, to key: PublicKey, _ share: PeerWindow.Share, in group: inout Group
    ) {
        let (exchange, peering) = (driver.exchange, driver.peering)
        group.addTask {
            // Without an answer the question goes to another authority.
            if let bytes = try? await exchange.answer(to: root).answerBytes {
                peering?.send(PeerMessage.profileAnswer(bytes).bytes, to: key, lane: .bulk)
            }
            share.giveBack()
        }
    }

    /// What a proposal says about its leader's clock.
    private func noteClock(of event: ReplicaMachine.Event) {
        guard case .received(let message, let block?, .authority) = event,
            case .proposal = message.value
        else { return }
        let now = driver.environment.time()
        let offset = Int64(clamping: block.header.timeMilliseconds) - Int64(clamping: now)
        health.note { $0.clockOffsetMilliseconds = offset }
    }
}
