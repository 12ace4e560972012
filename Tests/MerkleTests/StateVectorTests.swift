import Merkle
import Primitives
import Testing

@Suite(
    "The shared state tree",
    .enabled(if: SharedVectors.arePresent, Comment(rawValue: SharedVectors.areAbsent)))
struct StateVectorTests {
    struct Vectors: Decodable {
        let roots: [String: HexDigest]
        let proofs: [Proof]
    }

    struct Proof: Decodable {
        struct Leaf: Decodable {
            let key: HexDigest
            let valueHash: HexDigest

            enum CodingKeys: String, CodingKey {
                case key
                case valueHash = "value_hash"
            }
        }

        let name: String
        let n: Int
        let root: HexDigest
        let key: HexDigest
        let valueHash: HexDigest?
        let terminal: Leaf?
        let siblings: [HexDigest]
        let valid: Bool

        enum CodingKeys: String, CodingKey {
            case name
            case n
            case root
            case key
            case valueHash = "value_hash"
            case terminal
            case siblings = "siblings_leaf_to_root"
            case valid
        }

        /// The vector in our encoding, letter for letter: an empty sibling becomes a clear bit, and
        /// the length of the bitmap is that of the list.
        var proof: StateProof {
            let siblings = siblings.map(\.digest)
            var bitmap = [UInt8](repeating: 0, count: (siblings.count + 7) / 8)
            for (depth, sibling) in siblings.reversed().enumerated() where sibling != .zero {
                bitmap[depth / 8] |= 0x80 >> UInt8(depth % 8)
            }
            return StateProof(
                terminal: terminal.map {
                    StateProof.Leaf(key: $0.key.digest, valueHash: $0.valueHash.digest)
                }, bitmap: bitmap, siblings: siblings.filter { $0 != .zero })
        }
    }

    static func stored(_ count: Int, depth: Int) throws -> StoredTree {
        var stored = try StoredTree(depth: depth)
        try stored.commit(
            (0..<count).map {
                StateChange(
                    key: Digest.sha256([UInt8]("drec-smt-key-\($0)".utf8)),
                    valueHash: Digest.sha256([UInt8]("drec-smt-value-\($0)".utf8)))
            })
        return stored
    }

    @Test("Roots of all sizes are those of the independent reference", arguments: [0, 4, 9])
    func roots(depth: Int) throws {
        let vectors = try SharedVectors.decode(Vectors.self, from: "state-tree/vectors.json")
        #expect(vectors.roots.count == 14)
        for (size, root) in vectors.roots {
            let count = try #require(Int(size))
            #expect(try Self.stored(count, depth: depth).tree.root == root.digest)
        }
    }

    @Test("All sixteen proofs are judged as recorded, and the true ones are the ones we make")
    func proofs() throws {
        let vectors = try SharedVectors.decode(Vectors.self, from: "state-tree/vectors.json")
        #expect(vectors.proofs.count == 16)
        for vector in vectors.proofs {
            let key = vector.key.digest
            let judgement = vector.proof.verify(
                key: key, valueHash: vector.valueHash?.digest, root: vector.root.digest)
            #expect(judgement == vector.valid, "\(vector.name)")
            guard vector.valid else { continue }
            let ours = try Self.stored(vector.n, depth: 6).proof(of: key)
            #expect(ours == vector.proof, "\(vector.name)")
        }
    }
}
