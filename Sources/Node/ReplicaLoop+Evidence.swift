import Consensus
import Ledger
import Logging
import Metrics
import Store
import Wire

/// Double votes that this node sees: kept before anybody hears of them, so that a restart forgets
/// none.
extension ReplicaLoop {
    /// Keeps a double vote and tells operators, once for each.
    func keep(_ evidence: Evidence) async throws {
        let report = evidence.report
        // The agreement and the ledger judge such votes alike.
        guard let votes = try? DoubleVote(report.first, report.second) else { return }
        let time = operationMoment.time
        let isNew = try await insist {
            try store.advance { try $0.keep(votes, seenAt: time) }
        }
        guard isNew else { return }
        Counter(label: "drec_consensus_evidence").increment()
        logger.critical(
            "an authority signed twice",
            metadata: [
                "authority": "\(votes.seat)", "fault": "\(votes.fault)", "epoch": "\(votes.epoch)",
                "view": "\(votes.view)",
            ])
    }

    /// What was seen before the start counts too: it is an alarm until somebody has dealt with it.
    func countKeptEvidence() throws {
        let count = try store.readNow { try $0.seenDoubleVotes(limit: ChainAccess.seenLimit).count }
        if count > 0 { Counter(label: "drec_consensus_evidence").increment(by: Int64(count)) }
    }
}
