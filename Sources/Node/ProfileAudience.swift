package import Primitives
import Synchronization

/// Beyond the authorities: which observers this member gives profiles to, and, for an observer,
/// which authority gives it them.
package struct ProfileAudience: Sendable {
    /// TLS keys of the member's own observers.
    package let readers: Set<PublicKey>
    /// TLS key of the authority that an observer asks; nil where all authorities are asked, by one
    /// of them, and nobody by any other observer.
    package let source: PublicKey?

    package init(readers: Set<PublicKey> = [], source: PublicKey? = nil) {
        self.readers = readers
        self.source = source
    }

    /// Whether a peer's profiles are asked for.
    func mayAsk(_ peer: PublicKey) -> Bool { source.map { $0 == peer } ?? true }
}
