import Merkle
import Primitives
import Testing

@Suite(
    "The shared log of 70 000 entries",
    .enabled(if: SharedVectors.arePresent, Comment(rawValue: SharedVectors.areAbsent)))
struct LogVectorTests {
    struct Vectors: Decodable {
        let size: UInt64
        let root: HexDigest
        let olderRoot: HexDigest
        let index: UInt64
        let inclusion: [HexDigest]
        let consistency: [HexDigest]

        enum CodingKeys: String, CodingKey {
            case size
            case root
            case olderRoot = "root_at_300"
            case index
            case inclusion
            case consistency = "consistency_300_70000"
        }
    }

    static func leafHashes(_ count: UInt64) -> [Digest] {
        (0..<count).map { index in
            let digits = String(index)
            let text = "drec-demo-tx-" + String(repeating: "0", count: 6 - digits.count) + digits
            return LogHash.leaf([UInt8](text.utf8))
        }
    }

    @Test("Roots and proofs are those that Go's and C2SP's tools accepted")
    func log() throws {
        let vectors = try SharedVectors.decode(Vectors.self, from: "log/vectors.json")
        let leaves = Self.leafHashes(vectors.size)
        let nodes = try ReportedNodes(leaves)
        let (root, olderRoot) = (vectors.root.digest, vectors.olderRoot.digest)
        #expect(nodes.frontier.root == root)
        #expect(LogTree.root(of: leaves) == root)
        #expect(try nodes.root(size: 300) == olderRoot)

        let inclusion = vectors.inclusion.map(\.digest)
        #expect(try nodes.inclusionProof(of: vectors.index, size: vectors.size) == inclusion)
        #expect(
            LogProof.verifyInclusion(
                of: leaves[Int(vectors.index)], at: vectors.index, size: vectors.size,
                proof: inclusion, root: root))
        let consistency = vectors.consistency.map(\.digest)
        #expect(try nodes.consistencyProof(from: 300, to: vectors.size) == consistency)
        #expect(
            LogProof.verifyConsistency(
                from: 300, root: olderRoot, to: vectors.size, root: root, proof: consistency))
    }
}
