import Primitives
import Testing

/// The network's Ed25519 profile: what every verifier must answer the same.
struct SignatureTests {
    @Test("a key that signs shows its public half alone, however it is printed")
    func neverShown() throws {
        let seed = (100..<132).map { UInt8($0) }
        let key = try #require(SigningKey(seed: seed))
        struct Holder { let key: SigningKey }
        var dumped = ""
        dump([Holder(key: key)], to: &dumped)
        let shown = ["\(key)", "\(Holder(key: key))", String(reflecting: [key]), dumped]
        for text in shown {
            #expect(text.contains(key.publicKey.hex))
            #expect(!text.contains("100, 101") && !text.contains("seed"))
        }
    }

    @Test("each class of signature gets the profile's answer", arguments: SignatureSelfTest.vectors)
    func vectors(_ vector: SignatureSelfTest.Vector) throws {
        let key = try #require(PublicKey(hex: vector.publicKey))
        let message = try #require([UInt8](hex: vector.message))
        let bytes = try #require([UInt8](hex: vector.signature))
        let signature = try #require(Signature(bytes: bytes))
        #expect(key.verifies(signature, over: message) == vector.isValid, "\(vector.name)")
    }

    @Test(
        "every class of edge cases has its vectors",
        arguments: [
            ("RFC 8032", 4, true), ("A of small order", 14, false), ("R of small order", 14, false),
            ("A not canonical", 20, false), ("R not canonical", 20, false),
            ("A of mixed order, both", 1, true), ("A of mixed order, only", 1, false),
            ("R of mixed order, only", 1, false), ("A and R of mixed order, both", 1, true),
            ("A not on the curve", 1, false), ("R not on the curve", 1, false),
            ("S = L", 1, false), ("S + L", 1, false), ("S of all ones", 1, false),
            ("a flipped bit", 3, false), ("another message", 1, false), ("another key", 1, false),
            ("a tag, its own", 1, true), ("a tag, another one", 1, false),
            ("a tag, none", 1, false), ("an all-zero signature", 1, false),
            ("an all-zero key", 1, false), ("all-zero key and signature", 1, false),
            ("a signature of ours", 1, true),
        ])
    func classes(prefix: String, count: Int, isValid: Bool) {
        let vectors = SignatureSelfTest.vectors.filter { $0.name.hasPrefix(prefix) }
        #expect(vectors.count == count)
        #expect(vectors.allSatisfy { $0.isValid == isValid })
    }

    @Test("no two vectors share a name, and there are no others than the classes'")
    func vectorCount() {
        #expect(SignatureSelfTest.vectors.count == 93)
        #expect(Set(SignatureSelfTest.vectors.map(\.name)).count == 93)
    }

    @Test("the self-test passes here, and names the first vector that is judged wrongly")
    func selfTest() throws {
        #expect(SignatureSelfTest.firstFailure() == nil)
        let good = SignatureSelfTest.vectors
        for index in [0, 13, 60, good.count - 1] {
            var vectors = good
            let old = good[index]
            vectors[index] = SignatureSelfTest.Vector(
                name: old.name, publicKey: old.publicKey, message: old.message,
                signature: old.signature, isValid: !old.isValid)
            #expect(SignatureSelfTest.firstFailure(in: vectors) == old.name)
        }
        for (key, message, signature) in [("", "", ""), ("zz", "0", "00"), ("00", "", "11")] {
            let broken = SignatureSelfTest.Vector(
                name: "broken", publicKey: key, message: message, signature: signature,
                isValid: false)
            #expect(SignatureSelfTest.firstFailure(in: [broken]) == "broken")
        }
    }

    @Test("a key outside of the prime-order subgroup is refused, one inside is not")
    func subgroup() throws {
        var outside = 0
        for vector in SignatureSelfTest.vectors {
            let key = try #require(PublicKey(hex: vector.publicKey))
            let isOutside = [
                "A of", "A not", "A and R", "an all-zero key", "all-zero key",
            ].contains { vector.name.hasPrefix($0) }
            if isOutside || vector.name == "another key" {
                #expect(!key.isInPrimeOrderSubgroup || vector.name == "another key")
                outside += 1
            } else {
                #expect(key.isInPrimeOrderSubgroup, "\(vector.name)")
            }
        }
        #expect(outside > 20)
    }

    @Test("the secret keys of RFC 8032 give its public keys")
    func seeds() throws {
        let pairs = [
            (
                "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
                "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
            ),
            (
                "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
                "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
            ),
            (
                "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
                "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025"
            ),
        ]
        for (seed, expected) in pairs {
            let bytes = try #require([UInt8](hex: seed))
            let signer = try #require(SigningKey(seed: bytes))
            #expect(signer.publicKey.hex == expected)
        }
        #expect(SigningKey(seed: []) == nil)
        #expect(SigningKey(seed: [UInt8](repeating: 1, count: 31)) == nil)
        #expect(SigningKey(seed: [UInt8](repeating: 1, count: 33)) == nil)
    }

    @Test("a signature is good for its own tag, payload and key only")
    func tags() throws {
        let signer = try #require(SigningKey(seed: [UInt8](repeating: 7, count: 32)))
        let other = try #require(SigningKey(seed: [UInt8](repeating: 8, count: 32)))
        let signature = signer.sign(.transaction, [1, 2, 3])
        #expect(signer.publicKey.verifies(signature, .transaction, [1, 2, 3]))
        #expect(
            signer.publicKey.verifies(
                signature, over: [0] + Array("drec/transaction/v1".utf8) + [0, 1, 2, 3]))
        for tag in [HashTag.read, .notarize, .nullify, .finalize, .header] {
            #expect(!signer.publicKey.verifies(signature, tag, [1, 2, 3]))
        }
        #expect(!signer.publicKey.verifies(signature, .transaction, [1, 2]))
        #expect(!signer.publicKey.verifies(signature, .transaction, [1, 2, 3, 0]))
        #expect(!other.publicKey.verifies(signature, .transaction, [1, 2, 3]))
        for bit in 0..<512 {
            var bytes = signature.bytes
            bytes[bit / 8] ^= 1 << UInt8(bit % 8)
            let flipped = try #require(Signature(bytes: bytes))
            #expect(!signer.publicKey.verifies(flipped, .transaction, [1, 2, 3]), "bit \(bit)")
        }
    }

    @Test("keys and signatures have exact sizes", arguments: [0, 1, 31, 33, 63, 65, 128])
    func sizes(count: Int) {
        let bytes = [UInt8](repeating: 9, count: count)
        #expect(PublicKey(bytes: bytes) == nil)
        #expect(Signature(bytes: bytes) == nil)
        #expect(PublicKey(hex: bytes.hex) == nil)
    }
}
