import Consensus
import Ledger
import Primitives
import Wire

extension ReplicaMachine {
    mutating func take(_ event: Event, _ final: any FinalChain) throws {
        switch event {
        case .started:
            // First, so that a driver that makes it durable does so before any record of the
            // others' progress, which would make the records look as new as the chain (D5).
            if let silence { effects.append(.report(silence.notice)) }
            tell(.started)
            try readChange(final)
            try judgePool(final, saysAgain: true)
            resumeSigning()
        case .received(let message, let block, let peer): receive(message, block, from: peer)
        case .heard(let peer, let statement): tell(.heard(peer, statement))
        case .connected(let peer):
            if case .observer = peer, !observers.contains(peer) {
                observers.append(peer)
                if observers.count > ReplicaLimits.claims { observers.removeFirst() }
            }
            tell(.connected(peer))
        case .disconnected(let peer):
            observers.removeAll { $0 == peer }
            claims.removeAll { $0.peer == peer }
        case .asked(let query, let peer): answer(query, to: peer)
        case .receivedBlocks(let blocks, let finalization, let peer):
            receive(blocks, finalization, from: peer)
        case .submitted(let transaction, let isOwn): try submit(transaction, isOwn, final)
        case .wrote(let height): try wrote(height, final)
        case .timerFired:
            // Said again below when it came too early.
            announcedTimer = nil
            tell(.timerFired)
        }
    }

    private mutating func receive(
        _ message: Verified<ConsensusMessage>, _ block: CandidateBlock?, from peer: Peer
    ) {
        switch message.value {
        case .proposal(let vote):
            if let block, block.hash == vote.subject?.blockHash, executed[block.hash] == nil,
                block.header.height > head.height.rawValue
            {
                candidates.insert(block, from: peer)
            }
        case .hello(let hello): hear(hello, from: peer)
        default: break
        }
        tell(.received(message, from: peer))
    }

    /// Hands an event to the agreement and obeys what it asks for.
    mutating func tell(_ event: ConsensusMachine.Event) {
        for effect in consensus.handle(event, at: now) { obey(effect) }
    }

    private mutating func obey(_ effect: ConsensusMachine.Effect) {
        switch effect {
        case .persist(let record): persist(record)
        case .broadcast(let message): effects.append(.broadcast(peerMessage(message)))
        case .send(let message, let peer):
            effects.append(.send(peerMessage(message), to: peer))
        case .build(let request): building = request
        case .verify(let subject, let parent):
            checking = ProposalCheck(subject: subject, parent: parent)
        case .certify(let subject):
            if !certifying.contains(subject) { certifying.append(subject) }
        case .finalise(let certificate):
            if !targets.contains(certificate) { targets.append(certificate) }
        case .setTimer(let instant): consensusTimer = instant
        case .forget(let position): effects.append(.forget(through: position))
        case .report(let notice):
            if case .peerIsAhead(let peer, _, let height) = notice { claim(peer, height) }
            effects.append(.report(.agreement(notice)))
        }
    }

    /// D1: the block that a vote names is durable no later than the vote.
    private mutating func persist(_ record: Record) {
        switch record {
        case .vote(let vote):
            if let subject = vote.subject { keepBlock(subject) }
        case .certificate(let certificate):
            if certificate.kind == .nullify,
                let place = ownProposals.firstIndex(of: certificate.view)
            {
                ownProposals.remove(at: place)
                effort.viewWasLost()
            }
        }
        effects.append(.persist(.consensus(record)))
    }

    private mutating func keepBlock(_ subject: VoteSubject) {
        guard !keptBlocks.contains(where: { $0.hash == subject.blockHash }),
            let block = executed[subject.blockHash]
        else { return }
        keptBlocks.append((block.hash, block.height.rawValue))
        effects.append(
            .persist(
                .block(
                    position: Position(epoch: subject.epoch, view: subject.view),
                    hash: block.hash, bytes: block.bytes)))
    }

    /// A proposal travels with its block.
    private func peerMessage(_ message: ConsensusMessage) -> PeerMessage {
        switch message {
        case .proposal(let vote):
            let hash = vote.subject?.blockHash
            let block = hash.flatMap { executed[$0]?.bytes ?? candidates[$0]?.block.bytes }
            return block.map { .proposal(vote, block: $0) } ?? .vote(vote)
        case .vote(let vote): return .vote(vote)
        case .certificate(let certificate): return .certificate(certificate)
        case .hello(let hello): return .hello(hello)
        case .fetch(let key): return .fetch(key)
        }
    }

    // MARK: Until nothing more can be answered

    mutating func settle(_ final: any FinalChain) throws {
        try watchChange(final)
        var hasAnswered = true
        while hasAnswered {
            fetches.startCollecting()
            hasAnswered = try answerFinality(final)
            // What stands on final blocks waits until these are written (C12).
            if !hasAnswered, targets.isEmpty, unwritten == nil {
                hasAnswered = try answerBuild(final) || answerCheck(final) || answerCertify(final)
            }
        }
        followClaims()
        sendFetches()
        forwardAgain()
        announceTimer()
    }

    private mutating func announceTimer() {
        let next = [consensusTimer, fetches.nextDue, forwardDue, changeWake, clockWake]
            .compactMap(\.self).min()
        guard next != announcedTimer else { return }
        announcedTimer = next
        effects.append(.setTimer(next))
    }
}
