import Foundation
import Primitives

/// Known answers that other programs made, beside the repository (`shared/vectors/README.md`).
enum SharedVectors {
    private static let folder: String = {
        let file = #filePath
        let directory = file[..<(file.lastIndex(of: "/") ?? file.startIndex)]
        return directory + "/../../../shared/vectors"
    }()

    static let areAbsent = "no shared/vectors beside the repository"

    static var arePresent: Bool { FileManager.default.fileExists(atPath: folder) }

    static func decode<Value: Decodable>(_ type: Value.Type, from name: String) throws -> Value {
        let data = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)"))
        return try JSONDecoder().decode(type, from: data)
    }
}

/// A digest as it stands in the vectors: 64 hexadecimal digits.
struct HexDigest: Decodable {
    let digest: Digest

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let digest = Digest(hex: try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "no digest")
        }
        self.digest = digest
    }
}

/// SplitMix64 (Steele, Lea, Flood 2014): the same numbers in every run.
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func digest() -> Digest { Digest(words: (next(), next(), next(), next())) }
}

/// Every digest that differs from this one in exactly one bit.
extension Digest {
    var singleBitFlips: [Digest] {
        (0..<256).compactMap { bit in
            var flipped = bytes
            flipped[bit / 8] ^= 0x80 >> UInt8(bit % 8)
            return Digest(bytes: flipped)
        }
    }
}
