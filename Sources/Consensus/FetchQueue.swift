import Primitives

/// Certificates that the current view needs, and when they are asked for again.
struct FetchQueue: Sendable {
    private struct Request {
        let key: CertificateKey
        var attempts = 0
        var due: Instant
    }

    /// Ascending by key; at most ``ConsensusLimits/fetches``.
    private var requests: [Request] = []
    /// What the rules found missing in this event.
    private var wanted: [CertificateKey] = []

    /// Starts to collect what is missing now.
    mutating func startCollecting() { wanted.removeAll(keepingCapacity: true) }

    mutating func want(_ keys: [CertificateKey]) {
        wanted += keys.prefix(max(0, ConsensusLimits.fetches - wanted.count))
    }

    /// Drops what is no longer missing, and returns what is to be asked for now with the number of
    /// times that it was asked for before.
    mutating func due(at now: Instant, retry: UInt64) -> [(key: CertificateKey, attempt: Int)] {
        var kept: [Request] = []
        for key in wanted.sorted() where kept.last?.key != key {
            kept.append(requests.first { $0.key == key } ?? Request(key: key, due: now))
        }
        var due: [(key: CertificateKey, attempt: Int)] = []
        for index in kept.indices where kept[index].due <= now {
            due.append((kept[index].key, kept[index].attempts))
            kept[index].attempts += 1
            kept[index].due = now.advanced(byMilliseconds: retry)
        }
        requests = kept
        return due
    }

    var nextDue: Instant? { requests.map(\.due).min() }
}
