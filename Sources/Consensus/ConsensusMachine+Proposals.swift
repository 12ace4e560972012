import Primitives

/// C2 and C3: what a leader builds on, and what a voter accepts.
extension ConsensusMachine {
    /// What is known of a proposal's parent.
    enum Ancestry: Equatable {
        case ready(Digest)
        /// Evidence is missing: these certificates, or only time.
        case waiting([CertificateKey])
        /// Wrong for ever.
        case invalid
    }

    /// C2 for voters. Missing evidence is not invalidity: it is fetched and waited for.
    func ancestry(of subject: VoteSubject) -> Ancestry {
        guard subject.parentView < subject.view, subject.parentView >= finalised.view else {
            return .invalid
        }
        var missing: [CertificateKey] = []
        let parent: Digest?
        if subject.parentView == finalised.view {
            parent = finalised.blockHash
        } else {
            let round = rounds.round(subject.parentView)
            if round?.certification == .invalid { return .invalid }
            parent = round?.certification == .valid ? round?.notarization?.subject?.blockHash : nil
            if round?.notarization == nil {
                missing.append(key(.notarize, subject.parentView))
            }
        }
        if !has(.skipsWithoutNullification) {
            missing += unproven(between: subject.parentView, and: subject.view)
        }
        guard missing.isEmpty, let parent else { return .waiting(missing) }
        return .ready(parent)
    }

    /// The skipped views that no nullification is known of, the first ones.
    private func unproven(between parent: View, and view: View) -> [CertificateKey] {
        var missing: [CertificateKey] = []
        var skipped = parent.rawValue &+ 1
        while skipped < view.rawValue, missing.count < ConsensusLimits.fetches {
            if rounds.round(View(skipped))?.nullification == nil {
                missing.append(key(.nullify, View(skipped)))
            }
            skipped += 1
        }
        return missing
    }

    private func key(_ kind: Statement.Kind, _ view: View) -> CertificateKey {
        CertificateKey(epoch: epoch, view: view, kind: kind)
    }

    /// C2 for leaders: the highest certified view, and what proves the views since then skipped. A
    /// view without proof may be one that others have certified: both are asked for.
    func parentForOwnBlock() -> (view: View, ancestry: Ancestry) {
        let certified = rounds.last(below: current) { $0.certification == .valid }
        let view = certified?.view ?? finalised.view
        let hash = certified?.notarization?.subject?.blockHash ?? finalised.blockHash
        let unproven = unproven(between: view, and: current)
        guard !unproven.isEmpty else { return (view, .ready(hash)) }
        var missing: [CertificateKey] = []
        for nullification in unproven {
            if rounds.round(nullification.view)?.notarization == nil {
                missing.append(key(.notarize, nullification.view))
            }
            missing.append(nullification)
        }
        return (view, .waiting(Array(missing.prefix(ConsensusLimits.fetches))))
    }

    /// Leads the current view: asks for a block once its time has come.
    mutating func lead() {
        guard leader == ownIndex, maySign(in: current), !isBehind, timers.isBusy,
            !(has(.waitsForPeers) && !hasHeardPeer)
        else { return }
        let round = rounds.round(current)
        guard round?.ownNotarize == nil, round?.ownNullify == nil else { return }
        let parent = parentForOwnBlock()
        guard case .ready(let hash) = parent.ancestry else {
            if case .waiting(let missing) = parent.ancestry {
                fetches.want(missing)
            }
            return
        }
        let building = round?.building ?? .none
        guard building == .none || building == .nothing, let due = buildTime, due <= now
        else { return }
        let request = BuildRequest(
            view: current, parentView: parent.view, parentHash: hash, mayBeEmpty: mayBuildEmpty)
        rounds.update(current) { $0.building = .asked(request) }
        effects.append(.build(request))
    }

    /// When the leader's block is due: at once for transactions, after a while for a block whose
    /// only use is to make others final, which may become so by themselves (C9).
    var buildTime: Instant? {
        guard let busySince = timers.busySince else { return nil }
        let earliest =
            lastProposalAt?.advanced(byMilliseconds: parameters.minimumIntervalMilliseconds)
            ?? busySince
        let isUrgent = hasWork && rounds.round(current)?.building != .nothing
        guard !isUrgent, !wantsHeartbeat else { return max(earliest, busySince) }
        return max(earliest, settledTime(busySince))
    }

    /// The heartbeat is due, and no block that will do for it is on its way to become final.
    private var wantsHeartbeat: Bool {
        isHeartbeatDue && rounds.last(below: current) { $0.certification == .valid } == nil
    }

    /// Twice as long as the latest views took is long enough for what follows on a certificate,
    /// however long messages take; but the view must not end over it.
    private func settledTime(_ busySince: Instant) -> Instant {
        let ways = min(
            2 &* patience.pace, patience.stretched(parameters.leaderTimeoutMilliseconds))
        return busySince.advanced(byMilliseconds: max(parameters.settlingMilliseconds, ways))
    }

    private var mayBuildEmpty: Bool {
        guard let busySince = timers.busySince else { return false }
        return wantsHeartbeat || settledTime(busySince) <= now
    }

    /// The leader's own block is its proposal: it was made by the rules that check others. What it
    /// was built on must still be what C2 allows.
    mutating func takeBlock(_ view: View, _ hash: Digest) {
        guard view == current, case .asked(let request) = rounds.round(view)?.building else {
            return
        }
        let subject = VoteSubject(
            epoch: epoch, view: view, parentView: request.parentView, blockHash: hash)
        guard ancestry(of: subject) == .ready(request.parentHash) else {
            rounds.update(view) { $0.building = .none }
            return
        }
        castNotarize(subject)
    }

    /// Votes on the leader's proposal for the current view, as soon as its parent is known.
    mutating func follow() {
        guard leader != ownIndex, maySign(in: current), let round = rounds.round(current),
            let subject = round.proposal?.subject, round.ownNotarize == nil,
            !round.isEquivocated || has(.notarizesTwice)
        else { return }
        switch ancestry(of: subject) {
        case .invalid: rounds.update(current) { $0.verification = .invalid }
        case .waiting(let missing): fetches.want(missing)
        case .ready(let parent):
            switch round.verification {
            case .none where round.ownNullify == nil:
                rounds.update(current) { $0.verification = .asked(subject) }
                effects.append(.verify(subject, parent: parent))
            case .valid(subject): castNotarize(subject)
            default: break
            }
        }
    }

    mutating func takeVerification(_ subject: VoteSubject, _ isValid: Bool) {
        guard subject.epoch == epoch, rounds.round(subject.view)?.verification == .asked(subject)
        else { return }
        rounds.update(subject.view) { $0.verification = isValid ? .valid(subject) : .invalid }
    }
}
