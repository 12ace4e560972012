import Consensus
import Gateway
import Ledger
import Primitives
import Replica
import Synchronization

/// What the driver takes in, one after the other.
enum Input: Sendable {
    /// A client of this node waits for the answer.
    case submitted(CheckedTransaction)
    /// Passed on by a peer.
    case passedOn([CheckedTransaction], PeerWindow.Share)
    case connected(PublicKey)
    case disconnected(PublicKey)
    /// Decoded and not checked; the window gets its room back once it is handled.
    case message(PeerMessage, from: PublicKey, PeerWindow.Share)
    /// The message of that share was checked: nil when it was not worth handing in.
    case checked(ReplicaMachine.Event?, from: PublicKey, CertificateKey?, PeerWindow.Share)
    /// An authority asks for a profile.
    case profileAsked(Digest, from: PublicKey, PeerWindow.Share)
    /// What a peer sent is no message.
    case misbehaved(PublicKey, String)
    /// A peer's question for blocks was answered.
    case served(PublicKey)
    /// A time that was waited for has come.
    case woke(Instant)
}

/// The driver's one bounded inbox, and what was decided lately.
///
/// Clients never wait for room: a full inbox is an answer, `busy`, and is counted. What peers send
/// is bounded by their windows, see ``PeerWindow``.
final class Inbox: Sendable {
    private struct Pending {
        let verdict: Verdict
        let submissionHash: Digest
        let signers: [PublicKey]
        let size: Int
        let since = ContinuousClock.now
    }

    private struct State {
        var inputs: [Input] = []
        var pending: [Digest: Pending] = [:]
        /// How many of the pending transactions a key signs.
        var signers: [PublicKey: Int] = [:]
        var bytes = 0
        var decided = VerdictMemory()
        var dropped: UInt64 = 0
        var isClosed = false

        mutating func remove(_ id: Digest) -> Pending? {
            guard let gone = pending.removeValue(forKey: id) else { return nil }
            bytes -= gone.size
            for key in gone.signers {
                let left = (signers[key] ?? 1) - 1
                signers[key] = left > 0 ? left : nil
            }
            return gone
        }
    }

    enum Acceptance {
        case taken, full, closed, known
    }

    private let limits: NodeLimits
    private let state: Mutex<State>
    private let signal: AsyncStream<Void>.Continuation
    /// Until when clients wait for verdicts.
    let deadlines = Deadlines()
    /// Wakes the driver; many inputs are one signal.
    let signals: AsyncStream<Void>

    init(limits: NodeLimits) {
        self.limits = limits
        state = Mutex(State(decided: VerdictMemory(limit: limits.verdicts)))
        (signals, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Takes a client's transaction in.
    func submit(_ checked: CheckedTransaction) -> Acceptance {
        let transaction = checked.transaction
        let size = Inbox.size(of: transaction)
        let result = state.withLock { state -> Acceptance in
            if state.isClosed { return .closed }
            if state.pending[transaction.id] != nil { return .known }
            guard state.pending.count < limits.transactions, size <= limits.bytes - state.bytes
            else {
                state.dropped += 1
                return .full
            }
            let signers = transaction.signers.map(\.key)
            state.pending[transaction.id] = Pending(
                verdict: Verdict(), submissionHash: transaction.submissionHash,
                signers: signers, size: size)
            for key in signers { state.signers[key, default: 0] += 1 }
            state.bytes += size
            state.inputs.append(.submitted(checked))
            return .taken
        }
        if result == .taken { signal.yield() }
        return result
    }

    /// Bytes that a waiting transaction holds: what was sent, and the reads unpacked.
    static func size(of transaction: Transaction) -> Int {
        transaction.bytes.count + transaction.reads.count * MemoryLayout<ReadRow>.stride
    }

    /// Takes in anything else; nothing after ``close()``.
    func put(_ input: Input) {
        let isOpen = state.withLock { state in
            if !state.isClosed { state.inputs.append(input) }
            return !state.isClosed
        }
        if isOpen { signal.yield() } else { input.share?.giveBack() }
    }

    func takeAll() -> [Input] {
        state.withLock { state in
            let taken = state.inputs
            state.inputs = []
            return taken
        }
    }

    /// Takes out of their turn the peers' runs of blocks that are worth a check.
    func takeRuns(where isWorthACheck: (PeerMessage) -> Bool) -> [Input] {
        state.withLock { state in
            var runs: [Input] = []
            state.inputs.removeAll { input in
                guard case .message(let message, _, _) = input, case .blocks = message,
                    isWorthACheck(message)
                else { return false }
                runs.append(input)
                return true
            }
            return runs
        }
    }

    /// The driver has decided about a client's transaction.
    ///
    /// - Returns: how long it has waited here; nil when it does not wait.
    @discardableResult
    func decide(_ id: Digest, _ decision: Verdict.Decision) -> Duration? {
        let pending = state.withLock { state -> Pending? in
            guard let pending = state.remove(id) else { return nil }
            state.decided.remember(id, pending.verdict)
            return pending
        }
        pending?.verdict.decide(decision)
        return pending.map { ContinuousClock.now - $0.since }
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

    /// Takes nothing in any more; whoever waits is told that the node cannot say what becomes of
    /// it.
    func close() {
        let (left, inputs) = state.withLock { state in
            state.isClosed = true
            let left = Array(state.pending.keys)
            let inputs = state.inputs
            state.inputs = []
            return (left, inputs)
        }
        signal.finish()
        for input in inputs { input.share?.giveBack() }
        for id in left {
            decide(id, .failure(GatewayError.unavailable("the node is stopping")))
        }
    }
}

extension Input {
    /// The room that a peer's input takes in its window.
    var share: PeerWindow.Share? {
        switch self {
        case .passedOn(_, let share), .message(_, _, let share), .checked(_, _, _, let share),
            .profileAsked(_, _, let share):
            share
        default: nil
        }
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
