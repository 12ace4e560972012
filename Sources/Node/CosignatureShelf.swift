import Consensus
import Metrics
import Primitives
import Synchronization

/// Between the connections, the cosigner and those who ask: cosignatures and peers that came, and
/// the note that is served. Bounded.
final class CosignatureShelf: Sendable {
    /// Cosignatures of one peer that wait to be looked at; more are let go of.
    private static let waitingPerPeer = 64
    /// Peers that have just come.
    private static let newcomers = 1_024

    private struct State {
        var waiting: [PublicKey: [Cosignature]] = [:]
        var newcomers: Set<PublicKey> = []
        var note: String?
    }

    private let state = Mutex(State())

    /// The newest cosigned checkpoint as a signed note; nil while there is none.
    var note: String? { state.withLock { $0.note } }

    func show(_ note: String?) { state.withLock { $0.note = note } }

    /// A peer's cosignature, to be looked at soon.
    func put(_ cosignature: Cosignature, from key: PublicKey) {
        let isTaken = state.withLock { state in
            guard state.waiting[key, default: []].count < CosignatureShelf.waitingPerPeer else {
                return false
            }
            state.waiting[key, default: []].append(cosignature)
            return true
        }
        if !isTaken { Counter(label: "drec_log_dropped_cosignatures").increment() }
    }

    /// A peer came that may lack what this node has.
    func greet(_ key: PublicKey) {
        state.withLock { state in
            if state.newcomers.count < CosignatureShelf.newcomers { state.newcomers.insert(key) }
        }
    }

    /// Takes away what waits, by peer in the order of their keys.
    func takeAll() -> (cosignatures: [Cosignature], newcomers: Set<PublicKey>) {
        state.withLock { state in
            let waiting = state.waiting.sorted { $0.key < $1.key }.flatMap(\.value)
            let newcomers = state.newcomers
            state.waiting = [:]
            state.newcomers = []
            return (waiting, newcomers)
        }
    }
}
