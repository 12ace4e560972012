/// Which authorities signed, by their index in the set, ascending and without repetition.
///
/// Written as bytes: bit `i % 8` of byte `i / 8` stands for authority `i`, the last byte is not 0.
/// Each set has one spelling.
package struct SignerSet: Hashable, Sendable {
    /// Strictly ascending.
    package let indices: [Int]

    /// The distinct ones of some indices, none of them negative.
    package init(_ indices: some Sequence<Int>) {
        var ascending: [Int] = []
        for index in indices.sorted() where index >= 0 && index != ascending.last {
            ascending.append(index)
        }
        self.indices = ascending
    }

    /// Reads the bytes; nil when they are longer than `memberCount` needs, end in a zero byte, or
    /// name an authority that is not there. No more than the bytes are looked at before that.
    package init?(bytes: some Collection<UInt8>, memberCount: Int) {
        guard bytes.count <= (memberCount + 7) / 8 else { return nil }
        var indices: [Int] = []
        var last: UInt8 = 1
        for (position, byte) in bytes.enumerated() {
            for bit in 0..<8 where byte >> UInt8(bit) & 1 == 1 {
                indices.append(position * 8 + bit)
            }
            last = byte
        }
        guard last != 0, indices.last ?? -1 < memberCount else { return nil }
        self.indices = indices
    }

    package var count: Int { indices.count }

    package var bytes: [UInt8] {
        var bytes: [UInt8] = []
        for index in indices {
            while bytes.count <= index / 8 { bytes.append(0) }
            bytes[index / 8] |= 1 << UInt8(index % 8)
        }
        return bytes
    }
}
