package import Primitives

/// The authorities of one epoch, in the order of their turns.
package struct Committee: Sendable {
    package let epoch: Epoch
    /// Vote keys by index; 1 to ``ConsensusLimits/authorities``, all different.
    package let keys: [PublicKey]
    /// Bugs switched on for a test; none in production.
    package let deviations: Deviations

    /// Nil for no authority, too many, or one key twice.
    package init?(epoch: Epoch, keys: [PublicKey], deviations: Deviations = []) {
        guard !keys.isEmpty, keys.count <= ConsensusLimits.authorities,
            Set(keys).count == keys.count
        else { return nil }
        self.epoch = epoch
        self.keys = keys
        self.deviations = deviations
    }

    package var count: Int { keys.count }
    /// Most liars that the committee stands.
    package var faults: Int { Quorum.faults(among: count) }

    /// Votes that decide.
    package var quorum: Int {
        if deviations.contains(.quorumOfTwoThirds) { return 2 * faults + 1 }
        return Quorum.size(among: count)
    }

    /// Whose turn a view is: authority (epoch + view) mod n.
    package func leader(of view: View) -> Int {
        Int((epoch.rawValue &+ view.rawValue) % UInt64(count))
    }

    /// Nil for an index that no authority has (C13).
    package func key(at index: Int) -> PublicKey? {
        if deviations.contains(.believesSignerIndex), index >= 0 { return keys[index % count] }
        return keys.indices.contains(index) ? keys[index] : nil
    }

    package func index(of key: PublicKey) -> Int? { keys.firstIndex(of: key) }
}
