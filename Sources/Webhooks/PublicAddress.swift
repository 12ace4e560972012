import API
import NIOCore

/// Whether an address is one that the public internet leads to.
///
/// What a node sends on its own must not reach what only the node can reach: its own machine, the
/// network behind it, the metadata service of a cloud. So this lists what is public and takes all
/// else for private (IANA's registries of special-purpose addresses).
enum PublicAddress {
    static func isPublic(_ address: SocketAddress) -> Bool {
        let octets = address.octets
        return switch octets.count {
        case 4: isPublic(v4: octets.reduce(0) { $0 << 8 | UInt32($1) })
        case 16: isPublic(v6: octets)
        default: false
        }
    }

    /// Blocks of IPv4 that are for something else: the first address and the length of the prefix.
    private static let special: [(first: UInt32, bits: UInt32)] = [
        (0x0000_0000, 8), (0x0A00_0000, 8), (0x6440_0000, 10), (0x7F00_0000, 8),
        (0xA9FE_0000, 16), (0xAC10_0000, 12), (0xC000_0000, 24), (0xC000_0200, 24),
        (0xC058_6300, 24), (0xC0A8_0000, 16), (0xC612_0000, 15), (0xC633_6400, 24),
        (0xCB00_7100, 24), (0xE000_0000, 4), (0xF000_0000, 4),
    ]

    private static func isPublic(v4 address: UInt32) -> Bool {
        !special.contains { address >> (32 - $0.bits) == $0.first >> (32 - $0.bits) }
    }

    /// Global unicast, without what embeds other addresses or is for documentation.
    private static func isPublic(v6 bytes: [UInt8]) -> Bool {
        guard bytes.count == 16, bytes[0] >> 5 == 0b001 else { return false }
        switch (bytes[0], bytes[1]) {
        case (0x20, 0x01):
            let isAssigned = bytes[2] < 0x02  // 2001::/23: Teredo and other protocols
            let isDocumentation = bytes[2] == 0x0d && bytes[3] == 0xb8
            return !isAssigned && !isDocumentation
        case (0x20, 0x02): return false  // 6to4
        case (0x3f, 0xff): return bytes[2] >> 4 != 0  // documentation
        default: return true
        }
    }
}
