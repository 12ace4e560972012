import Merkle
import Primitives
import Testing

@Suite("Overlays of the state tree")
struct StateTreeOverlayTests {
    @Test("Stacked overlays equal batches committed one by one", arguments: [0, 4, 8])
    func stacked(depth: Int) throws {
        var random = SplitMix(seed: 40 + UInt64(depth))
        var stored = try StoredTree(depth: depth)
        var naive = NaiveStateTree()
        var pending: [(overlay: StateTreeOverlay, naive: NaiveStateTree)] = []
        for _ in 0..<30 {
            let known = naive.values.keys.sorted()
            let changes = random.changes(Int(random.next() % 20), known: known)
            let overlay = try stored.update(changes, over: pending.last?.overlay)
            naive.apply(changes)
            #expect(overlay.root == naive.root && overlay.leafCount == naive.values.count)
            pending.append((overlay, naive))
            for (overlay, naive) in pending {
                let key = naive.values.keys.min() ?? .zero
                let proof = try stored.proof(of: key, over: overlay)
                #expect(proof.verify(key: key, valueHash: naive.values[key], root: naive.root))
            }
            while pending.count > Int(random.next() % 5) {
                let (overlay, naive) = pending.removeFirst()
                try stored.commit(overlay)
                #expect(stored.tree.root == naive.root)
            }
        }
    }

    @Test("Branches over one parent do not disturb each other, and dropping one leaves no trace")
    func branches() throws {
        var random = SplitMix(seed: 41)
        var stored = try StoredTree(depth: 4)
        try stored.commit(random.changes(100, known: []))
        let root = stored.tree.root
        let parent = try stored.update(random.changes(20, known: []))
        let one = random.changes(20, known: [])
        let two = random.changes(20, known: [])
        let left = try stored.update(one, over: parent)
        let right = try stored.update(two, over: parent)
        #expect(left.root != right.root && left.parentRoot == parent.root)
        #expect(try stored.update(one, over: parent).root == left.root)
        #expect(stored.tree.root == root)
        try stored.commit(parent)
        #expect(try stored.update(two).root == right.root)
        try stored.commit(right)
        #expect(throws: MerkleError.staleOverlay) { try stored.commit(left) }
        #expect(throws: MerkleError.staleOverlay) { try stored.update([], over: left) }
        #expect(throws: MerkleError.staleOverlay) { try stored.proof(of: .zero, over: left) }
        #expect(stored.tree.root == right.root)
    }

    @Test("An overlay is committed only in its turn")
    func order() throws {
        var random = SplitMix(seed: 42)
        var stored = try StoredTree(depth: 2)
        let first = try stored.update(random.changes(9, known: []))
        let second = try stored.update(random.changes(9, known: []), over: first)
        let third = try stored.update(random.changes(9, known: []), over: second)
        #expect(throws: MerkleError.staleOverlay) { try stored.commit(second) }
        try stored.commit(first)
        #expect(throws: MerkleError.staleOverlay) { try stored.commit(third) }
        try stored.commit(second)
        try stored.commit(third)
        #expect(stored.tree.root == third.root)
        #expect(throws: MerkleError.staleOverlay) { try stored.commit(first) }
    }

    @Test("A batch that undoes the one before leads back to the state")
    func undone() throws {
        var stored = try StoredTree(depth: 2)
        var random = SplitMix(seed: 43)
        try stored.commit(random.changes(20, known: []))
        let (key, valueHash) = (random.digest(), random.digest())
        let there = try stored.update([StateChange(key: key, valueHash: valueHash)])
        let back = try stored.update([StateChange(key: key, valueHash: nil)], over: there)
        let again = try stored.update([StateChange(key: key, valueHash: valueHash)], over: back)
        #expect(back.root == stored.tree.root && again.root == there.root)
        for overlay in [there, back, again] {
            #expect(try stored.update([], over: again).root == again.root)
            try stored.commit(overlay)
            #expect(stored.tree.root == overlay.root)
            #expect(try stored.rebuilt().root == overlay.root)
        }
    }

    @Test("A batch without changes takes its turn, once")
    func emptyBatches() throws {
        var stored = try StoredTree(depth: 2)
        let change = StateChange(key: .sha256([1]), valueHash: .sha256([2]))
        let idle = try stored.update([])
        let idleAgain = try stored.update([], over: idle)
        let busy = try stored.update([change], over: idleAgain)
        #expect(throws: MerkleError.staleOverlay) { try stored.commit(idleAgain) }
        try stored.commit(idle)
        #expect(throws: MerkleError.staleOverlay) { try stored.commit(idle) }
        #expect(throws: MerkleError.staleOverlay) { try stored.commit(busy) }
        try stored.commit(idleAgain)
        try stored.commit(busy)
        #expect(stored.tree.root == busy.root && stored.tree.leafCount == 1)
    }

    @Test("Trees with few leaves collapse and unfold above the buckets")
    func collapse() throws {
        var random = SplitMix(seed: 44)
        for depth in [1, 6] {
            var stored = try StoredTree(depth: depth)
            var naive = NaiveStateTree()
            for _ in 0..<200 {
                let known = naive.values.keys.sorted()
                var changes = random.changes(1, known: known)
                if known.count > 3 {
                    changes = [StateChange(key: known[Int(random.next() % 4)], valueHash: nil)]
                }
                try stored.commit(changes)
                naive.apply(changes)
                #expect(stored.tree.root == naive.root)
                #expect(try stored.rebuilt().root == naive.root)
            }
        }
    }

    @Test("Growing deeper keeps the root, the pending overlays and every proof")
    func growth() throws {
        var random = SplitMix(seed: 45)
        var stored = try StoredTree(depth: 0)
        var naive = NaiveStateTree()
        var pending: StateTreeOverlay?
        for round in 0..<12 {
            let changes = random.changes(40, known: naive.values.keys.sorted())
            let overlay = try stored.update(changes, over: pending)
            naive.apply(changes)
            if let pending { try stored.commit(pending) }
            let root = stored.tree.root
            try stored.deepen()
            #expect(stored.tree.depth == round + 1 && stored.tree.root == root)
            #expect(throws: MerkleError.staleOverlay) { try stored.update([], over: overlay) }
            let deeper = try overlay.deepened()
            #expect(deeper.root == naive.root && deeper.leafCount == naive.values.count)
            pending = deeper
            #expect(try stored.rebuilt().root == root)
            for key in naive.values.keys.sorted().prefix(9) {
                let proof = try stored.proof(of: key, over: deeper)
                #expect(proof.verify(key: key, valueHash: naive.values[key], root: naive.root))
            }
        }
        try stored.commit(try #require(pending))
        #expect(stored.tree.root == naive.root)
        #expect(try stored.rebuilt().root == naive.root)
    }

    @Test("A tree wants to grow above four leaves a bucket, and a failing growth changes nothing")
    func growthLimit() throws {
        var random = SplitMix(seed: 46)
        var stored = try StoredTree(depth: 3)
        try stored.commit(
            (0..<32).map { _ in
                StateChange(key: random.digest(), valueHash: random.digest())
            })
        #expect(!stored.tree.wantsDeepening)
        try stored.commit([StateChange(key: random.digest(), valueHash: random.digest())])
        #expect(stored.tree.wantsDeepening)
        let root = stored.tree.root
        var tree = stored.tree
        #expect(throws: StoredTree.Unread()) {
            try tree.deepen(bucket: stored.read) { if $0.index > 3 { throw StoredTree.Unread() } }
        }
        let swapped = try stored.read(1)
        #expect(throws: MerkleError.damagedBucket(0)) {
            try tree.deepen(bucket: { _ in swapped }, store: { _ in })
        }
        let short = Array(try stored.read(0).dropLast(96))
        #expect(throws: MerkleError.damagedBucket(0)) {
            try tree.deepen(bucket: { _ in short }, store: { _ in })
        }
        #expect(tree.depth == 3 && tree.root == root && tree.leafCount == 33)
        try stored.deepen()
        #expect(!stored.tree.wantsDeepening)
    }
}
