package import Consensus
import Ledger
import Primitives
import Wire

/// C12: blocks that are not here, and blocks that others lack.
extension ReplicaMachine {
    // MARK: Asking

    /// One block, by the hash under which it was voted on.
    mutating func want(_ hash: Digest, of peer: Peer?) { fetches.want(.hash(hash), hint: peer) }

    /// Few missing blocks are asked for by hash, back from the final one; many by height. Where
    /// one way does not help, the other is tried as well.
    mutating func wantPath(to target: Certificate) {
        guard let subject = target.subject else { return }
        var cursor = subject.blockHash
        var child: CandidateBlock?
        while let entry = candidates[cursor], let parent = entry.block.parentHash {
            child = entry.block
            cursor = parent
        }
        if let child, child.header.height <= head.height.rawValue + 1 {
            // It stands on another block than the final one; only a run can tell.
            candidates.remove(child.hash)
        }
        let gap =
            child.map { $0.header.height &- head.height.rawValue }
            ?? (subject.view.rawValue &- consensus.applied.rawValue)
        let hint = leader(of: subject)
        let run = nextRun
        let isFar = gap > 2
        if isFar { fetches.want(run, hint: hint) }
        let first = isFar ? run : .hash(cursor)
        if fetches.attempts(first) > 1 || !isFar { fetches.want(.hash(cursor), hint: hint) }
        if fetches.attempts(first) > 1, !isFar { fetches.want(run, hint: hint) }
    }

    private var nextRun: BlockQuery {
        .run(
            first: Height(head.height.rawValue &+ 1), count: ConsensusLimits.runBlocks)
    }

    /// A peer says that it is further; only blocks will show.
    mutating func claim(_ peer: Peer, _ height: Height) {
        guard height > head.height else { return }
        if let place = claims.firstIndex(where: { $0.peer == peer }) {
            claims[place].height = height
            return
        }
        claims.append(HeightClaim(peer: peer, height: height))
        if claims.count > ReplicaLimits.claims { claims.removeFirst() }
    }

    /// Asks a peer that says to be further, as long as that leads somewhere.
    mutating func followClaims() {
        let end = head.height
        claims.removeAll { $0.height <= end }
        if isAtRest, let claim = claims.first {
            guard fetches.attempts(nextRun) < ReplicaLimits.claimAttempts else {
                claims.removeFirst()
                return
            }
            fetches.want(nextRun, hint: claim.peer)
        }
        fetchAhead()
    }

    /// Whether no block is known to be final that is not written.
    private var isAtRest: Bool { targets.isEmpty && unwritten == nil }

    /// While one run is executed the next one is checked, and what follows is on its way. It is
    /// wanted at every call until it is here: what is not wanted once would be asked for again.
    private mutating func fetchAhead() {
        let known = targets.compactMap(\.subject)
        let reached = known.compactMap { subject in
            candidates[subject.blockHash]?.block.header ?? executed[subject.blockHash]?.header
        }
        let furthest = reached.max { $0.height < $1.height }
        // A block or two that are missing are asked for by their hashes.
        guard furthest != nil || isAtRest || fetches.wants(nextRun) else { return }
        let last = Height(furthest?.height ?? head.height.rawValue)
        let claim = claims.first { $0.height > last }
        let view = furthest?.view ?? head.view.rawValue
        let later = known.first { $0.view.rawValue > view }
        guard let hint = claim?.peer ?? later.map({ leader(of: $0) }) else { return }
        var first = last.rawValue &+ 1
        for step in 0..<min(candidates.roomForRuns, ReplicaLimits.runsAhead) {
            // The second and later ones no further than somebody says to be.
            guard step == 0 || claim.map({ $0.height.rawValue >= first }) ?? false else { return }
            let run = BlockQuery.run(first: Height(first), count: ConsensusLimits.runBlocks)
            fetches.want(run, hint: hint)
            first &+= UInt64(ConsensusLimits.runBlocks)
        }
    }

    mutating func sendFetches() {
        for request in fetches.due(at: now) {
            guard let peer = peer(for: request.attempt, hint: request.hint) else { continue }
            effects.append(.send(.fetchBlocks(request.query), to: peer))
        }
    }

    /// The likeliest one first, then the others in turn.
    private func peer(for attempt: Int, hint: Peer?) -> Peer? {
        let count = consensus.committee.count
        var peers = [hint].compactMap(\.self)
        for offset in 0..<count {
            let peer = Peer.authority((consensus.leader + offset) % count)
            if peer != hint { peers.append(peer) }
        }
        peers += observers.filter { $0 != hint }
        peers.removeAll { $0 == consensus.ownIndex.map(Peer.authority) }
        return peers.isEmpty ? nil : peers[attempt % peers.count]
    }

    // MARK: Answers

    /// Takes blocks in: a run that its finalization proves, or one that was asked for by its hash.
    mutating func receive(
        _ blocks: [CandidateBlock], _ finalization: Verified<ConsensusMessage>?, from peer: Peer
    ) {
        for block in blocks where fetches.isWanted(block.hash) {
            candidates.insert(block, from: peer)
        }
        guard let finalization, case .certificate(let certificate) = finalization.value,
            certificate.kind == .finalize, certificate.epoch == consensus.epoch,
            let last = blocks.last, certificate.subject?.blockHash == last.hash
        else { return }
        // Backwards by parent hashes, before anything is kept.
        let isChain = zip(blocks, blocks.dropFirst()).allSatisfy { $1.parentHash == $0.hash }
        let fresh = blocks.drop { $0.header.height <= head.height.rawValue }
        guard isChain, let first = fresh.first else {
            if !isChain { effects.append(.report(.misbehaved(peer, .brokenRun))) }
            return
        }
        let expected = unwritten == nil ? head.height.rawValue &+ 1 : nil
        if first.header.height == expected, first.parentHash != head.hash {
            effects.append(.report(.misbehaved(peer, .brokenRun)))
            return
        }
        for block in fresh where executed[block.hash] == nil {
            candidates.insert(block, from: peer)
        }
        tell(.received(finalization, from: peer))
        if !targets.contains(certificate), certificate.view > consensus.applied {
            targets.append(certificate)
        }
    }

    /// Open blocks are answered from here, final ones from the store.
    mutating func answer(_ query: BlockQuery, to peer: Peer) {
        if case .hash(let hash) = query, let block = executed[hash] {
            effects.append(
                .send(.blocks(BlockRun(blocks: [block.bytes], finalization: nil)), to: peer))
        } else {
            effects.append(.serve(query, to: peer))
        }
    }

    // MARK: Before a check

    /// What a driver should do with a message before it spends time on signatures (C13).
    package enum Admission: Equatable, Sendable {
        /// Check it and hand it in; see ``Event/init(checking:from:committee:network:with:)``.
        case check
        /// ``Event/heard(_:_:)`` is enough.
        case hear(Statement?)
    }

    package func admission(of message: PeerMessage) -> Admission {
        switch message {
        case .fetchBlocks: return .check
        case .cosign, .transactions, .profileQuestion, .profileAnswer, .erasureQuestion,
            .erasures, .erase:
            return .hear(nil)
        case .blocks(let run):
            guard let finalization = run.finalization else {
                return run.blocks.count == 1 ? .check : .hear(nil)
            }
            let isNew =
                finalization.epoch == consensus.epoch
                && finalization.view > consensus.applied
            // Of a later epoch nothing can be checked, but it shows that there is one.
            return isNew || fetches.wantsRun ? .check : .hear(finalization.statement)
        case .proposal, .vote, .certificate, .hello, .fetch:
            guard let part = message.consensus, case .hear = consensus.admission(of: part)
            else { return .check }
            switch message {
            case .proposal(let vote, _), .vote(let vote): return .hear(vote.statement)
            default: return .hear(nil)
            }
        }
    }
}
