import Merkle
import Primitives
import Synchronization

/// A copy of the state tree from which proofs are made while the driver goes on with its own.
///
/// It is made from every bucket's root when the first proof is asked for, and follows the blocks
/// that are written from then on, unless so many come that making it anew is as well. One at a time
/// uses it, so it is never made twice at once and never copied.
package final class ProofTree: Sendable {
    /// Changed nodes that wait to be taken in, 41 bytes each, before the copy is given up.
    private static let nodeLimit = 500_000
    /// Roots that it has left, by which a look at the store before them is known.
    private static let rememberedRoots = 64

    private struct State {
        var tree: StateTree?
        var steps: [StateTreeStep] = []
        var nodeCount = 0
        var leftRoots: [Digest] = []
    }

    private let state = Mutex(State())

    package init() {}

    /// What a block changes, before it is committed: whoever sees the block finds it here.
    func append(_ overlay: StateTreeOverlay) {
        state.withLock { state in
            guard let tree = state.tree else { return }
            let step = StateTreeStep(overlay)
            // Blocks that were written and not committed left steps that nothing follows.
            while let last = state.steps.last, last.root != step.parentRoot {
                state.nodeCount -= last.nodeCount
                state.steps.removeLast()
            }
            let newest = state.steps.last?.root ?? tree.root
            state.steps.append(step)
            state.nodeCount += step.nodeCount
            if newest != step.parentRoot || state.nodeCount > ProofTree.nodeLimit {
                state = State()
            }
        }
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
        let result = state.withLock { state -> Swift.Result<Result, any Error> in
            Swift.Result {
                try ProofTree.advance(&state, to: root, depth: depth, make)
                guard let tree = state.tree else { throw StoreError.damaged("no state tree") }
                return try body(tree)
            }
        }
        return try result.get()
    }

    private static func advance(
        _ state: inout State, to root: Digest, depth: Int, _ make: () throws -> StateTree
    ) throws {
        if let tree = state.tree, tree.root == root, tree.depth == depth { return }
        if state.leftRoots.contains(root) { throw ProofTreeLeftBehind() }
        if let end = state.steps.firstIndex(where: { $0.root == root }), state.tree != nil {
            for step in state.steps[...end] {
                guard let before = state.tree?.root, state.tree?.follow(step) == true else { break }
                if before != step.root { state.leftRoots.append(before) }
                state.nodeCount -= step.nodeCount
            }
            state.steps.removeFirst(end + 1)
            state.leftRoots = state.leftRoots.suffix(rememberedRoots)
            if let tree = state.tree, tree.root == root, tree.depth == depth { return }
        }
        state = State()
        state.tree = try make()
    }
}

/// A look at the store that was taken before the block at which proofs are made now; another look
/// helps.
package struct ProofTreeLeftBehind: Error {
    package init() {}
}
