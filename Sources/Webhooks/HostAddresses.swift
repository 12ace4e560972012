import Glibc
import NIOCore
import NIOPosix

/// The addresses that the system knows for a host.
package enum HostAddresses {
    /// All addresses of a name, or the one that it is.
    package static let find: AddressLookup = { host, port in
        if let address = try? SocketAddress(ipAddress: host, port: port) { return [address] }
        // The system's own look-up waits, so it may not wait where others are served, and nobody
        // can end it: who has waited for long enough goes, and what it finds then is let go of.
        let (answers, answer) = AsyncStream<[SocketAddress]>.makeStream()
        NIOThreadPool.singleton.submit { state in
            if case .active = state { answer.yield(addresses(of: host, port: port)) }
            answer.finish()
        }
        for await found in answers { return found }
        try Task.checkCancellation()
        return []
    }

    private static func addresses(of host: String, port: Int) -> [SocketAddress] {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var first: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, String(port), &hints, &first) == 0 else { return [] }
        defer { freeaddrinfo(first) }
        var found: [SocketAddress] = []
        var next = first
        while let entry = next?.pointee {
            if let address = socketAddress(entry) { found.append(address) }
            next = entry.ai_next
        }
        return found
    }

    private static func socketAddress(_ entry: addrinfo) -> SocketAddress? {
        guard let pointer = entry.ai_addr else { return nil }
        switch entry.ai_family {
        case AF_INET:
            return pointer.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                SocketAddress($0.pointee)
            }
        case AF_INET6:
            return pointer.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) {
                SocketAddress($0.pointee)
            }
        default: return nil
        }
    }
}
