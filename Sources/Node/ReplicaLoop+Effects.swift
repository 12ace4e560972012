import Consensus
import Foundation
import Gateway
import Ledger
import Logging
import Metrics
import Peering
import Primitives
import Replica
import Store
import Wire

/// Effects that take no time: messages, timers, answers, reports.
extension ReplicaLoop {
    /// Whether the effect is obeyed; false for one that must become durable first.
    mutating func obeyAtOnce(_ effect: ReplicaMachine.Effect, in group: inout Group) -> Bool {
        switch effect {
        case .persist, .write, .report(.signsAbove), .report(.signsNothing),
            .report(.agreement(.evidence)):
            return false
        case .broadcast(let message): send(message, to: directory.others)
        case .send(.fetchBlocks(let query), let peer):
            if let key = directory.reachable(insteadOf: peer) {
                send(.fetchBlocks(query), to: [key])
            }
        case .send(let message, let peer):
            if let key = directory.key(of: peer) { send(message, to: [key]) }
        case .publish(let message): send(message, to: directory.observers)
        case .serve(let query, let peer):
            if let key = directory.key(of: peer), service.ask(query, by: key) {
                answer(query, to: key, in: &group)
            }
        case .forward(let transactions): outgoing += transactions.map(\.bytes)
        case .setTimer(let instant): alarm.want(instant)
        case .forget(let position): forgettable = SafetyStore.Place(position)
        case .answer(let id, let outcome):
            let waited = inbox.decide(id, decision(id, outcome))
            if case .final = outcome, let waited { health.note { $0.finality.add(waited) } }
        case .report(let notice): show(notice)
        }
        return true
    }

    private func send(_ message: PeerMessage, to keys: [PublicKey]) {
        guard let peering = driver.peering, !keys.isEmpty else { return }
        let bytes = message.bytes
        for key in keys { peering.send(bytes, to: key, lane: message.lane) }
    }

    /// Sends what clients of this node wait for to the authorities, many at once.
    mutating func sendTransactions() {
        var batch: [Data] = []
        var size = 0
        for bytes in outgoing {
            if size + bytes.count > ConsensusLimits.transactionBytes
                || batch.count == ConsensusLimits.transactions
            {
                send(.transactions(batch), to: directory.others)
                batch = []
                size = 0
            }
            batch.append(bytes)
            size += bytes.count + 8
        }
        if !batch.isEmpty { send(.transactions(batch), to: directory.others) }
        outgoing = []
    }

    private func decision(
        _ id: Digest, _ outcome: ReplicaMachine.TransactionOutcome
    ) -> Verdict.Decision {
        switch outcome {
        case .final: return .success(id)
        case .refused(let refusal):
            Counter(label: "drec_refusals", dimensions: [("code", "\(refusal.code.rawValue)")])
                .increment()
            return .failure(refusal)
        case .full: return .failure(GatewayError.busy)
        }
    }

    // MARK: For operators

    /// Operators look with their eyes: a tenth of a second is soon enough.
    mutating func showProgressNowAndThen() {
        let now = driver.environment.uptime()
        guard now >= shownAt &+ 100 || now < shownAt else { return }
        shownAt = now
        showProgress()
    }

    func showProgress() {
        health.update(
            machine.chain, agreement: AgreementState(machine.consensus, directory.named),
            at: operationMoment)
        driver.heightGauge.record(machine.head.height.rawValue)
        driver.viewGauge.record(machine.consensus.current.rawValue)
    }

    func report(_ blocks: [FinalBlock], _ duration: Duration) {
        let nanoseconds =
            duration.components.seconds * 1_000_000_000
            + duration.components.attoseconds / 1_000_000_000
        Timer(label: "drec_block_processing")
            .recordNanoseconds(nanoseconds / Int64(max(1, blocks.count)))
        for block in blocks {
            for applied in block.transactions {
                driver.checked.forget(applied.transaction.submissionHash)
            }
            driver.signers.settle(block.transactions)
            Counter(label: "drec_transactions").increment(by: Int64(block.transactions.count))
            logger.debug(
                "block",
                metadata: [
                    "height": "\(block.header.height)",
                    "transactions": "\(block.transactions.count)", "hash": "\(block.hash)",
                ])
        }
    }

    mutating func show(_ notice: ReplicaMachine.Notice) {
        switch notice {
        case .agreement(let notice): show(notice)
        case .refusedProposal(let subject, let reason):
            logger.warning(
                "proposal refused",
                metadata: ["view": "\(subject.view)", "reason": "\(reason)"])
        case .misbehaved(let peer, let misdeed):
            if let key = directory.key(of: peer) {
                driver.peering?.punish(key, why: "\(misdeed)")
            }
        case .signsNothing(let heard, let needed, let hasWord):
            let word =
                hasWord ? "" : "start it once with --resume-signing when no other copy runs"
            logger.warning(
                "signs nothing: votes may have been lost",
                metadata: ["heard": "\(heard)", "needed": "\(needed)", "advice": "\(word)"])
            health.note {
                $0.silentBecause =
                    "votes may have been lost; \(heard) of \(needed) other authorities were "
                    + "heard\(hasWord ? "" : ", and it was not started with --resume-signing")"
            }
        case .signsAbove: break
        case .epochStarted(let epoch, let height):
            logger.notice(
                "epoch started", metadata: ["epoch": "\(epoch)", "boundary": "\(height)"])
            relink()
        }
    }

    private func show(_ notice: ConsensusMachine.Notice) {
        switch notice {
        case .entered, .evidence: break
        case .gaveUp(let view, let leader, let reason):
            Counter(
                label: "drec_consensus_lost_views", dimensions: [("reason", reason.rawValue)]
            ).increment()
            let (moment, epoch) = (operationMoment, machine.consensus.epoch)
            let name = authorityName(leader)
            health.note {
                $0.lost(
                    OperationStatus.LostView(
                        epoch: epoch, view: view, leader: name, reason: reason.rawValue,
                        milliseconds: moment.time))
            }
            logger.info(
                "view given up",
                metadata: [
                    "view": "\(view)", "leader": "\(leader)", "reason": "\(reason.rawValue)",
                ])
        case .ownKeyElsewhere(let vote):
            health.note { $0.silentBecause = "another process signs with this node's key" }
            logger.critical(
                "another process signs with this node's key; nothing is signed here any more",
                metadata: ["view": "\(vote.view)"])
        case .peerIsAhead(let peer, _, let height):
            logger.debug("peer is ahead", metadata: ["peer": "\(peer)", "height": "\(height)"])
        }
    }

    var operationMoment: OperationMoment {
        OperationMoment(time: driver.environment.time(), uptime: driver.environment.uptime())
    }

    private func authorityName(_ index: Int) -> String {
        let members = machine.chain.authorities.members
        return members.indices.contains(index) ? members[index].name : "authority \(index)"
    }

    /// The authorities of the present epoch take their places on the links.
    mutating func relink() {
        let keys = directory.take(machine.chain.authorities)
        driver.peering?.setMembers(directory.members)
        for key in keys { inbox.put(.connected(key)) }
    }
}

extension PeerMessage {
    /// Votes and questions are sent again; whatever else gets lost is missed.
    fileprivate var lane: Lane {
        switch self {
        case .vote, .fetch: .votes
        default: .bulk
        }
    }
}
