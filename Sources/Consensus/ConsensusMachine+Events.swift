import Primitives

extension ConsensusMachine {
    mutating func take(_ event: Event) {
        switch event {
        case .started: start()
        case .received(let message, let peer): receive(message.value, from: peer)
        case .heard(let peer, let statement):
            note(peer)
            if let statement { help(peer, saying: statement) }
        case .connected(let peer): effects.append(.send(.hello(hello), to: peer))
        case .timerFired: break
        case .workChanged(let isPending): takeWork(isPending)
        case .built(let view, let hash): takeBlock(view, hash)
        case .nothingToBuild(let view):
            guard view == current else { return }
            rounds.update(view) { round in
                if case .asked = round.building { round.building = .nothing }
            }
        case .buildFailed(let view):
            guard view == current else { return }
            rounds.update(view) { $0.building = .failed }
        case .verified(let subject, let isValid): takeVerification(subject, isValid)
        case .certified(let subject, let isValid): takeCertification(subject, isValid)
        case .finalised(let view, let height):
            guard view > applied, view <= finalised.view else { return }
            applied = view
            self.height = max(self.height, height)
            effects.append(.forget(through: Position(epoch: epoch, view: view)))
        case .epochStarted(let next): begin(next)
        case .maySign(let position): signsAbove = position
        }
    }

    private mutating func takeWork(_ isPending: Bool) {
        hasWork = isPending
        guard isPending else { return }
        rounds.update(current) { round in
            if round.building == .nothing { round.building = .none }
        }
    }

    private mutating func receive(_ message: ConsensusMessage, from peer: Peer) {
        if case .authority(let index) = peer, index == ownIndex {
            // Only a second process with this key can be at the other end.
            if case .vote(let vote) = message { takeForeign(vote) }
            if case .proposal(let vote) = message { takeForeign(vote) }
            return
        }
        note(peer)
        switch message {
        case .proposal(let vote), .vote(let vote):
            guard peer == .authority(vote.signer) else { return }
            help(peer, saying: vote.statement)
            guard isWanted(vote) else { return }
            if lastVotes.indices.contains(vote.signer) {
                lastVotes[vote.signer] = Position(epoch: vote.epoch, view: vote.view)
            }
            count(vote)
        case .certificate(let certificate):
            add(certificate, isOurs: false)
        case .hello(let hello): greet(hello, from: peer)
        case .fetch(let key): answer(key, to: peer)
        }
    }

    /// A vote with the own key that came over a link: the key is in use elsewhere (S4). From here
    /// on two honest machines could contradict each other, so this one falls silent.
    private mutating func takeForeign(_ vote: Vote) {
        guard vote.signer == ownIndex, vote.epoch == epoch, signer != nil else { return }
        let own = rounds.round(vote.view)?.ownVote(vote.kind)
        guard own != vote else { return }
        signer = nil
        effects.append(.report(.ownKeyElsewhere(vote)))
        for kind in Statement.Kind.allCases {
            guard let own = rounds.round(vote.view)?.ownVote(kind),
                let evidence = Evidence(own, vote)
            else { continue }
            effects.append(.report(.evidence(evidence)))
        }
    }

    /// Notes that a peer is alive (C10).
    private mutating func note(_ peer: Peer) {
        guard case .authority(let index) = peer, index != ownIndex,
            committee.keys.indices.contains(index)
        else { return }
        hasHeardPeer = true
        leaders.heard(index)
    }

    /// What a driver should do with a message before it spends time on signatures.
    package enum Admission: Sendable {
        /// Check it, then hand it in by ``Event/received(_:from:)``.
        case check
        /// It changes nothing: ``Event/heard(_:_:)`` is enough.
        case hear
    }

    /// Whether a message, not checked yet, could change anything (C13).
    package func admission(of message: ConsensusMessage) -> Admission {
        switch message {
        case .proposal(let vote), .vote(let vote): isWanted(vote) ? .check : .hear
        case .certificate(let certificate): isWanted(certificate) ? .check : .hear
        case .hello, .fetch: .check
        }
    }

    /// Votes for views above the final one and at most for the next one; where a view lies far
    /// back, only those that can still make a notarized block final.
    func isWanted(_ vote: Vote) -> Bool {
        guard vote.epoch == epoch, vote.view > finalised.view,
            vote.view.rawValue <= current.rawValue &+ 1,
            committee.key(at: vote.signer) != nil
        else { return false }
        let round = rounds.round(vote.view)
        if vote.view.rawValue &+ ConsensusLimits.voteWindow < current.rawValue {
            guard vote.kind == .finalize, round?.notarization != nil else { return false }
        }
        guard let first = round?[vote.kind].vote(of: vote.signer) else { return true }
        guard let evidence = Evidence(first, vote) else { return false }
        let fault = Round.ReportedFault(signer: vote.signer, fault: evidence.fault)
        return round?.reportedFaults.contains(fault) == false
    }

    /// Certificates of any view above the final one, one for each view and kind.
    func isWanted(_ certificate: Certificate) -> Bool {
        certificate.epoch == epoch && certificate.view > finalised.view
            && rounds.round(certificate.view)?.certificate(certificate.kind) == nil
    }
}
