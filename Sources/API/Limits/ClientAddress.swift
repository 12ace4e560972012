import NIOCore

/// Whom a request comes from, as far as limits of one client go: an IPv4 address, or the first 64
/// bits of an IPv6 address, which is what one household or machine has.
struct ClientAddress: Hashable, Sendable {
    private let bits: UInt64
    /// Of the node's own machine.
    let isLoopback: Bool

    /// Nil for what is no internet address.
    init?(_ address: SocketAddress?) {
        let octets = address?.octets ?? []
        switch octets.count {
        case 4: self.init(v4: octets)
        case 16: self.init(v6: octets)
        default: return nil
        }
    }

    /// An address as a proxy writes it: `192.0.2.1`, `2001:db8::1`, also with brackets or a port.
    init?(text: some StringProtocol) {
        var host = String(text.trimmingPrefix { $0 == " " })
        while host.last == " " { host.removeLast() }
        if host.first == "[", let end = host.firstIndex(of: "]") {
            host = String(host[host.index(after: host.startIndex)..<end])
        } else if host.contains("."), let colon = host.lastIndex(of: ":"), !host.hasPrefix(":") {
            host = String(host[..<colon])
        }
        self.init(try? SocketAddress(ipAddress: host, port: 0))
    }

    private init(v4 octets: [UInt8]) {
        bits = ClientAddress.number(octets[...])
        isLoopback = octets[0] == 127
    }

    private init(v6 octets: [UInt8]) {
        let (high, low) = (ClientAddress.number(octets[..<8]), ClientAddress.number(octets[8...]))
        let isMapped = high == 0 && low >> 32 == 0xffff
        // No IPv4 address is as large: an IPv6 address of others does not begin with zeros.
        bits = isMapped ? low & 0xffff_ffff : high
        isLoopback = isMapped ? octets[12] == 127 : high == 0 && low == 1
    }

    private static func number(_ octets: ArraySlice<UInt8>) -> UInt64 {
        octets.reduce(0) { $0 << 8 | UInt64($1) }
    }
}
