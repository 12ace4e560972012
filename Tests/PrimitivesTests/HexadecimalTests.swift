import Primitives
import Testing

struct HexadecimalTests {
    @Test("every byte is written as two lower-case digits and read in either case")
    func bytes() {
        let all = (0...255).map { UInt8($0) }
        #expect(all.hex.count == 512)
        #expect([UInt8](hex: all.hex) == all)
        #expect([UInt8](hex: all.hex.uppercased()) == all)
        #expect([UInt8](hex: "") == [])
        #expect([0x00, 0x0f, 0xf0, 0xab].hex == "000ff0ab")
    }

    @Test(
        "anything else is refused",
        arguments: ["0", "000", "0g", "g0", " 0", "0 ", "0x", "-1", "+1", "0\n", "é", "١٢", "0０"])
    func bad(text: String) {
        #expect([UInt8](hex: text) == nil)
    }

    @Test("a digest is exactly 64 digits, and its bytes, words, bits and order agree")
    func digests() throws {
        let text = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
        let digest = try #require(Digest(hex: text))
        #expect(digest.hex == text && digest.bytes == (0..<32).map { UInt8($0) })
        #expect(digest.word0 == 0x0001_0203_0405_0607 && digest.word3 == 0x1819_1a1b_1c1d_1e1f)
        for index in 0..<256 {
            let expected = digest.bytes[index / 8] >> UInt8(7 - index % 8) & 1 == 1
            #expect(digest.bit(index) == expected)
        }
        for count in [0, 31, 33, 64] {
            #expect(Digest(bytes: [UInt8](repeating: 0, count: count)) == nil)
        }
        #expect(Digest(hex: text.dropLast()) == nil && Digest(hex: text + "00") == nil)
        #expect(Digest.zero < digest && !(digest < digest))
        // FIPS 180-4, the message "abc".
        #expect(
            Digest.sha256(Array("abc".utf8)).hex
                == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(
            Digest.tagged(.header, [1])
                == Digest.sha256([0] + Array("drec/header/v1".utf8) + [0, 1]))
    }

    @Test("the order of digests is that of their bytes")
    func order() throws {
        for position in 0..<32 {
            var bytes = [UInt8](repeating: 0, count: 32)
            bytes[position] = 1
            let digest = try #require(Digest(bytes: bytes))
            bytes[position] = 0
            if position < 31 { bytes[position + 1] = 255 }
            let smaller = try #require(Digest(bytes: bytes))
            #expect(smaller < digest && !(digest < smaller) && smaller != digest)
        }
    }
}
