import Foundation
import Ledger
import Primitives
import Replica
import Synchronization

/// Transactions whose signatures this node has checked lately: what came from a client or a peer is
/// not checked again when a block brings it.
///
/// Known by what was submitted, signatures included: an id alone says nothing about them.
final class CheckedTransactions: Sendable {
    /// Bytes of transactions that are remembered; the oldest are forgotten first.
    private static let byteLimit = 64 * 1_024 * 1_024

    private struct State {
        var known: [Digest: CheckedTransaction] = [:]
        var order: [Digest] = []
        /// Nothing is left in the order before this place.
        var oldest = 0
        var bytes = 0
    }

    private let state = Mutex(State())

    subscript(submission: Digest) -> CheckedTransaction? {
        state.withLock { $0.known[submission] }
    }

    func remember(_ transaction: CheckedTransaction) {
        let hash = transaction.transaction.submissionHash
        let size = Inbox.size(of: transaction.transaction)
        state.withLock { state in
            guard state.known[hash] == nil else { return }
            state.known[hash] = transaction
            state.order.append(hash)
            state.bytes += size
            while state.bytes > CheckedTransactions.byteLimit, state.oldest < state.order.count {
                let gone = state.order[state.oldest]
                state.oldest += 1
                if let transaction = state.known.removeValue(forKey: gone) {
                    state.bytes -= Inbox.size(of: transaction.transaction)
                }
            }
            if state.oldest > 4_096, state.oldest * 2 > state.order.count {
                state.order.removeFirst(state.oldest)
                state.oldest = 0
            }
        }
    }

    /// What is final needs no check any more.
    func forget(_ submission: Digest) {
        state.withLock { state in
            guard let gone = state.known.removeValue(forKey: submission) else { return }
            state.bytes -= Inbox.size(of: gone.transaction)
        }
    }
}
