package import Ledger
package import Primitives
import Wire

/// Which authorities take over after a block: the one place that knows how a state says so.
///
/// The block that leaves a state with the set of the next epoch is the boundary: its header names
/// that set, and no block but itself is proposed on it until it is final.
package struct Succession: Sendable {
    /// The next epoch's set; nil where the present one goes on.
    package let next:
        @Sendable (_ present: AuthoritySet, _ height: Height, _ state: any StateReader) throws ->
            AuthoritySet?

    package init(
        next: @escaping @Sendable (AuthoritySet, Height, any StateReader) throws -> AuthoritySet?
    ) {
        self.next = next
    }

    /// As the ledger's state says.
    package static let ofState = Succession { present, _, state in
        let (epoch, overflow) = present.epoch.rawValue.addingReportingOverflow(1)
        guard !overflow else { return nil }
        return try state.message(
            ProtoAuthoritySetValue.self, for: .authorities(Epoch(epoch))
        ).map { AuthoritySet(epoch: Epoch(epoch), value: $0) }
    }
}
