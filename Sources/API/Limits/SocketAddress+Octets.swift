package import NIOCore

extension SocketAddress {
    /// The 4 or 16 bytes of an internet address, which in memory are behind family, port and, in
    /// IPv6, the flow; none of another one.
    package var octets: [UInt8] {
        let place: Range<Int>
        switch self.protocol {
        case .inet: place = 4..<8
        case .inet6: place = 8..<24
        default: return []
        }
        return withSockAddr { pointer, size in
            size >= place.upperBound
                ? Array(UnsafeRawBufferPointer(start: pointer, count: size)[place]) : []
        }
    }
}
