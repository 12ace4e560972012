import Primitives

/// C1, C7, C9, C10: when there is work, what to do in the current view, and when to look again.
extension ConsensusMachine {
    /// Brings the current view to where the rules allow; each step may lead into a next view.
    mutating func settle() {
        var before: View
        repeat {
            before = current
            wakeOrRest()
            fetches.startCollecting()
            lead()
            follow()
            if let reason = reasonToGiveUp { giveUp(reason) }
        } while current != before
        if timers.isBusy, let due = timers.nullifyResend, due <= now { resendNullify() }
        if let due = finalizeResend, due <= now { resendFinalizes() }
        sendFetches()
    }

    /// C9: timers are armed when work appears, on entering a view or in the middle of it, and
    /// disarmed when it is gone.
    private mutating func wakeOrRest() {
        let isBusy = hasPendingWork
        if isBusy, !timers.isBusy {
            timers.busySince = now
            timers.leaderDeadline = now.advanced(
                byMilliseconds: patience.stretched(parameters.leaderTimeoutMilliseconds))
            timers.certificationDeadline = now.advanced(
                byMilliseconds: patience.stretched(parameters.certificationTimeoutMilliseconds))
            if rounds.round(current)?.ownNullify != nil {
                timers.nullifyResend = timers.nullifyResend ?? now
            }
        } else if !isBusy, timers.isBusy {
            timers = ViewTimers()
        }
    }

    /// C9. A certificate above the final view means that a view is under way: a block that is not
    /// final, or a view given up by those who had work.
    var hasPendingWork: Bool {
        if has(.waitsForPeers), !hasHeardPeer { return false }
        if hasWork || isHeartbeatDue { return true }
        if rounds.rounds.contains(where: { $0.notarization ?? $0.nullification != nil }) {
            return true
        }
        if let round = rounds.round(current), round.proposal ?? round.ownNotarize != nil {
            return true
        }
        return [current, View(current.rawValue &+ 1)].contains { view in
            (rounds.round(view)?.nullifies.count ?? 0) > committee.faults
        }
    }

    var isHeartbeatDue: Bool { heartbeatTime.map { $0 <= now } ?? false }

    private var heartbeatTime: Instant? {
        guard parameters.heartbeatMilliseconds > 0 else { return nil }
        return lastFinalAt.advanced(byMilliseconds: parameters.heartbeatMilliseconds)
    }

    /// C7 and C10: why the current view should not be waited for any longer. Asked until the vote
    /// is cast, so that no reason is lost on a node that may not vote just now.
    private var reasonToGiveUp: Reason? {
        let round = rounds.round(current)
        guard round?.ownNullify == nil else { return nil }
        if let round {
            if round.certification == .invalid { return .certificationFailed }
            if round.verification == .invalid { return .invalidProposal }
            if round.isEquivocated, round.ownNotarize == nil { return .equivocation }
            if round.building == .failed, round.ownNotarize == nil { return .buildFailed }
            if leader != ownIndex, round.nullifies.vote(of: leader) != nil {
                return .leaderGaveUp
            }
        }
        guard timers.isBusy else { return nil }
        if round?.proposal == nil {
            if leaders.isDead(leader, quorum: committee.quorum) { return .deadLeader }
            if let due = timers.leaderDeadline, due <= now { return .leaderTimeout }
        }
        if let due = timers.certificationDeadline, due <= now { return .certificationTimeout }
        return nil
    }

    /// Asks the leader first, for it must have what it built on, then the others in turn.
    private mutating func sendFetches() {
        let due = fetches.due(at: now, retry: parameters.fetchRetryMilliseconds)
        guard !isAlone else { return }
        for request in due {
            var target = (leader + request.attempt) % committee.count
            if target == ownIndex { target = (target + 1) % committee.count }
            effects.append(.send(.fetch(request.key), to: .authority(target)))
        }
    }

    mutating func announceTimer() {
        let next = nextDeadline
        guard next != announcedTimer else { return }
        announcedTimer = next
        effects.append(.setTimer(next))
    }

    /// The earliest moment at which time alone makes a difference.
    private var nextDeadline: Instant? {
        guard maySign(in: current) else { return nil }
        var deadlines: [Instant?] = [finalizeResend, fetches.nextDue]
        let round = rounds.round(current)
        if !timers.isBusy {
            deadlines.append(heartbeatTime.map { max($0, now.advanced(byMilliseconds: 1)) })
        } else if round?.ownNullify != nil {
            deadlines.append(timers.nullifyResend)
        } else if !isBehind, round?.ownFinalize == nil {
            if round?.proposal == nil { deadlines.append(timers.leaderDeadline) }
            deadlines.append(timers.certificationDeadline)
            if leader == ownIndex, round?.ownNotarize == nil, let due = buildTime, due > now {
                deadlines.append(due)
            }
        }
        return deadlines.compactMap(\.self).min()
    }
}
