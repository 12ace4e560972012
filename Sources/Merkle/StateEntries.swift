import Primitives

/// Reads the entries of a bucket in place.
///
/// Every access goes through a Swift array of checked length; positions come from the code here,
/// and a wrong one traps instead of reading elsewhere.
struct StateEntries {
    private let bytes: [UInt8]
    let count: Int

    /// Bytes just built, in order by construction.
    init(trusted bytes: [UInt8]) {
        self.bytes = bytes
        count = bytes.count / StateBucket.entrySize
    }

    /// Bytes from a store: whole entries, strictly ascending keys, all under the bucket's prefix.
    init(_ bytes: [UInt8], index: Int, depth: Int) throws {
        self.init(trusted: bytes)
        guard bytes.count.isMultiple(of: StateBucket.entrySize) else {
            throw MerkleError.damagedBucket(index)
        }
        var previous: Digest?
        for position in 0..<count {
            let key = key(position)
            guard key.prefix(depth) == index, previous.map({ $0 < key }) ?? true else {
                throw MerkleError.damagedBucket(index)
            }
            previous = key
        }
    }

    func key(_ position: Int) -> Digest { digest(at: position * StateBucket.entrySize) }

    func valueHash(_ position: Int) -> Digest { digest(at: position * StateBucket.entrySize + 32) }

    func leafHash(_ position: Int) -> Digest { digest(at: position * StateBucket.entrySize + 64) }

    private func digest(at offset: Int) -> Digest {
        precondition(offset >= 0 && offset + Digest.byteCount <= bytes.count)
        return bytes.withUnsafeBytes {
            Digest(loading: UnsafeRawBufferPointer(rebasing: $0[offset..<offset + 32]))
        }
    }

    /// The root of the subtree at a depth whose leaves are all the entries.
    func root(depth: Int) -> Digest { root(0..<count, depth: depth) }

    /// The root of the subtree at a depth whose leaves are those entries. Keys are distinct, so the
    /// recursion ends before depth 256.
    func root(_ range: Range<Int>, depth: Int) -> Digest {
        if range.isEmpty { return StateHash.empty }
        if range.count == 1 { return leafHash(range.lowerBound) }
        let middle = split(range, depth: depth)
        return StateHash.node(
            root(range.lowerBound..<middle, depth: depth + 1),
            root(middle..<range.upperBound, depth: depth + 1))
    }

    /// The first of those entries with bit `depth` set: they are sorted and agree in all bits
    /// above.
    func split(_ range: Range<Int>, depth: Int) -> Int {
        var low = range.lowerBound
        var high = range.upperBound
        while low < high {
            let middle = (low + high) / 2
            let byte = bytes[middle * StateBucket.entrySize + depth >> 3]
            if byte & (0x80 >> UInt8(depth & 7)) == 0 { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension Digest {
    /// The first `depth` bits as a number, for a depth of at most 63.
    func prefix(_ depth: Int) -> Int { Int(word0 >> UInt64(64 - depth)) }

    /// Whether the first `depth` bits are those of another digest.
    func sharesPrefix(_ depth: Int, with other: Digest) -> Bool {
        let differences = (
            word0 ^ other.word0, word1 ^ other.word1, word2 ^ other.word2, word3 ^ other.word3
        )
        let common =
            if differences.0 != 0 {
                differences.0.leadingZeroBitCount
            } else if differences.1 != 0 {
                64 + differences.1.leadingZeroBitCount
            } else if differences.2 != 0 {
                128 + differences.2.leadingZeroBitCount
            } else {
                192 + differences.3.leadingZeroBitCount
            }
        return common >= depth
    }
}
