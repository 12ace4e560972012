package import Consensus
import Foundation
package import Ledger
import Primitives
import Wire

/// C6, C12: final blocks, in order, to the store; what follows from their being there.
extension ReplicaMachine {
    /// Brings the final chain towards the finalizations that are known, a few blocks at a time.
    mutating func answerFinality(_ final: any FinalChain) throws -> Bool {
        guard unwritten == nil else { return false }
        targets.removeAll { $0.epoch != consensus.epoch || $0.kind != .finalize }
        guard let target = targets.min(by: { $0.view < $1.view }), let subject = target.subject
        else { return false }
        if subject.blockHash == head.hash || isPassed(subject) {
            targets.removeAll { $0 == target }
            tell(.finalised(target.view, height: head.height))
            startEpochIfDue()
            return true
        }
        guard let open = openBlocks(below: subject.blockHash) else {
            wantPath(to: target)
            return false
        }
        return try write(open, for: target, final)
    }

    /// A later block of the same epoch was written already.
    private func isPassed(_ subject: VoteSubject) -> Bool {
        head.epoch == subject.epoch && chain.authorities.epoch == subject.epoch
            && subject.view < head.view
    }

    /// The hashes from the head's child to a block, oldest first; nil while one is not here.
    private func openBlocks(below hash: Digest) -> [Digest]? {
        var path: [Digest] = []
        var cursor = hash
        while cursor != head.hash {
            path.append(cursor)
            let parent = executed[cursor]?.parentHash ?? candidates[cursor]?.block.parentHash
            guard let parent, path.count <= ReplicaLimits.candidateBlocks else { return nil }
            cursor = parent
        }
        return path.reversed()
    }

    private mutating func write(
        _ path: [Digest], for target: Certificate, _ final: any FinalChain
    ) throws -> Bool {
        let finalization = ProtoFinalization(target)
        var blocks: [FinalBlock] = []
        for hash in path.prefix(ReplicaLimits.writtenBlocks) {
            switch try resolve(hash, final) {
            case .executed(let block):
                if has(.judgesTimeWhenApplying), !isTimely(block) { return false }
                blocks.append(block.finalised(by: finalization))
            case .condemned(let error): throw error
            case .unusable(let hash, let peer, _):
                accuse(peer, hash)
                return true
            case .head, .missing: return false
            }
        }
        unwritten = UnwrittenBlocks(
            blocks: blocks, target: target, reachesTarget: blocks.count == path.count,
            isWhole: blocks.count == path.count)
        effects += blocks.map { .write($0) }
        return false
    }

    /// The blocks that were handed out are durable.
    mutating func wrote(_ height: Height, _ final: any FinalChain) throws {
        guard let written = unwritten, let last = written.blocks.last,
            last.header.height <= height.rawValue
        else { return }
        unwritten = nil
        for block in written.blocks {
            let losers = executed.advance(to: block.hash)
            try chain.advance(to: block)
            settleTransactions(of: block)
            try putBack(losers, final)
            if Int(block.header.proposer) == consensus.ownIndex { effort.blockBecameFinal() }
        }
        try settleRefused(final, written: written.blocks)
        candidates.removeAll(through: head.height)
        let end = head
        keptBlocks.removeAll { $0.height <= end.height.rawValue }
        ownProposals.removeAll { $0 <= end.view }
        let view = written.reachesTarget ? written.target.view : head.view
        if written.reachesTarget { targets.removeAll { $0 == written.target } }
        let run = written.isWhole ? run(of: written) : nil
        if let run { effects.append(.publish(.blocks(run))) }
        let committee = consensus.committee
        tell(.finalised(view, height: head.height))
        startEpochIfDue()
        if let run { welcomeNewcomers(since: committee, with: run) }
        try readChange(final)
        try judgePool(final, saysAgain: true)
    }

    private func run(of written: UnwrittenBlocks) -> BlockRun? {
        let bytes = written.blocks.map(\.bytes)
        guard bytes.reduce(0, { $0 + $1.count + 16 }) <= ConsensusLimits.runBytes / 2 else {
            return nil
        }
        return BlockRun(blocks: bytes, finalization: written.target)
    }

    /// Tells those who have a seat from here on what the last epoch ended with: nobody else may be
    /// left who does.
    private mutating func welcomeNewcomers(since last: Committee, with run: BlockRun) {
        guard consensus.epoch != last.epoch else { return }
        for (index, key) in consensus.committee.keys.enumerated()
        where last.index(of: key) == nil && index != consensus.ownIndex {
            effects.append(.send(.blocks(run), to: .authority(index)))
        }
    }

    /// S9: the next epoch begins once its boundary is final and written.
    private mutating func startEpochIfDue() {
        guard chain.authorities.epoch.rawValue == consensus.epoch.rawValue &+ 1,
            !consensus.isBehind,
            let committee = chain.authorities.committee(deviations: committeeDeviations)
        else { return }
        building = nil
        checking = nil
        certifying = []
        ownProposals = []
        silence?.forgetHeard(authorities: committee.count)
        effects.append(.report(.epochStarted(committee.epoch, head.height)))
        tell(.epochStarted(committee))
        resumeSigning()
    }
}

extension AuthoritySet {
    /// The set as the agreement knows it; nil when it cannot vote.
    package func committee(deviations: Deviations = []) -> Committee? {
        var keys: [PublicKey] = []
        for index in members.indices {
            guard let key = voteKey(of: index) else { return nil }
            keys.append(key)
        }
        return Committee(epoch: epoch, keys: keys, deviations: deviations)
    }
}
