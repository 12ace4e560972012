import Mutations
import Primitives
import Testing

/// Thousands of damaged inputs: each is refused, or read as what is written back as the same text.
@Suite("Damaged input of the primitives")
struct PrimitivesMutationTests {
    @Test("JSON is refused or has one canonical text", arguments: [1, 2, 3] as [UInt64])
    func json(seed: UInt64) throws {
        let corpus = [
            #"{"a":[1,-2,{"b":null,"c":[true,false]}],"é":"\"\\\/\b\f\n\r\t\u0041\ud83d\ude00"}"#,
            #"[9007199254740991,-9007199254740991,"",{},[]]"#,
            #"{"fields":[["00","name","value"]],"z":0}"#, "[[[[[[[[[[[[1]]]]]]]]]]]]",
        ].map { Array($0.utf8) }
        var mutator = Mutator(seed: seed, corpus: corpus)
        var accepted = 0
        for _ in 0..<6_000 {
            let bytes = mutator.next()
            guard let value = try? CanonicalJSON(parsing: bytes, limit: 100_000) else { continue }
            accepted += 1
            let canonical = value.canonicalBytes
            let again = try CanonicalJSON(parsing: canonical, limit: 1_000_000)
            #expect(again == value && again.canonicalBytes == canonical)
        }
        #expect(accepted > 100)
    }

    @Test("an id is refused or written back as it was read", arguments: [1, 2] as [UInt64])
    func ids(seed: UInt64) throws {
        let corpus = [
            "A17", "D2045", "P101", "#1234", "18446744073709551615", "DREC101-2021-42",
            "DREC101-2021-42..99", String(repeating: "0123456789abcdef", count: 4),
        ].map { Array($0.utf8) }
        var mutator = Mutator(seed: seed, corpus: corpus)
        var accepted = 0
        for _ in 0..<20_000 {
            let text = String(decoding: mutator.next(), as: UTF8.self)
            if let range = DRECRange(text) {
                #expect(Identifier(text) == .drecs(range))
                #expect(DRECRange(range.description) == range && range.count > 0)
            }
            guard let id = Identifier(text) else { continue }
            accepted += 1
            let written = PrimitivesMutationTests.written(id)
            #expect(Identifier(written) == id)
            // But for case, and a range of one, there is one way to write an id.
            if written.count == text.count { #expect(written.uppercased() == text.uppercased()) }
        }
        #expect(accepted > 500)
    }

    private static func written(_ id: Identifier) -> String {
        switch id {
        case .account(let id): id.description
        case .device(let id): id.description
        case .project(let id): id.description
        case .drecs(let range): range.description
        case .logEntry(let index): index.description
        case .block(let height): height.description
        case .digest(let digest): digest.hex
        }
    }

    @Test("numbers, hexadecimal and countries are refused or written back the same")
    func small() {
        let corpus = ["0", "18446744073709551615", "00ff", "ZAF", "9007199254740992"]
        var mutator = Mutator(seed: 7, corpus: corpus.map { Array($0.utf8) })
        for _ in 0..<20_000 {
            let text = String(decoding: mutator.next(), as: UTF8.self)
            if let number = UInt64(decimal: text) { #expect(String(number) == text) }
            if let bytes = [UInt8](hex: text) { #expect(bytes.hex == text.lowercased()) }
            if let country = CountryCode(text) { #expect(country.description == text) }
            if let digest = Digest(hex: text) { #expect(digest.hex == text.lowercased()) }
        }
    }

    @Test("a damaged signature vector is judged, never trapped on")
    func signatures() throws {
        let corpus = try SignatureSelfTest.vectors.map { vector in
            try #require([UInt8](hex: vector.publicKey + vector.signature + vector.message))
        }
        var mutator = Mutator(seed: 11, corpus: corpus)
        let known = Set(corpus)
        for _ in 0..<3_000 {
            let bytes = mutator.next()
            guard bytes.count >= 96, !known.contains(bytes),
                let key = PublicKey(bytes: bytes[..<32]),
                let signature = Signature(bytes: bytes[32..<96])
            else { continue }
            // A change of a valid one is not valid, but for a splice of two of one key.
            if key.verifies(signature, over: Array(bytes[96...])) {
                #expect(known.contains { $0[..<32] == bytes[..<32] && $0[32...] == bytes[32...] })
            }
            _ = key.isInPrimeOrderSubgroup
        }
    }
}
