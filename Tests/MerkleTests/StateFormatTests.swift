import Merkle
import Primitives
import Testing

@Suite("Formats of the state tree")
struct StateFormatTests {
    /// Both hashes were also computed by a separate program in another language from the
    /// definition.
    @Test("The bytes of buckets and proofs have not changed")
    func golden() throws {
        let stored = try StateVectorTests.stored(1000, depth: 6)
        var bytes: [UInt8] = []
        for index in stored.buckets.keys.sorted() { bytes += try stored.read(index) }
        #expect(bytes.count == 96_000)
        #expect(
            Digest.sha256(bytes).hex
                == "2f81277e423146ce9deb3a0ea5ec117f4f966ddc978aca2fcba4f8e2f645de50")
        bytes = []
        for number in 0..<2000 {
            let proof = try stored.proof(of: .sha256([UInt8]("drec-smt-key-\(number)".utf8)))
            if let leaf = proof.terminal { bytes += leaf.key.bytes + leaf.valueHash.bytes }
            bytes += proof.bitmap
            for sibling in proof.siblings { bytes += sibling.bytes }
        }
        #expect(
            Digest.sha256(bytes).hex
                == "cb3032cb07f6fff42009b095d926810a7b3a76bf0e48b46fd1b929b32ae15b16")
    }
}
