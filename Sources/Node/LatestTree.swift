import Merkle
import Synchronization

/// The state tree that the last proof was made from: until the next block it is good for others.
final class LatestTree: Sendable {
    private let tree = Mutex<StateTree?>(nil)

    var latest: StateTree? {
        get { tree.withLock { $0 } }
        set { tree.withLock { $0 = newValue } }
    }
}
