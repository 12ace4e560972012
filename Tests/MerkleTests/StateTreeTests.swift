import Merkle
import Primitives
import Testing

@Suite("The state tree")
struct StateTreeTests {
    @Test("Random changes give the roots of the definition, at any depth", arguments: [0, 1, 3, 9])
    func randomChanges(depth: Int) throws {
        var random = SplitMix(seed: UInt64(depth) + 1)
        var stored = try StoredTree(depth: depth)
        var naive = NaiveStateTree()
        #expect(stored.tree.root == .zero)
        for _ in 0..<40 {
            let known = naive.values.keys.sorted()
            let changes = random.changes(Int(random.next() % 30), known: known)
            let overlay = try stored.update(changes)
            naive.apply(changes)
            #expect(overlay.root == naive.root)
            #expect(overlay.leafCount == naive.values.count)
            try stored.commit(overlay)
            #expect(stored.tree.root == naive.root)
            #expect(stored.tree.leafCount == naive.values.count)
            let rebuilt = try stored.rebuilt()
            #expect(rebuilt.root == naive.root && rebuilt.leafCount == naive.values.count)
        }
        let deletes = naive.values.keys.sorted().map { StateChange(key: $0, valueHash: nil) }
        try stored.commit(deletes)
        #expect(stored.tree.root == .zero && stored.tree.leafCount == 0)
        #expect(stored.buckets.isEmpty)
    }

    @Test("The same set has the same root and the same buckets by any road")
    func orderAndBatches() throws {
        var random = SplitMix(seed: 77)
        let pairs = (0..<300).map { _ in
            StateChange(key: random.digest(), valueHash: random.digest())
        }
        var whole = try StoredTree(depth: 5)
        try whole.commit(pairs)
        for _ in 0..<5 {
            var other = try StoredTree(depth: 5)
            var rest = pairs.shuffled(using: &random)[...]
            while !rest.isEmpty {
                let batch = Array(rest.prefix(Int(random.next() % 50) + 1))
                rest = rest.dropFirst(batch.count)
                // A visitor that is gone again, and a value that is corrected.
                let visitor = StateChange(key: random.digest(), valueHash: random.digest())
                let wrong = StateChange(key: batch[0].key, valueHash: random.digest())
                try other.commit([visitor, wrong])
                try other.commit(batch + [StateChange(key: visitor.key, valueHash: nil)])
            }
            #expect(other.tree.root == whole.tree.root)
            #expect(other.tree.leafCount == whole.tree.leafCount)
            #expect(other.buckets == whole.buckets)
        }
    }

    @Test("What changes nothing is not written")
    func nothingToDo() throws {
        var random = SplitMix(seed: 3)
        let pairs = (0..<50).map { _ in
            StateChange(key: random.digest(), valueHash: random.digest())
        }
        var stored = try StoredTree(depth: 3)
        try stored.commit(pairs)
        let absent = StateChange(key: random.digest(), valueHash: nil)
        for changes in [[], pairs, [absent], pairs + [absent]] {
            let overlay = try stored.update(changes)
            #expect(overlay.changedBuckets.isEmpty)
            #expect(overlay.root == stored.tree.root && overlay.leafCount == 50)
            try stored.commit(overlay)
        }
        let empty = try StoredTree(depth: 0)
        #expect(try empty.update([absent]).root == .zero)
    }

    @Test("A batch may name a key only once")
    func duplicates() throws {
        let stored = try StoredTree(depth: 2)
        let (key, other) = (Digest.sha256([1]), Digest.sha256([2]))
        for valueHash in [other, nil] {
            let changes = [
                StateChange(key: key, valueHash: other), StateChange(key: other, valueHash: key),
                StateChange(key: key, valueHash: valueHash),
            ]
            #expect(throws: MerkleError.duplicateKey(key)) { try stored.update(changes) }
        }
    }

    @Test("Damaged buckets and rows are noticed")
    func damage() throws {
        var random = SplitMix(seed: 5)
        var stored = try StoredTree(depth: 1)
        let pairs = (0..<9).map { _ in
            StateChange(key: random.digest(), valueHash: random.digest())
        }
        try stored.commit(pairs)
        let change = StateChange(key: Digest(words: (0, 0, 0, 9)), valueHash: pairs[0].key)
        let bytes = try stored.read(0)
        let entry = Array(bytes[..<96])
        let foreign = [bytes[0] | 0x80] + bytes[1...]
        let damaged = [
            [], Array(bytes.dropLast()), bytes + [0], entry, entry + entry,
            Array(bytes[96..<192]) + entry, foreign,
        ]
        for bytes in damaged {
            let tree = stored.tree
            #expect(throws: MerkleError.damagedBucket(0)) {
                try tree.update([change]) { _ in bytes }
            }
            #expect(throws: MerkleError.damagedBucket(0)) {
                try tree.proof(of: change.key) { _ in bytes }
            }
        }
        for offset in [64, 95] {
            var changed = bytes
            changed[offset] ^= 1
            #expect(throws: MerkleError.damagedBucket(0)) {
                try StateBucket(auditing: changed, index: 0, depth: 1)
            }
        }
        let row = StateTree.BucketRoot(index: 1, root: pairs[0].key, count: 1)
        for bad in [
            StateTree.BucketRoot(index: 1, root: pairs[0].key, count: 1),
            StateTree.BucketRoot(index: 0, root: pairs[0].key, count: 1),
            StateTree.BucketRoot(index: 4, root: pairs[0].key, count: 1),
            StateTree.BucketRoot(index: 2, root: .zero, count: 1),
            StateTree.BucketRoot(index: 2, root: pairs[0].key, count: 0),
        ] {
            #expect(throws: MerkleError.damagedBucket(bad.index)) {
                try StateTree(depth: 2, bucketRoots: [row, bad])
            }
        }
        #expect(throws: MerkleError.depthOutsideLimit(-1)) { try StateTree(depth: -1) }
        #expect(throws: MerkleError.depthOutsideLimit(25)) { try StateTree(depth: 25) }
    }

    @Test("Codes and dispositions of failures are frozen")
    func errors() {
        let table: [(MerkleError, String, MerkleError.Disposition)] = [
            (.outsideLog, "merkle.outside-log", .refuse), (.logFull, "merkle.log-full", .refuse),
            (.duplicateKey(.zero), "merkle.duplicate-key", .refuse),
            (.depthOutsideLimit(99), "merkle.depth-outside-limit", .refuse),
            (.damagedBucket(1), "merkle.damaged-bucket", .stop),
            (.staleOverlay, "merkle.stale-overlay", .retry),
        ]
        for (error, code, disposition) in table {
            #expect(error.code == code && error.disposition == disposition)
        }
    }
}
