import Consensus
package import Gateway
import Ledger
import Peering
import Primitives
import Replica
import Store
import Wire

/// What operators ask.
extension NodeGateway {
    /// Work that goes on for so long without a final block is worth an explanation.
    private static let patienceMilliseconds: UInt64 = 5_000

    package func operation() async throws -> OperationStatus {
        let log = health.operation
        let now = environment.uptime()
        var status = OperationStatus()
        status.uptimeMilliseconds = log.startedAt.map { now - min($0, now) } ?? 0
        status.agreement = log.agreement.map { state in
            OperationStatus.Agreement(
                epoch: state.epoch, view: state.view, leader: state.leader,
                ownIndex: state.ownIndex, isBusy: state.isBusy, isBehind: state.isBehind,
                silentBecause: state.ownIndex == nil ? nil : log.silentBecause)
        }
        status.lostViews = log.lostViews
        status.webhooks = health.webhooks
        status.evidence = try await read { try $0.seenDoubleVotes(limit: 32) }
            .map { OperationStatus.Evidence($0) }
        status.finality = log.finality.summary
        status.clockOffsetMilliseconds = log.clockOffsetMilliseconds
        let disk = store.diskUse
        status.disk.chainBytes = disk.chainBytes
        status.disk.freeBytes = disk.freeBytes
        let peers = peering?.peers ?? []
        status.observerCount = peers.count { $0.role == .observer && $0.isConnected }
        if let state = log.agreement { status.authorities = authorities(state, log, peers) }
        status.stalledBecause = reasonOfStall(log, status.authorities, now)
        return status
    }

    private func authorities(
        _ state: AgreementState, _ log: OperationLog, _ peers: [PeerStatus]
    ) -> [OperationStatus.Authority] {
        state.members.enumerated().map { index, member in
            let isSelf = index == state.ownIndex
            let peer = peers.first { $0.key == member.key }
            let vote = state.vote(of: index)
            return OperationStatus.Authority(
                name: member.name, isSelf: isSelf,
                isConnected: isSelf || peer?.isConnected == true,
                address: peer?.address.map(\.description),
                lastVote: vote.map { ($0.epoch, $0.view) },
                lastVoteMilliseconds: log.voteTimes.indices.contains(index)
                    ? log.voteTimes[index] : nil,
                // Authorities tell observers of certificates alone.
                isSilent: state.ownIndex != nil && state.silent.contains(index),
                lastFailure: peer?.isConnected == true ? nil : peer?.lastEnd?.code)
        }
    }

    /// Why work waits, in one line.
    private func reasonOfStall(
        _ log: OperationLog, _ authorities: [OperationStatus.Authority], _ now: UInt64
    ) -> String? {
        if let failure = health.failure { return "this node cannot write: \(failure)" }
        guard let state = log.agreement, let since = log.busySince,
            now - min(since, now) >= NodeGateway.patienceMilliseconds
        else { return nil }
        let quorum = Quorum.size(among: authorities.count)
        let connected = authorities.count(where: \.isConnected)
        let away = authorities.filter { !$0.isConnected }.map(\.name).joined(separator: ", ")
        if state.isBehind { return "this node is behind and fetches blocks" }
        if connected < quorum {
            return "\(quorum) of \(authorities.count) authorities are needed and "
                + "\(connected) are connected here; away: \(away)"
        }
        if let reason = log.silentBecause, state.ownIndex != nil, connected == quorum {
            return "this authority signs nothing, and its vote is needed: \(reason)"
        }
        let (head, time) = (health.headTimeMilliseconds, environment.time())
        if head > time &+ ReplicaLimits.clockToleranceMilliseconds {
            return "the last block is \((head - time) / 1_000) s ahead of this node's clock, "
                + "and none is voted for before its time"
        }
        let mute = authorities.filter(\.isSilent).map(\.name).joined(separator: ", ")
        let leader =
            authorities.indices.contains(state.leader)
            ? authorities[state.leader].name : "\(state.leader)"
        guard mute.isEmpty else {
            return "nothing is heard of \(mute); view \(state.view) is \(leader)'s"
        }
        let here = Position(epoch: state.epoch, view: state.view)
        let absent = state.members.indices.filter { index in
            state.ownIndex != nil && state.vote(of: index).map { $0 < here } ?? true
        }.map { authorities[$0].name }.joined(separator: ", ")
        return "view \(state.view) of \(leader) has no quorum yet"
            + (absent.isEmpty ? "" : "; no vote came from \(absent)")
    }
}

extension OperationStatus.Evidence {
    fileprivate init(_ seen: SeenDoubleVote) {
        self.init(
            authority: seen.authority?.name ?? "authority \(seen.votes.seat)", votes: seen.votes,
            milliseconds: seen.milliseconds, reportedBy: seen.reportedBy)
    }
}

extension PeerStatus {
    fileprivate var isConnected: Bool {
        if case .connected = connection { true } else { false }
    }
}
