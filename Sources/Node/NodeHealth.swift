package import Gateway
import Ledger
import Merkle
import Primitives
import Replica
import Synchronization
import Wire

/// What the driver tells others about the node: a snapshot, written by one, read by all.
package final class NodeHealth: Sendable {
    private struct State {
        var head: ChainHead?
        var authorities: [String] = []
        var operation = OperationLog()
        var pending = 0
        var failure: String?
        var isStopping = false
        var webhooks: [OperationStatus.Webhook] = []
        var whenStopping: [@Sendable () -> Void] = []

        var notReadyBecause: String? {
            if isStopping { return "the node is stopping" }
            return head == nil ? "the chain is being loaded" : failure
        }
    }

    private let state = Mutex(State())
    /// Told of each new head, after what else is told here.
    let watch = HeadWatch()

    package init() {}

    func update(_ replica: ChainReplica, agreement: AgreementState, at moment: OperationMoment) {
        state.withLock {
            if $0.head?.height != replica.head.height { $0.operation.headMoved(at: moment) }
            $0.head = replica.head
            $0.authorities = replica.authorities.members.map(\.name)
            $0.operation.take(agreement, at: moment)
        }
        watch.moved(to: replica.head.height)
    }

    /// Changes what operators are told.
    func note(_ change: (inout OperationLog) -> Void) { state.withLock { change(&$0.operation) } }

    var operation: OperationLog { state.withLock { $0.operation } }

    var webhooks: [OperationStatus.Webhook] { state.withLock { $0.webhooks } }

    /// Takes note of how webhooks are, which are not the driver's.
    package func note(webhooks: [OperationStatus.Webhook]) {
        state.withLock { $0.webhooks = webhooks }
    }

    func setPending(_ count: Int) { state.withLock { $0.pending = count } }

    /// Of the newest final block; 0 before the chain is loaded.
    var height: Height { state.withLock { $0.head?.height ?? Height(0) } }

    /// Of the newest final block.
    var headTimeMilliseconds: UInt64 { state.withLock { $0.head?.timeMilliseconds ?? 0 } }

    /// Why the last write failed, or nil.
    var failure: String? { state.withLock { $0.failure } }

    /// Whether the last write failed.
    var isFailing: Bool { state.withLock { $0.failure != nil } }

    func storeFails(_ reason: String) { state.withLock { $0.failure = reason } }
    func storeWorks() { state.withLock { $0.failure = nil } }

    /// What is to be done as soon as the node is told to stop.
    func whenStopping(_ action: @escaping @Sendable () -> Void) {
        state.withLock { $0.whenStopping.append(action) }
    }

    /// From now on nobody should send anything here; there is no way back.
    func stops() {
        let actions = state.withLock { state in
            state.isStopping = true
            return state.whenStopping
        }
        watch.stops()
        for action in actions { action() }
    }

    /// Why the node is not ready, or nil.
    package var notReadyBecause: String? {
        state.withLock { $0.notReadyBecause }
    }

    func status(
        version: String, network: Digest, base: FinalHeader? = nil
    ) -> NodeStatus {
        state.withLock { state in
            let head = state.head
            return NodeStatus(
                height: head?.height ?? Height(0), headHash: head?.hash ?? network,
                headTimeMilliseconds: head?.timeMilliseconds ?? 0,
                logSize: head?.frontier.size ?? 0, logRoot: head?.frontier.root ?? .zero,
                stateRoot: head?.stateRoot ?? .zero, epoch: head?.epoch ?? Epoch(0),
                view: head?.view ?? View(0), authorities: state.authorities,
                pendingTransactions: state.pending,
                notReadyBecause: state.notReadyBecause, version: version, base: base)
        }
    }
}
