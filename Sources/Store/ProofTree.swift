import Merkle
import Primitives
import Synchronization

/// A copy of the state tree from which proofs are made while the driver goes on with its own.
///
/// It is made from every bucket's root when the first proof is asked for, and follows the blocks
/// that are written from then on, unless so many come that making it anew is as well. One at a time
/// uses it, so it is never made twice at once and never copied. The driver waits for none of that.
package final class ProofTree: Sendable {
    /// Changed nodes that wait to be taken in, 41 bytes each, before the copy is given up.
    private static let nodeLimit = 500_000
    /// Roots that it has left, by which a look at the store before them is known.
    private static let rememberedRoots = 64

    /// What blocks have changed; held for moments only.
    private struct Pending {
        /// Whether there is a copy that wants to know.
        var isFollowing = false
        /// Each begins with the root that the one before ends with.
        var steps: [StateTreeStep] = []
        var nodeCount = 0
    }

    private struct Copy {
        var tree: StateTree?
        var leftRoots: [Digest] = []
    }

    private let pending = Mutex(Pending())
    private let copy = Mutex(Copy())

    package init() {}

    /// What a block changes, before it is committed: whoever sees the block finds it here.
    func append(_ overlay: StateTreeOverlay) {
        guard overlay.root != overlay.parentRoot else { return }
        let isGivenUp = pending.withLock { pending in
            guard pending.isFollowing else { return false }
            let step = StateTreeStep(overlay)
            // Blocks that were written and not committed left steps that nothing follows.
            while let last = pending.steps.last, last.root != step.parentRoot {
                pending.nodeCount -= last.nodeCount
                pending.steps.removeLast()
            }
            pending.steps.append(step)
            pending.nodeCount += step.nodeCount
            guard pending.nodeCount > ProofTree.nodeLimit else { return false }
            pending = Pending()
            return true
        }
        // Nobody has asked for a proof for long.
        if isGivenUp { _ = copy.withLockIfAvailable { $0 = Copy() } }
    }

    /// Uses the tree of a state, which is made where it is not at hand.
    ///
    /// - Throws: ``ProofTreeLeftBehind`` where the copy has gone on beyond the state already; what
    ///   the closures throw.
    func use<Result: Sendable>(
        root: Digest, depth: Int, making make: () throws -> StateTree,
        _ body: (StateTree) throws -> Result
    ) throws -> Result {
        // The lock's own closure may throw one kind alone.
        let result = copy.withLock { copy -> Swift.Result<Result, any Error> in
            Swift.Result {
                if copy.leftRoots.contains(root) { throw ProofTreeLeftBehind() }
                if !follow(&copy, to: root, depth: depth) {
                    pending.withLock { $0.isFollowing = true }
                    copy = Copy()
                    copy.tree = try make()
                }
                guard let tree = copy.tree else { throw StoreError.damaged("no state tree") }
                return try body(tree)
            }
        }
        return try result.get()
    }

    /// Takes in what leads to a root.
    ///
    /// - Returns: whether the copy is the tree of that root now.
    private func follow(_ copy: inout Copy, to root: Digest, depth: Int) -> Bool {
        guard let tree = copy.tree, tree.depth == depth else { return false }
        if tree.root == root { return true }
        for step in takeSteps(from: tree.root, to: root) {
            guard let left = copy.tree?.root, copy.tree?.follow(step) == true else { return false }
            copy.leftRoots.append(left)
        }
        copy.leftRoots = copy.leftRoots.suffix(ProofTree.rememberedRoots)
        return copy.tree?.root == root
    }

    /// The steps between two roots, which nobody else needs then; none where they are not here.
    private func takeSteps(from first: Digest, to last: Digest) -> [StateTreeStep] {
        pending.withLock { pending in
            guard let start = pending.steps.firstIndex(where: { $0.parentRoot == first }),
                let end = pending.steps[start...].firstIndex(where: { $0.root == last })
            else { return [] }
            let taken = Array(pending.steps[start...end])
            pending.steps.removeFirst(end + 1)
            pending.nodeCount = pending.steps.reduce(0) { $0 + $1.nodeCount }
            return taken
        }
    }
}

/// A look at the store that was taken before the block at which proofs are made now; another look
/// helps.
package struct ProofTreeLeftBehind: Error {
    package init() {}
}
