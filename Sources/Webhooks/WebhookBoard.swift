import API
import Gateway
import Synchronization

/// How all webhooks of a node are, for its operator.
final class WebhookBoard: Sendable {
    private let shown = Mutex<[String: OperationStatus.Webhook]>([:])
    private let report: @Sendable ([OperationStatus.Webhook]) -> Void

    init(_ report: @escaping @Sendable ([OperationStatus.Webhook]) -> Void) {
        self.report = report
    }

    /// Takes those off that are no targets any more.
    func keep(_ targets: [WebhookTarget]) {
        let ids = Set(targets.map(\.id))
        change { shown in shown = shown.filter { ids.contains($0.key) } }
    }

    func show(_ target: WebhookTarget, _ state: WebhookState, failure: String? = nil) {
        let webhook = OperationStatus.Webhook(
            id: target.id, host: target.url.host, place: state.place?.text,
            failures: state.failures, lastFailure: failure ?? state.lastFailure,
            lastSuccess: state.lastSuccess, givenUpBecause: state.givenUpBecause)
        change { $0[target.id] = webhook }
    }

    private func change(_ body: (inout [String: OperationStatus.Webhook]) -> Void) {
        let all = shown.withLock { shown in
            body(&shown)
            return shown.values.sorted { $0.id < $1.id }
        }
        report(all)
    }
}
