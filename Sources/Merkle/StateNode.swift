import Primitives

/// A node of the upper tree: its hash, and what the collapse rule has to know about it.
struct StateNode: Equatable, Sendable {
    /// Zero exactly when there is no leaf below.
    let hash: Digest
    /// Whether there is exactly one leaf below; `hash` is then that leaf's.
    let isSingle: Bool

    static let empty = StateNode(hash: StateHash.empty, isSingle: false)

    var isEmpty: Bool { hash == StateHash.empty }

    init(hash: Digest, isSingle: Bool) {
        self.hash = hash
        self.isSingle = isSingle
    }

    /// The parent of two nodes: a subtree with exactly one leaf, at any depth, is that leaf's hash.
    init(_ left: StateNode, _ right: StateNode) {
        if right.isEmpty && (left.isEmpty || left.isSingle) {
            self = left
        } else if left.isEmpty && right.isSingle {
            self = right
        } else {
            self.init(hash: StateHash.node(left.hash, right.hash), isSingle: false)
        }
    }
}
