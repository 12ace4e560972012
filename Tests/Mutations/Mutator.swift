/// Makes bad input out of good input, the same in every run of a seed: flipped bits, cuts,
/// insertions, repetitions, lengths and numbers that are far too large, and splices of two inputs.
package struct Mutator {
    private var random: SmallRandom
    private let corpus: [[UInt8]]

    /// Numbers that overflow somebody's arithmetic: varints of 2³² − 1, 2⁶³ and 2⁶⁴ − 1, one of
    /// eleven bytes, and decimals around 2⁵³ and 2⁶⁴.
    private static let bombs: [[UInt8]] = [
        [0xff, 0xff, 0xff, 0xff, 0x0f],
        [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01],
        [UInt8](repeating: 0xff, count: 9) + [0x01], [UInt8](repeating: 0xff, count: 11),
        Array("9007199254740992".utf8), Array("18446744073709551616".utf8),
        Array("-0".utf8), Array("1e400".utf8), [0xef, 0xbb, 0xbf], [0x00], [0xe2, 0x80, 0xae],
        [0xc0, 0x80], [0xed, 0xa0, 0x80], Array("\"\"".utf8), Array("[[[[[[[[".utf8),
        Array("\\ud83d".utf8), Array("\r".utf8), Array("%00".utf8),
    ]
    private static let largest = 300_000

    /// - Parameter corpus: valid inputs, at least one.
    package init(seed: UInt64, corpus: [[UInt8]]) {
        precondition(!corpus.isEmpty, "there is nothing to mutate")
        random = SmallRandom(seed: seed)
        self.corpus = corpus
    }

    /// One to four changes of one of the inputs.
    package mutating func next() -> [UInt8] {
        var bytes = pick()
        for _ in 0...random.below(4) { change(&bytes) }
        return bytes
    }

    private mutating func pick() -> [UInt8] { corpus[index(corpus.count)] }

    /// 0 where there is nothing to choose from.
    private mutating func index(_ count: Int) -> Int {
        count > 0 ? Int(random.below(UInt64(count))) : 0
    }

    private mutating func change(_ bytes: inout [UInt8]) {
        let place = index(bytes.count + 1)
        let end = min(bytes.count, place + 1 + index(16))
        switch random.below(10) {
        case 0 where !bytes.isEmpty:
            bytes[index(bytes.count)] ^= 1 << UInt8(random.below(8))
        case 1 where !bytes.isEmpty:
            bytes[index(bytes.count)] = UInt8(truncatingIfNeeded: random.next())
        case 2: bytes.removeSubrange(place...)
        case 3: bytes.removeSubrange(place..<end)
        case 4: bytes.insert(UInt8(truncatingIfNeeded: random.next()), at: place)
        case 5: bytes.insert(contentsOf: bytes[place..<end], at: place)
        case 6: bytes.insert(contentsOf: Mutator.bombs[index(Mutator.bombs.count)], at: place)
        case 7: bytes.replaceSubrange(place..<end, with: Mutator.bombs[index(Mutator.bombs.count)])
        case 8:
            let other = pick()
            bytes = Array(bytes.prefix(place) + other.dropFirst(index(other.count + 1)))
        default:
            guard bytes.count * 2 < Mutator.largest else { return bytes.removeSubrange(place...) }
            bytes += bytes.dropFirst(place)
        }
    }
}
