import Ledger
import Primitives
import Synchronization

/// A transaction on its way to the driver, and where the answer goes.
struct Arrival: Sendable {
    let transaction: Transaction
    let reply: Verdict
}

/// The driver's one bounded inbox, and what was decided lately.
///
/// Senders never wait for room: a full inbox is an answer, `busy`, and is counted.
final class Inbox: Sendable {
    private struct Pending {
        let verdict: Verdict
        let submissionHash: Digest
        let signers: [PublicKey]
        let size: Int
    }

    private struct State {
        var arrivals: [Arrival] = []
        var pending: [Digest: Pending] = [:]
        /// How many of the pending transactions a key signs.
        var signers: [PublicKey: Int] = [:]
        var bytes = 0
        var decided = VerdictMemory()
        var dropped: UInt64 = 0
        var isClosed = false
    }

    enum Acceptance {
        case taken, full, closed, known
    }

    private let limits: NodeLimits
    private let state: Mutex<State>
    private let signal: AsyncStream<Void>.Continuation
    /// Wakes the driver; many arrivals are one signal.
    let signals: AsyncStream<Void>

    init(limits: NodeLimits) {
        self.limits = limits
        state = Mutex(State(decided: VerdictMemory(limit: limits.verdicts)))
        (signals, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Takes a transaction in whose signatures were checked.
    func put(_ transaction: Transaction) -> Acceptance {
        let size = Inbox.size(of: transaction)
        let result = state.withLock { state -> Acceptance in
            if state.isClosed { return .closed }
            if state.pending[transaction.id] != nil { return .known }
            guard state.pending.count < limits.transactions, size <= limits.bytes - state.bytes
            else {
                state.dropped += 1
                return .full
            }
            let verdict = Verdict()
            let signers = transaction.signers.map(\.key)
            state.pending[transaction.id] = Pending(
                verdict: verdict, submissionHash: transaction.submissionHash, signers: signers,
                size: size)
            for key in signers { state.signers[key, default: 0] += 1 }
            state.bytes += size
            state.arrivals.append(Arrival(transaction: transaction, reply: verdict))
            return .taken
        }
        if result == .taken { signal.yield() }
        return result
    }

    /// Bytes that a waiting transaction holds: what was sent, and the reads unpacked.
    static func size(of transaction: Transaction) -> Int {
        transaction.bytes.count + transaction.reads.count * MemoryLayout<ReadRow>.stride
    }

    /// Wakes the driver without an arrival.
    func poke() { signal.yield() }

    func takeAll() -> [Arrival] {
        state.withLock { state in
            let taken = state.arrivals
            state.arrivals = []
            return taken
        }
    }

    /// The driver has decided about these, or does so now.
    func settle(_ ids: some Sequence<Digest>) {
        state.withLock { state in
            for id in ids {
                guard let pending = state.pending.removeValue(forKey: id) else { continue }
                state.bytes -= pending.size
                for key in pending.signers {
                    let left = (state.signers[key] ?? 1) - 1
                    state.signers[key] = left > 0 ? left : nil
                }
                state.decided.remember(id, pending.verdict)
            }
        }
    }

    func isPending(_ id: Digest) -> Bool { state.withLock { $0.pending[id] != nil } }

    /// Whether this very submission waits: the id alone says nothing about the signatures.
    func holds(_ transaction: Transaction) -> Bool {
        state.withLock {
            $0.pending[transaction.id]?.submissionHash == transaction.submissionHash
        }
    }

    /// Whether a key signs a transaction that waits, and so was vouched for.
    func hasSigner(_ key: PublicKey) -> Bool { state.withLock { $0.signers[key] != nil } }

    /// The verdict on a transaction that waits or was decided lately.
    func verdict(of id: Digest) -> Verdict? {
        state.withLock { $0.pending[id]?.verdict ?? $0.decided[id] }
    }

    var pendingCount: Int { state.withLock { $0.pending.count } }
    var droppedCount: UInt64 { state.withLock { $0.dropped } }

    /// Takes nothing in any more and gives what was left.
    func close() -> [Arrival] {
        let left = state.withLock { state in
            state.isClosed = true
            let left = state.arrivals
            state.arrivals = []
            return left
        }
        signal.finish()
        return left
    }
}

/// The latest verdicts by id; the oldest make room for new ones.
private struct VerdictMemory {
    private let limit: Int
    private var verdicts: [Digest: Verdict] = [:]
    /// A ring, in the order in which they were remembered.
    private var order: [(id: Digest, verdict: Verdict)] = []
    private var oldest = 0

    init(limit: Int = 0) { self.limit = limit }

    subscript(id: Digest) -> Verdict? { verdicts[id] }

    mutating func remember(_ id: Digest, _ verdict: Verdict) {
        guard limit > 0 else { return }
        verdicts[id] = verdict
        if order.count < limit {
            order.append((id, verdict))
            return
        }
        let gone = order[oldest]
        // The same id may have been decided again since.
        if verdicts[gone.id] === gone.verdict { verdicts[gone.id] = nil }
        order[oldest] = (id, verdict)
        oldest = (oldest + 1) % limit
    }
}
