import Primitives

extension ConsensusMachine {
    /// Counts a checked vote, an own one included, and makes the certificate that it completes.
    mutating func count(_ vote: Vote) {
        let isLeaders = vote.kind == .notarize && vote.signer == committee.leader(of: vote.view)
        let outcome = rounds.update(vote.view) { round in
            let outcome = round[vote.kind].add(vote)
            if case .added = outcome, isLeaders { round.proposal = vote }
            return outcome
        }
        switch outcome {
        case .known: return
        case .conflict(let first): convict(first, vote)
        case .added:
            if isLeaders, vote.view == current { lastProposalAt = now }
            compareWithOtherKind(vote)
            assemble(vote.statement)
        }
    }

    /// Nullify and finalize by one authority in one view contradict each other (C8).
    private mutating func compareWithOtherKind(_ vote: Vote) {
        let other: Statement.Kind
        switch vote.kind {
        case .notarize: return
        case .nullify: other = .finalize
        case .finalize: other = .nullify
        }
        if let first = rounds.round(vote.view)?[other].vote(of: vote.signer) {
            convict(first, vote)
        }
    }

    /// Reports two votes that contradict each other, each fault of an authority once.
    private mutating func convict(_ first: Vote, _ second: Vote) {
        guard let evidence = Evidence(first, second) else { return }
        let isLeaders =
            evidence.fault == .conflictingNotarize
            && second.signer == committee.leader(of: second.view)
        let isNew = rounds.update(second.view) { round in
            if isLeaders { round.isEquivocated = true }
            return round.reportedFaults.insert(
                Round.ReportedFault(signer: second.signer, fault: evidence.fault)
            ).inserted
        }
        if isNew { effects.append(.report(.evidence(evidence))) }
        guard isLeaders, has(.notarizesTwice), let subject = second.subject else { return }
        rounds.update(second.view) { round in
            round.ownNotarize = nil
            round.verification = .valid(subject)
            round.proposal = second
        }
    }

    /// C4, C5, C6: a quorum of votes becomes a certificate.
    mutating func assemble(_ statement: Statement) {
        guard !isReplaying, let round = rounds.round(statement.view),
            round.certificate(statement.kind) == nil,
            let votes = round[statement.kind].quorum(committee.quorum, for: statement)
        else { return }
        add(Certificate(statement: statement, votes: votes), isOurs: true)
    }

    /// Takes a checked certificate of any view in; those made here are broadcast once.
    mutating func add(_ certificate: Certificate, isOurs: Bool) {
        guard isWanted(certificate) else { return }
        persist(.certificate(certificate))
        if isOurs { broadcast(.certificate(certificate)) }
        switch certificate.statement {
        case .notarize: notarized(certificate)
        case .nullify: nullified(certificate)
        case .finalize(let subject): finalise(subject, certificate)
        }
    }

    /// C4: the block may be built on once it is certified.
    private mutating func notarized(_ certificate: Certificate) {
        rounds.update(certificate.view) { $0.notarization = certificate }
        askToCertify(certificate.view)
    }

    /// Asks whether a notarized block is here and executes, in nullified views too: others may have
    /// certified it, and build on it (C4).
    mutating func askToCertify(_ view: View) {
        guard !isReplaying, let round = rounds.round(view), round.certification == .none,
            let subject = round.notarization?.subject
        else { return }
        if has(.stopsCertifyingAfterNullify), round.ownNullify != nil { return }
        rounds.update(view) { $0.certification = .asked }
        effects.append(.certify(subject))
    }

    /// C4: certified is entered, finalized and built on; not valid is given up.
    mutating func takeCertification(_ subject: VoteSubject, _ isValid: Bool) {
        guard subject.epoch == epoch, let round = rounds.round(subject.view),
            round.certification == .asked, round.notarization?.subject == subject
        else { return }
        rounds.update(subject.view) { $0.certification = isValid ? .valid : .invalid }
        guard isValid else { return }
        dropNullificationsIfDeviating(below: subject.view)
        let next = View(subject.view.rawValue &+ 1)
        castFinalize(subject)
        enter(next)
    }

    private mutating func dropNullificationsIfDeviating(below view: View) {
        guard has(.dropsNullifications) else { return }
        rounds.updateAll { if $0.view < view { $0.nullification = nil } }
    }

    /// C5: the view is over, and may be skipped.
    private mutating func nullified(_ certificate: Certificate) {
        let view = certificate.view
        let wasSilent = rounds.update(view) { round in
            round.nullification = certificate
            return round.proposal == nil
        }
        if wasSilent { leaders.suspect(committee.leader(of: view), ownIndex: ownIndex) }
        enter(View(view.rawValue &+ 1))
    }

    /// C6: the block and all its ancestors are final, whatever this node thought of them.
    private mutating func finalise(_ subject: VoteSubject, _ certificate: Certificate) {
        finalised = FinalPoint(
            view: subject.view, blockHash: subject.blockHash, certificate: certificate)
        if subject.view == current { learnFromLeaving(isFinal: true) }
        rounds.removeAll(through: subject.view)
        lastFinalAt = now
        leaders.startCounting()
        patience.blockBecameFinal()
        if !isReplaying { effects.append(.finalise(certificate)) }
        enter(View(subject.view.rawValue &+ 1))
    }

    /// C1: only forward. What was known of the new view before stands.
    mutating func enter(_ view: View) {
        guard view > current || (has(.entersBackwards) && view != current) else { return }
        learnFromLeaving()
        current = view
        timers = ViewTimers()
        releaseOldVotes()
        if !isReplaying { effects.append(.report(.entered(view))) }
    }

    /// C1: whether the view that is left makes the next ones longer or shorter. One that was passed
    /// by, of which this node saw no end, says nothing.
    private mutating func learnFromLeaving(isFinal: Bool = false) {
        guard !has(.keepsTimersFixed), let round = rounds.round(current) else { return }
        let isCertified = isFinal || round.certification == .valid
        if isCertified {
            let elapsed = timers.busySince.map { now.milliseconds - $0.milliseconds } ?? 0
            patience.viewWasCertified(after: elapsed)
        }
        if round.ownNullify != nil || round.nullification != nil {
            if !isFinal { patience.viewWasLost(faults: committee.faults) }
        } else if isCertified {
            patience.viewWasKept(leaderTimeout: parameters.leaderTimeoutMilliseconds)
        }
    }

    /// C13: votes of views that lie far back are let go, where they cannot finalise anything.
    private mutating func releaseOldVotes() {
        let current = current.rawValue
        rounds.updateAll { round in
            guard round.view.rawValue &+ ConsensusLimits.voteWindow < current else { return }
            round.notarizes.removeAll()
            round.nullifies.removeAll()
            if round.notarization == nil { round.finalizes.removeAll() }
        }
    }

    mutating func persist(_ record: Record) {
        if !isReplaying { effects.append(.persist(record)) }
    }

    /// Sends to the other authorities, if there are any.
    mutating func broadcast(_ message: ConsensusMessage) {
        if !isAlone { effects.append(.broadcast(message)) }
    }
}
