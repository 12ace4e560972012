import Metrics

/// Counters of the connections; their labels come from this module alone.
enum PeeringMetrics {
    static func dropped(votes: Int) {
        Counter(label: "drec_peering_dropped_votes").increment(by: votes)
    }

    /// An accepted socket that was closed at once.
    static func refused() { Counter(label: "drec_peering_refused").increment() }

    static func ended(_ end: LinkEnd) {
        Counter(label: "drec_peering_ended", dimensions: [("code", end.code)]).increment()
    }

    static func show(_ peers: [PeerStatus]) {
        var connected = 0
        var received: UInt64 = 0
        var sent: UInt64 = 0
        for peer in peers {
            if case .connected = peer.connection { connected += 1 }
            received &+= peer.traffic.receivedBytes
            sent &+= peer.traffic.sentBytes
        }
        Gauge(label: "drec_peering_connected").record(connected)
        Gauge(label: "drec_peering_bytes", dimensions: [("direction", "in")]).record(received)
        Gauge(label: "drec_peering_bytes", dimensions: [("direction", "out")]).record(sent)
    }
}
