import Merkle
import Primitives
import Testing

@Suite("Proofs of the state tree")
struct StateProofTests {
    static func populated(depth: Int, count: Int, seed: UInt64) throws -> (
        StoredTree, NaiveStateTree
    ) {
        var random = SplitMix(seed: seed)
        let changes = random.changes(count, known: [])
        var stored = try StoredTree(depth: depth)
        try stored.commit(changes)
        var naive = NaiveStateTree()
        naive.apply(changes)
        return (stored, naive)
    }

    @Test("Present and absent keys are proved as the definition says", arguments: [0, 3, 8])
    func proofs(depth: Int) throws {
        var random = SplitMix(seed: 60)
        for count in [0, 1, 2, 3, 8, 60] {
            let (stored, naive) = try Self.populated(depth: depth, count: count, seed: 61)
            let root = naive.root
            let other = random.digest()
            let keys = naive.values.keys.sorted() + (0..<40).map { _ in random.key() }
            for key in keys {
                let valueHash = naive.values[key]
                let proof = try stored.proof(of: key)
                let path = naive.path(key)
                #expect(proof.terminal == path.terminal)
                #expect(proof.siblings == path.siblings.reversed().filter { $0 != .zero })
                #expect(proof.verify(key: key, valueHash: valueHash, root: root))
                // The opposite of what is so, and another value.
                #expect(!proof.verify(key: key, valueHash: other, root: root))
                if valueHash != nil { #expect(!proof.verify(key: key, valueHash: nil, root: root)) }
                #expect(!proof.verify(key: key, valueHash: valueHash, root: other))
            }
        }
    }

    @Test("Keys that differ in the last bit alone have 256 levels and one sibling at the bottom")
    func deepestPath() throws {
        let one = Digest(words: (7, 7, 7, 6))
        let two = Digest(words: (7, 7, 7, 7))
        for depth in [0, 4] {
            var stored = try StoredTree(depth: depth)
            try stored.commit([
                StateChange(key: one, valueHash: two), StateChange(key: two, valueHash: one),
            ])
            let proof = try stored.proof(of: one)
            #expect(proof.bitmap == [UInt8](repeating: 0, count: 31) + [1])
            #expect(proof.siblings == [StateHash.leaf(key: two, valueHash: one)])
            #expect(proof.verify(key: one, valueHash: two, root: stored.tree.root))
            #expect(!proof.verify(key: one, valueHash: nil, root: stored.tree.root))
            let absent = Digest(words: (7, 7, 3, 7))
            let absence = try stored.proof(of: absent)
            #expect(absence.terminal == nil && absence.siblings.count == 1)
            #expect(absence.verify(key: absent, valueHash: nil, root: stored.tree.root))
        }
    }

    @Test("No single-bit change of a proof, its key, value or root is accepted")
    func mutations() throws {
        var random = SplitMix(seed: 62)
        let (stored, naive) = try Self.populated(depth: 3, count: 12, seed: 63)
        let root = naive.root
        let present = naive.values.keys.sorted()[4]
        for key in [present] + (0..<6).map({ _ in random.digest() }) {
            let valueHash = naive.values[key]
            let proof = try stored.proof(of: key)
            func isProved(_ proof: StateProof) -> Bool {
                proof.verify(key: key, valueHash: valueHash, root: root)
            }
            #expect(isProved(proof))
            for flipped in root.singleBitFlips {
                #expect(!proof.verify(key: key, valueHash: valueHash, root: flipped))
            }
            if let valueHash {
                for flipped in key.singleBitFlips {
                    #expect(!proof.verify(key: flipped, valueHash: valueHash, root: root))
                }
                for flipped in valueHash.singleBitFlips {
                    #expect(!proof.verify(key: key, valueHash: flipped, root: root))
                }
            }
            #expect(Self.mutations(of: proof).allSatisfy { !isProved($0) })
        }
    }

    /// All proofs with one bit, one sibling or one byte of the bitmap changed, added or missing.
    static func mutations(of proof: StateProof) -> [StateProof] {
        var result: [StateProof] = []
        func add(_ leaf: StateProof.Leaf?, _ bitmap: [UInt8], _ siblings: [Digest]) {
            result.append(StateProof(terminal: leaf, bitmap: bitmap, siblings: siblings))
        }
        let (leaf, bitmap, siblings) = (proof.terminal, proof.bitmap, proof.siblings)
        if let leaf {
            add(nil, bitmap, siblings)
            for key in leaf.key.singleBitFlips {
                add(StateProof.Leaf(key: key, valueHash: leaf.valueHash), bitmap, siblings)
            }
            for valueHash in leaf.valueHash.singleBitFlips {
                add(StateProof.Leaf(key: leaf.key, valueHash: valueHash), bitmap, siblings)
            }
        } else {
            add(StateProof.Leaf(key: .zero, valueHash: .zero), bitmap, siblings)
        }
        for bit in 0..<bitmap.count * 8 {
            var changed = bitmap
            changed[bit / 8] ^= 0x80 >> UInt8(bit % 8)
            add(leaf, changed, siblings)
        }
        add(leaf, bitmap + [0], siblings)
        add(leaf, [0] + bitmap, siblings)
        add(leaf, Array(bitmap.dropLast()), siblings)
        for place in siblings.indices {
            for sibling in siblings[place].singleBitFlips + [.zero] {
                var changed = siblings
                changed[place] = sibling
                add(leaf, bitmap, changed)
            }
            var changed = siblings
            changed.remove(at: place)
            add(leaf, bitmap, changed)
        }
        add(leaf, bitmap, siblings + [.sha256([])])
        if siblings.count > 1 { add(leaf, bitmap, siblings.reversed()) }
        return result.filter { $0 != proof }
    }

    @Test("Hostile bitmaps and counts are refused without a trap")
    func hostileInput() {
        let hash = Digest.sha256([1])
        let leaf = StateProof.Leaf(key: hash, valueHash: hash)
        let bitmaps: [[UInt8]] = [
            [], [0], [0x80], [0x80, 0], [0, 0], [1], [0xFF], [UInt8](repeating: 0xFF, count: 32),
            [UInt8](repeating: 0xFF, count: 33), [UInt8](repeating: 0, count: 32),
            [UInt8](repeating: 0, count: 32) + [1], [UInt8](repeating: 0xFF, count: 1000),
        ]
        for bitmap in bitmaps {
            for count in [0, 1, 2, 8, 255, 256, 257, 264, 8000] {
                for sibling in [hash, .zero] {
                    let siblings = [Digest](repeating: sibling, count: count)
                    for terminal in [leaf, nil] {
                        let proof = StateProof(
                            terminal: terminal, bitmap: bitmap, siblings: siblings)
                        #expect(!proof.verify(key: hash, valueHash: hash, root: hash))
                        #expect(!proof.verify(key: hash, valueHash: nil, root: hash))
                    }
                }
            }
        }
    }

    @Test("A leaf off its path proves nothing, even under a root that has it there")
    func leafOffItsPath() {
        // What a faulty or dishonest maker of roots could sign: a key of ones on the side of zeros.
        let (low, high) = (Digest.zero, Digest(words: (.max, 0, 0, 0)))
        let other = Digest(words: (.max, 1, 0, 0))
        let misplaced = StateHash.leaf(key: high, valueHash: high)
        let sibling = StateHash.leaf(key: other, valueHash: other)
        let root = StateHash.node(misplaced, sibling)
        let proof = StateProof(
            terminal: StateProof.Leaf(key: high, valueHash: high), bitmap: [0x80],
            siblings: [sibling])
        #expect(!proof.verify(key: low, valueHash: nil, root: root))
        // Each bit of the shared prefix counts, in every word of the key.
        for bit in 0..<255 {
            let key = low.singleBitFlips[bit]
            var bitmap = [UInt8](repeating: 0, count: bit / 8 + 1)
            bitmap[bit / 8] = 0x80 >> UInt8(bit % 8)
            let proof = StateProof(
                terminal: StateProof.Leaf(key: key, valueHash: high), bitmap: bitmap,
                siblings: [sibling])
            var hash = StateHash.node(StateHash.leaf(key: key, valueHash: high), sibling)
            for _ in 0..<bit { hash = StateHash.node(hash, .zero) }
            #expect(!proof.verify(key: low, valueHash: nil, root: hash))
        }
    }

    @Test("An empty sibling may not be spelled out, nor a level be added below the terminal")
    func notMinimal() throws {
        let key = Digest.sha256([1])
        let leaf = StateProof.Leaf(key: key, valueHash: key)
        let root = StateHash.leaf(key: key, valueHash: key)
        #expect(
            StateProof(terminal: leaf, bitmap: [], siblings: [])
                .verify(key: key, valueHash: key, root: root))
        #expect(
            StateProof(terminal: nil, bitmap: [], siblings: [])
                .verify(key: key, valueHash: nil, root: .zero))
        // The root that a tree without the collapse rule would have.
        let left = key.bit(0) ? Digest.zero : root
        let right = key.bit(0) ? root : Digest.zero
        let uncollapsed = StateHash.node(left, right)
        for (bitmap, siblings) in [
            ([0x80], [Digest.zero]), ([0x00], []), ([0x80], []), ([], [Digest.zero]),
        ] as [([UInt8], [Digest])] {
            let proof = StateProof(terminal: leaf, bitmap: bitmap, siblings: siblings)
            #expect(!proof.verify(key: key, valueHash: key, root: root))
            #expect(!proof.verify(key: key, valueHash: key, root: uncollapsed))
        }
    }
}
