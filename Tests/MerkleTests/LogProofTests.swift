import Merkle
import Primitives
import Testing

@Suite("Proofs of the log")
struct LogProofTests {
    static func leaves(_ count: Int) -> [Digest] {
        var random = SplitMix(seed: 9162)
        return (0..<count).map { _ in random.digest() }
    }

    @Test("Every entry of every small log is proved as RFC 9162 says, and verifies")
    func inclusion() throws {
        let leaves = Self.leaves(40)
        let nodes = try ReportedNodes(leaves)
        for size in 1...leaves.count {
            let root = NaiveLog.root(leaves[..<size])
            #expect(try nodes.root(size: UInt64(size)) == root)
            let tree = LogTree(leafHashes: Array(leaves[..<size]))
            #expect(tree.root == root && tree.count == size)
            for index in 0..<size {
                let proof = try nodes.inclusionProof(of: UInt64(index), size: UInt64(size))
                #expect(proof == NaiveLog.path(index, leaves[..<size]))
                #expect(proof == tree.inclusionProof(of: index))
                for other in 0..<size {
                    let isProved = LogProof.verifyInclusion(
                        of: leaves[index], at: UInt64(other), size: UInt64(size), proof: proof,
                        root: root)
                    #expect(isProved == (other == index))
                }
            }
        }
    }

    @Test("Every pair of small logs is proved consistent as RFC 9162 says, and verifies")
    func consistency() throws {
        let leaves = Self.leaves(40)
        let nodes = try ReportedNodes(leaves)
        let roots = (0...leaves.count).map { NaiveLog.root(leaves[..<$0]) }
        for newer in 1...leaves.count {
            for older in 1...newer {
                let proof = try nodes.consistencyProof(from: UInt64(older), to: UInt64(newer))
                #expect(proof == NaiveLog.subproof(older, leaves[..<newer], true))
                func isProved(_ proof: [Digest], _ one: Digest, _ two: Digest) -> Bool {
                    LogProof.verifyConsistency(
                        from: UInt64(older), root: one, to: UInt64(newer), root: two, proof: proof)
                }
                #expect(isProved(proof, roots[older], roots[newer]))
                #expect(!isProved(proof, roots[older - 1], roots[newer]))
                #expect(!isProved(proof, roots[older], roots[newer - 1]))
                #expect(!isProved(proof + [roots[0]], roots[older], roots[newer]))
                if !proof.isEmpty {
                    #expect(!isProved(Array(proof.dropLast()), roots[older], roots[newer]))
                    #expect(!isProved(Array(proof.dropFirst()), roots[older], roots[newer]))
                }
            }
        }
    }

    @Test("The empty log is a prefix of every log, with an empty proof and its own root only")
    func emptyLog() throws {
        let leaves = Self.leaves(5)
        let nodes = try ReportedNodes(leaves)
        let root = NaiveLog.root(leaves[...])
        #expect(try nodes.consistencyProof(from: 0, to: 5) == [])
        func isProved(_ older: Digest, _ newer: Digest, _ size: UInt64, _ proof: [Digest]) -> Bool {
            LogProof.verifyConsistency(from: 0, root: older, to: size, root: newer, proof: proof)
        }
        #expect(isProved(LogHash.empty, root, 5, []))
        #expect(isProved(LogHash.empty, LogHash.empty, 0, []))
        #expect(!isProved(.zero, root, 5, []))
        #expect(!isProved(.zero, .zero, 0, []))
        #expect(!isProved(LogHash.empty, root, 5, [root]))
        #expect(!isProved(LogHash.empty, root, 0, []))
    }

    @Test("No single-bit change of a proof, its leaf or its root is accepted")
    func mutations() throws {
        let leaves = Self.leaves(7)
        let nodes = try ReportedNodes(leaves)
        let root = nodes.frontier.root
        let older = NaiveLog.root(leaves[..<3])
        let inclusion = try nodes.inclusionProof(of: 2, size: 7)
        let consistency = try nodes.consistencyProof(from: 3, to: 7)
        func isIncluded(_ leaf: Digest, _ proof: [Digest], _ root: Digest) -> Bool {
            LogProof.verifyInclusion(of: leaf, at: 2, size: 7, proof: proof, root: root)
        }
        func isConsistent(_ one: Digest, _ two: Digest, _ proof: [Digest]) -> Bool {
            LogProof.verifyConsistency(from: 3, root: one, to: 7, root: two, proof: proof)
        }
        #expect(isIncluded(leaves[2], inclusion, root) && isConsistent(older, root, consistency))
        #expect(leaves[2].singleBitFlips.allSatisfy { !isIncluded($0, inclusion, root) })
        #expect(root.singleBitFlips.allSatisfy { !isIncluded(leaves[2], inclusion, $0) })
        #expect(root.singleBitFlips.allSatisfy { !isConsistent(older, $0, consistency) })
        #expect(older.singleBitFlips.allSatisfy { !isConsistent($0, root, consistency) })
        for place in inclusion.indices {
            var changed = inclusion
            for flipped in inclusion[place].singleBitFlips {
                changed[place] = flipped
                #expect(!isIncluded(leaves[2], changed, root))
            }
        }
        for place in consistency.indices {
            var changed = consistency
            for flipped in consistency[place].singleBitFlips {
                changed[place] = flipped
                #expect(!isConsistent(older, root, changed))
            }
        }
    }

    @Test("Hostile sizes, indices and lengths are refused without a trap")
    func hostileInput() {
        let hash = Digest.sha256([1])
        let numbers: [UInt64] = [0, 1, 2, 3, 255, 1 << 62, 1 << 63, .max - 1, .max]
        for first in numbers {
            for second in numbers {
                for length in [0, 1, 2, 63, 64, 65, 1000] {
                    let proof = [Digest](repeating: hash, count: length)
                    let isTrivial = first == 0 && second == 1 && length == 0
                    #expect(
                        LogProof.verifyInclusion(
                            of: hash, at: first, size: second, proof: proof, root: hash)
                            == isTrivial)
                    let isSame = first == second && first > 0 && length == 0
                    #expect(
                        LogProof.verifyConsistency(
                            from: first, root: hash, to: second, root: hash, proof: proof)
                            == isSame)
                }
            }
        }
    }

    @Test("What the log does not have is not proved")
    func outsideLog() throws {
        let nodes = try ReportedNodes(Self.leaves(3))
        #expect(throws: MerkleError.outsideLog) { try nodes.inclusionProof(of: 3, size: 3) }
        #expect(throws: MerkleError.outsideLog) { try nodes.inclusionProof(of: 0, size: 0) }
        #expect(throws: MerkleError.outsideLog) { try nodes.inclusionProof(of: 0, size: .max) }
        #expect(throws: MerkleError.outsideLog) { try nodes.consistencyProof(from: 3, to: 2) }
        #expect(throws: MerkleError.outsideLog) { try nodes.consistencyProof(from: 3, to: .max) }
        #expect(throws: MerkleError.outsideLog) { try nodes.root(size: .max) }
        #expect(throws: ReportedNodes.Missing()) { try nodes.root(size: 4) }
        let tree = LogTree(leafHashes: Self.leaves(3))
        #expect(tree.inclusionProof(of: 3) == nil && tree.inclusionProof(of: -1) == nil)
        #expect(LogTree(leafHashes: []).inclusionProof(of: 0) == nil)
    }
}
