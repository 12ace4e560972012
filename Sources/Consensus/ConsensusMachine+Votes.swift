import Primitives

/// Own votes. Nowhere else is anything signed.
extension ConsensusMachine {
    /// C3: once for each view, for the leader's first proposal, checked.
    mutating func castNotarize(_ subject: VoteSubject) {
        guard maySign(in: subject.view), let round = rounds.round(subject.view),
            round.ownNotarize == nil, round.ownNullify == nil
        else { return }
        cast(.notarize(subject))
    }

    /// C4, C8: for a certified block, unless the view was given up, or its leader lied.
    mutating func castFinalize(_ subject: VoteSubject) {
        guard maySign(in: subject.view), let round = rounds.round(subject.view),
            round.ownFinalize == nil, round.ownNullify == nil, round.nullification == nil,
            !round.isEquivocated
        else { return }
        cast(.finalize(subject))
    }

    /// C7, C8: gives the current view up, unless its block may become final by an own vote. A node
    /// that is behind waits until it is not (C12).
    mutating func giveUp(_ reason: Reason) {
        guard maySign(in: current), !isBehind else { return }
        let round = rounds.round(current)
        guard round?.ownNullify == nil, round?.ownFinalize == nil else { return }
        if reason == .deadLeader { leaders.countSkip() }
        timers.nullifyResend = now.advanced(
            byMilliseconds: parameters.nullifyResendMilliseconds)
        let view = current
        effects.append(.report(.gaveUp(view, leader: leader, reason)))
        cast(.nullify(epoch, view))
    }

    /// D1: durable, then sent, then counted.
    private mutating func cast(_ statement: Statement) {
        guard let signer, let ownIndex else { return }
        let vote = Vote(
            statement: statement, signer: ownIndex,
            signature: signer.sign(statement.kind.tag, statement.payload(network: network)))
        if has(.sendsBeforePersisting) { broadcast(message(with: vote)) }
        persist(.vote(vote))
        if !has(.sendsBeforePersisting) { broadcast(message(with: vote)) }
        rounds.update(vote.view) { $0.setOwn(vote) }
        lastVotes[ownIndex] = Position(epoch: epoch, view: vote.view)
        if vote.kind == .finalize, finalizeResend == nil { armFinalizeResend() }
        count(vote)
    }

    /// The leader's notarize vote travels with its block.
    func message(with vote: Vote) -> ConsensusMessage {
        vote.kind == .notarize && vote.signer == committee.leader(of: vote.view)
            ? .proposal(vote) : .vote(vote)
    }

    private mutating func armFinalizeResend() {
        finalizeResend = now.advanced(
            byMilliseconds: parameters.finalizeResendMilliseconds)
    }

    /// C7: the same nullify vote again, with the best reason for being in this view, and counted
    /// again: a whole committee that stopped here has only what it kept.
    mutating func resendNullify() {
        guard let vote = rounds.round(current)?.ownNullify else { return }
        timers.nullifyResend = now.advanced(
            byMilliseconds: parameters.nullifyResendMilliseconds)
        if let entry = entryCertificate { broadcast(.certificate(entry)) }
        broadcast(.vote(vote))
        if !has(.forgetsOwnNullify) { count(vote) }
    }

    /// C9: stored finalize votes again, for blocks that are not final. No vote is made here.
    mutating func resendFinalizes() {
        if has(.finalizesAfterNullify) { refinalizeWithoutLooking() }
        let open = has(.sendsFinalizeOnce) ? [] : unsettledFinalizes
        finalizeResend = nil
        guard !open.isEmpty else { return }
        armFinalizeResend()
        for vote in open { broadcast(.vote(vote)) }
    }

    /// The newest own finalize votes whose blocks are not final and can still become so.
    var unsettledFinalizes: [Vote] {
        let open = rounds.rounds.lazy.filter { $0.nullification == nil }.compactMap(\.ownFinalize)
        return Array(open.suffix(ConsensusLimits.resentFinalizes))
    }

    /// The bug of ava-labs 280.
    private mutating func refinalizeWithoutLooking() {
        for round in rounds.rounds where round.ownFinalize == nil {
            guard let subject = round.notarization?.subject else { continue }
            cast(.finalize(subject))
        }
    }

    /// What let this node enter its view: a finalization rather than a nullification, for it
    /// settles more, and that rather than a notarization, which its receiver must certify first.
    package var entryCertificate: Certificate? {
        if current.rawValue == finalised.view.rawValue &+ 1 { return finalised.certificate }
        let previous = rounds.last(below: current) { $0.nullification ?? $0.notarization != nil }
        return previous.flatMap { $0.nullification ?? $0.notarization }
    }
}
