/// The encodings that the network's Ed25519 profile refuses whatever a library would say.
///
/// Source: "Taming the many EdDSAs" (Chalkias, Garillot, Nikolaenko, 2020), tables of low-order
/// points; RFC 8032 §5.1.3 and §5.1.7 for canonical points and scalars.
package enum Ed25519Profile {
    /// y coordinates, little-endian without the sign bit, of the points of order 1, 2, 4 and 8, in
    /// canonical and non-canonical form. With either sign bit these are the 14 low-order encodings.
    private static let lowOrder: [[UInt8]] = [
        [UInt8](repeating: 0, count: 32),
        [1] + [UInt8](repeating: 0, count: 31),
        order8A, order8B,
        [0xec] + middle + [0x7f],
        [0xed] + middle + [0x7f],
        [0xee] + middle + [0x7f],
    ]
    private static let middle = [UInt8](repeating: 0xff, count: 30)
    private static let order8A: [UInt8] = [
        0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98,
        0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53,
        0xfc, 0x05,
    ]
    private static let order8B: [UInt8] = [
        0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67,
        0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac,
        0x03, 0x7a,
    ]
    /// p = 2²⁵⁵ − 19, little-endian.
    private static let fieldPrime: [UInt8] = [0xed] + middle + [0x7f]
    /// L = 2²⁵² + 27742317777372353535851937790883648493, little-endian.
    private static let groupOrder: [UInt8] = [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde,
        0x14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
    ]

    /// Whether 32 bytes may stand for A or R: y below p and not of low order.
    package static func accepts(point: ArraySlice<UInt8>) -> Bool {
        var bytes = Array(point)
        guard bytes.count == 32 else { return false }
        bytes[31] &= 0x7f
        return isBelow(bytes, fieldPrime) && !lowOrder.contains(bytes)
    }

    /// Whether 32 bytes may stand for S: below the group's order.
    package static func accepts(scalar: ArraySlice<UInt8>) -> Bool {
        scalar.count == 32 && isBelow(Array(scalar), groupOrder)
    }

    /// Little-endian comparison of two numbers of 32 bytes.
    private static func isBelow(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        for index in stride(from: 31, through: 0, by: -1) where left[index] != right[index] {
            return left[index] < right[index]
        }
        return false
    }
}
