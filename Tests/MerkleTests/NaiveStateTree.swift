import Merkle
import Primitives

/// The state tree as `design/proofs.md` §2 defines it, recursive over the whole set and slow.
struct NaiveStateTree {
    var values: [Digest: Digest] = [:]

    init(_ values: [Digest: Digest] = [:]) { self.values = values }

    mutating func apply(_ changes: [StateChange]) {
        for change in changes { values[change.key] = change.valueHash }
    }

    var root: Digest { NaiveStateTree.root(Array(values), depth: 0) }

    static func leaf(_ key: Digest, _ valueHash: Digest) -> Digest {
        Digest.sha256([0] + key.bytes + valueHash.bytes)
    }

    static func root(_ leaves: [(key: Digest, value: Digest)], depth: Int) -> Digest {
        if leaves.isEmpty { return .zero }
        if leaves.count == 1 { return leaf(leaves[0].key, leaves[0].value) }
        let left = leaves.filter { !$0.key.bit(depth) }
        let right = leaves.filter { $0.key.bit(depth) }
        return Digest.sha256(
            [1] + root(left, depth: depth + 1).bytes + root(right, depth: depth + 1).bytes)
    }

    /// The leaf where a key's path ends, and all siblings from the root down.
    func path(_ key: Digest) -> (terminal: StateProof.Leaf?, siblings: [Digest]) {
        var leaves = Array(values)
        var siblings: [Digest] = []
        var depth = 0
        while leaves.count > 1 {
            let isRight = key.bit(depth)
            let other = leaves.filter { $0.key.bit(depth) != isRight }
            leaves = leaves.filter { $0.key.bit(depth) == isRight }
            depth += 1
            siblings.append(NaiveStateTree.root(other, depth: depth))
        }
        return (leaves.first.map { StateProof.Leaf(key: $0.key, valueHash: $0.value) }, siblings)
    }
}

/// A state tree with its buckets in a dictionary instead of a store.
struct StoredTree {
    struct Unread: Error, Equatable {}

    var tree: StateTree
    var buckets: [Int: [UInt8]] = [:]

    init(depth: Int) throws { tree = try StateTree(depth: depth) }

    func read(_ index: Int) throws -> [UInt8] {
        // The tree knows which buckets have leaves and must not ask for others.
        guard let bytes = buckets[index] else { throw Unread() }
        return bytes
    }

    func update(
        _ changes: [StateChange], over overlay: StateTreeOverlay? = nil
    ) throws -> StateTreeOverlay {
        try tree.update(changes, over: overlay, bucket: read)
    }

    func proof(
        of key: Digest, over overlay: StateTreeOverlay? = nil
    ) throws -> StateProof {
        try tree.proof(of: key, over: overlay, bucket: read)
    }

    mutating func commit(_ overlay: StateTreeOverlay) throws {
        try tree.commit(overlay)
        for bucket in overlay.changedBuckets {
            buckets[bucket.index] = bucket.count == 0 ? nil : bucket.bytes
        }
    }

    mutating func commit(_ changes: [StateChange]) throws { try commit(update(changes)) }

    /// What a store's rows say at start.
    func rebuilt() throws -> StateTree {
        let rows = try buckets.keys.sorted().map { index in
            let bucket = try StateBucket(auditing: try read(index), index: index, depth: tree.depth)
            return StateTree.BucketRoot(index: index, root: bucket.root, count: bucket.count)
        }
        return try StateTree(depth: tree.depth, bucketRoots: rows)
    }

    mutating func deepen() throws {
        var deeper: [Int: [UInt8]] = [:]
        try tree.deepen(bucket: read) { deeper[$0.index] = $0.bytes }
        buckets = deeper
    }
}

extension SplitMix {
    /// A key; some share long prefixes, which hashes never do, to reach deep paths.
    mutating func key() -> Digest {
        switch next() % 4 {
        case 0: Digest(words: (next() % 4, 0, 0, next() % 8))
        case 1: Digest(words: (0xABCD << 48 | next() % 64, 1, 2, 3))
        default: digest()
        }
    }

    /// Changes of distinct keys: half new, the others set again or removed.
    mutating func changes(_ count: Int, known: [Digest]) -> [StateChange] {
        var keys: Set<Digest> = []
        var result: [StateChange] = []
        for _ in 0..<count {
            let old = next() % 2 == 0 ? known.randomElement(using: &self) : nil
            let key = old ?? self.key()
            let valueHash = next() % 5 < 2 && old != nil ? nil : digest()
            guard keys.insert(key).inserted else { continue }
            result.append(StateChange(key: key, valueHash: valueHash))
        }
        return result
    }
}
