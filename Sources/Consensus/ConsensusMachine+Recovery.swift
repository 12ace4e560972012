import Primitives

/// D4, and the passage from one epoch to the next.
extension ConsensusMachine {
    /// Takes records in as if they happened again, by view and kind, whatever order they were
    /// written in; nothing is asked of the driver until ``Event/started``.
    mutating func replay(_ records: [Record]) {
        isReplaying = true
        for record in ordered(records) {
            switch record {
            case .certificate(let certificate): add(certificate, isOurs: false)
            case .vote(let vote): replay(vote)
            }
        }
        isReplaying = false
    }

    private func ordered(_ records: [Record]) -> [Record] {
        var mine = records.filter {
            ($0.position.epoch == epoch || has(.replaysOtherEpochs))
                && $0.position.view > finalised.view
        }
        if has(.resumesFromLastRecord), let last = mine.last?.position {
            mine.removeAll { $0.isVote && $0.position != last }
        }
        if has(.forgetsVotesOfHighestView), let highest = mine.map(\.position).max() {
            mine.removeAll { $0.isVote && $0.position == highest }
        }
        return mine.sorted { left, right in
            (left.position.view, left.rank) < (right.position.view, right.rank)
        }
    }

    /// An own vote shows that its view was entered, a finalize vote that its block was certified.
    private mutating func replay(_ vote: Vote) {
        guard vote.signer == ownIndex, vote.view > finalised.view else { return }
        rounds.update(vote.view) { round in
            round.setOwn(vote)
            if vote.kind == .finalize, round.notarization?.subject == vote.subject {
                round.certification = .valid
            }
        }
        enter(vote.kind == .finalize ? View(vote.view.rawValue &+ 1) : vote.view)
        if has(.forgetsOwnNullify), vote.kind == .nullify { return }
        count(vote)
    }

    /// Says again what may not have been heard, and asks again what was not answered.
    mutating func start() {
        lastFinalAt = now
        broadcast(.hello(hello))
        if isBehind, let certificate = finalised.certificate {
            effects.append(.finalise(certificate))
        }
        for round in rounds.rounds {
            if round.certification == .none {
                askToCertify(round.view)
            } else if let subject = round.notarization?.subject {
                effects.append(.certify(subject))
            }
        }
        for round in rounds.rounds {
            for kind in Statement.Kind.allCases {
                if let own = round.ownVote(kind) { assemble(own.statement) }
            }
        }
        if let vote = rounds.round(current)?.ownNotarize { broadcast(message(with: vote)) }
        if rounds.round(current)?.ownNullify != nil { resendNullify() }
        resendFinalizes()
    }

    /// The next epoch begins on a boundary block that is final and applied, and only there (S9).
    mutating func begin(_ next: Committee) {
        guard next.epoch.rawValue == epoch.rawValue &+ 1, !isBehind, finalised.view > View(0)
        else { return }
        effects.append(.forget(through: Position(epoch: epoch, view: View(.max))))
        committee = next
        ownIndex = signer.flatMap { next.index(of: $0.publicKey) }
        epochEntry = finalised.certificate
        finalised = FinalPoint(
            view: View(0), blockHash: finalised.blockHash, certificate: nil)
        applied = View(0)
        current = View(1)
        rounds = RoundTable()
        leaders = LeaderWatch(memberCount: next.count)
        aid = PeerAid(memberCount: next.count)
        lastVotes = Array(repeating: nil, count: next.count)
        timers = ViewTimers()
        fetches = FetchQueue()
        finalizeResend = nil
        effects.append(.report(.entered(current)))
        broadcast(.hello(hello))
    }
}

extension Record {
    fileprivate var isVote: Bool {
        if case .vote = self { return true }
        return false
    }

    /// Certificates of a view before own votes, a finalization, which ends it, last.
    fileprivate var rank: UInt8 {
        switch self {
        case .certificate(let certificate):
            certificate.kind == .finalize ? 9 : certificate.kind.rawValue
        case .vote(let vote): 4 + vote.kind.rawValue
        }
    }
}
