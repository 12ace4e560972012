import Consensus
import Foundation
import Ledger
import Primitives
import Wire

/// C3, C4: the agreement's questions about blocks. Each gives whether something was answered.
extension ReplicaMachine {
    mutating func answerBuild(_ final: any FinalChain) throws -> Bool {
        guard let request = building else { return false }
        guard request.view == consensus.current else {
            building = nil
            return false
        }
        let tip: BlockTip?
        switch try resolve(request.parentHash, final) {
        case .head: tip = finalTip(final)
        case .executed(let parent):
            guard !isOpenBoundary(parent) else {
                building = nil
                tell(.built(request.view, blockHash: parent.hash))
                return true
            }
            tip = self.tip(parent, final)
        case .missing(let hash, _):
            want(hash, of: nil)
            return false
        case .condemned: tip = nil
        case .unusable(let hash, let peer, _):
            accuse(peer, hash)
            return true
        }
        building = nil
        guard let tip else {
            tell(.buildFailed(request.view))
            return true
        }
        try build(request, on: tip, final)
        return true
    }

    private mutating func build(
        _ request: ConsensusMachine.BuildRequest, on tip: BlockTip, _ final: any FinalChain
    ) throws {
        let branch = executed.path(from: head.hash, to: request.parentHash) ?? []
        let taken = Set(branch.flatMap { $0.applied.map(\.transaction.id) })
        let waiting = pool.entries.map(\.transaction.transaction)
            .filter { !taken.contains($0.id) }
        // No transaction may come before the epoch has ended.
        let isWanted = try isChangeDue && wantsBlock(on: tip)
        let (draft, outcomes) = try chain.propose(
            waiting, now: timeMilliseconds, in: request.view, on: tip,
            bucket: finalState(final).bucket, effort: effort,
            evenIfEmpty: request.mayBeEmpty || isWanted)
        guard let draft else {
            tell(.nothingToBuild(request.view))
            try judgePool(final, saysAgain: false)
            return
        }
        let block = ExecutedBlock(draft, bytes: draft.bytes, on: tip)
        insert(block)
        noteRefused(waiting, outcomes, beside: block.hash)
        if !block.applied.isEmpty { ownProposals.append(request.view) }
        tell(.built(request.view, blockHash: block.hash))
    }

    /// The present epoch's last block, not final yet: nothing but itself may be proposed on it.
    func isOpenBoundary(_ block: ExecutedBlock) -> Bool {
        block.isBoundary && Epoch(block.header.epoch) == consensus.epoch
    }

    /// The leader's proposal before the vote for it (C3), its time included (C11).
    mutating func answerCheck(_ final: any FinalChain) throws -> Bool {
        clockWake = nil
        guard let check = checking else { return false }
        let subject = check.subject
        guard subject.view == consensus.current, subject.epoch == consensus.epoch else {
            checking = nil
            return false
        }
        if let reason = shallowFault(of: check) { return refuse(subject, reason) }
        switch try resolve(subject.blockHash, final) {
        case .head: return refuse(subject, .notTheBoundary)
        case .executed(let block):
            if let reason = fault(of: block, check) {
                guard reason == .timeAhead, isParentAhead(check) else {
                    return refuse(subject, reason)
                }
                waitForTime(of: block)
                return false
            }
            checking = nil
            tell(.verified(subject, isValid: true))
            return true
        case .missing(let hash, _):
            want(hash, of: leader(of: subject))
            return false
        case .condemned(let error): return refuse(subject, .invalid(error))
        case .unusable(let hash, let peer, let error):
            accuse(peer, hash)
            guard hash == subject.blockHash, peer == leader(of: subject) else { return true }
            return refuse(
                subject, error == .malformedBlock ? .transactionsUnreadable : .invalid(error))
        }
    }

    /// What the header alone shows, before anything is fetched for it.
    private func shallowFault(of check: ProposalCheck) -> Reason? {
        let subject = check.subject
        guard subject.blockHash != check.parent else { return nil }
        let header =
            candidates[subject.blockHash]?.block.header ?? executed[subject.blockHash]?.header
        guard let header else { return nil }
        if !header.parentHash.elementsEqual(check.parent.bytes) { return .foreignParent }
        if header.epoch != subject.epoch.rawValue { return .wrongEpoch }
        if header.view != subject.view.rawValue { return .wrongView }
        return nil
    }

    private func fault(of block: ExecutedBlock, _ check: ProposalCheck) -> Reason? {
        if check.subject.blockHash == check.parent {
            return isOpenBoundary(block) ? nil : .notTheBoundary
        }
        if let parent = executed[check.parent], isOpenBoundary(parent) { return .notTheBoundary }
        return isTimely(block) ? nil : .timeAhead
    }

    /// Whether the parent's own time is too far ahead: then no leader could do better, and giving
    /// views up at once would only make more of them.
    private func isParentAhead(_ check: ProposalCheck) -> Bool {
        let parent = executed[check.parent]?.header.timeMilliseconds ?? head.timeMilliseconds
        return !isTimely(parent)
    }

    /// The check is made again when the block's time is near enough.
    private mutating func waitForTime(of block: ExecutedBlock) {
        let wait = block.header.timeMilliseconds &- timeMilliseconds
        clockWake = now.advanced(
            byMilliseconds: max(
                1,
                min(
                    wait &- ReplicaLimits.clockToleranceMilliseconds,
                    ReplicaLimits.clockMilliseconds)))
    }

    private mutating func refuse(_ subject: VoteSubject, _ reason: Reason) -> Bool {
        checking = nil
        effects.append(.report(.refusedProposal(subject, reason)))
        tell(.verified(subject, isValid: false))
        return true
    }

    func leader(of subject: VoteSubject) -> Peer {
        .authority(consensus.committee.leader(of: subject.view))
    }

    /// A notarized block (C4): no clock, and all come to the same answer.
    ///
    /// Wrong transactions under its header are no answer: a quorum has seen the right ones, and
    /// they are fetched.
    mutating func answerCertify(_ final: any FinalChain) throws -> Bool {
        let finalView = consensus.finalised.view
        certifying.removeAll { $0.epoch != consensus.epoch || $0.view <= finalView }
        for subject in certifying {
            let isValid: Bool
            switch try resolve(subject.blockHash, final) {
            case .head: isValid = true
            case .executed(let block):
                isValid =
                    names(subject, block)
                    && (!has(.judgesTimeWhenApplying) || isTimely(block))
            case .condemned: isValid = false
            case .missing(let hash, _):
                want(hash, of: leader(of: subject))
                continue
            case .unusable(let hash, let peer, _):
                accuse(peer, hash)
                return true
            }
            certifying.removeAll { $0 == subject }
            tell(.certified(subject, isValid: isValid))
            return true
        }
        return false
    }

    /// Whether a subject's numbers are those of its block, or of a boundary proposed again.
    private func names(_ subject: VoteSubject, _ block: ExecutedBlock) -> Bool {
        guard block.header.epoch == subject.epoch.rawValue else { return false }
        if block.view < subject.view {
            return block.isBoundary && block.view <= subject.parentView
        }
        let parentView: View
        if let parent = executed[block.parentHash] {
            guard !isOpenBoundary(parent) else { return false }
            parentView = parent.view
        } else {
            parentView =
                chain.authorities.epoch == head.epoch ? head.view : View(0)
        }
        return block.view == subject.view && parentView == subject.parentView
    }

    mutating func accuse(_ peer: Peer?, _ hash: Digest) {
        fetches.retry(.hash(hash), at: now, peerCount: consensus.committee.count)
        if let peer { effects.append(.report(.misbehaved(peer, .wrongTransactions(hash)))) }
    }
}

extension ChainReplica.Draft {
    /// The block as it travels.
    var bytes: Data {
        var block = ProtoBlock()
        block.header = headerBytes
        block.transactions = execution.applied.map(\.transaction.bytes)
        return block.canonicalBytes
    }
}
