import Consensus
import Primitives

/// Blocks that are missing now, and when they are asked for again (C12).
struct BlockFetches: Sendable {
    private struct Request {
        let query: BlockQuery
        /// Who is likely to have it.
        let hint: Peer?
        var attempts = 0
        var due: Instant
    }

    private var requests: [Request] = []
    private var wanted: [(query: BlockQuery, hint: Peer?)] = []

    /// Starts to collect what is missing now.
    mutating func startCollecting() { wanted.removeAll(keepingCapacity: true) }

    mutating func want(_ query: BlockQuery, hint: Peer?) {
        guard wanted.count < ReplicaLimits.requests,
            !wanted.contains(where: { $0.query == query })
        else { return }
        wanted.append((query, hint))
    }

    func isWanted(_ hash: Digest) -> Bool { requests.contains { $0.query == .hash(hash) } }

    /// Whether it is missing now.
    func wants(_ query: BlockQuery) -> Bool { wanted.contains { $0.query == query } }

    /// Whether some run was asked for.
    var wantsRun: Bool {
        requests.contains { if case .run = $0.query { true } else { false } }
    }

    /// How often something was asked for.
    func attempts(_ query: BlockQuery) -> Int {
        requests.first { $0.query == query }?.attempts ?? 0
    }

    /// An answer was of no use: another peer is asked at once, until all were.
    mutating func retry(_ query: BlockQuery, at now: Instant, peerCount: Int) {
        for index in requests.indices
        where requests[index].query == query && requests[index].attempts < peerCount {
            requests[index].due = now
        }
    }

    /// Drops what is no longer missing, and returns what is to be asked for now.
    mutating func due(at now: Instant) -> [(query: BlockQuery, hint: Peer?, attempt: Int)] {
        var kept: [Request] = []
        for (query, hint) in wanted {
            kept.append(
                requests.first { $0.query == query }
                    ?? Request(query: query, hint: hint, due: now))
        }
        var due: [(query: BlockQuery, hint: Peer?, attempt: Int)] = []
        for index in kept.indices where kept[index].due <= now {
            due.append((kept[index].query, kept[index].hint, kept[index].attempts))
            kept[index].attempts += 1
            kept[index].due = now.advanced(
                byMilliseconds: ReplicaLimits.fetchRetryMilliseconds)
        }
        requests = kept
        return due
    }

    var nextDue: Instant? { requests.map(\.due).min() }
}
