import Glibc

/// How many files and connections the process may have open.
enum DescriptorLimit {
    /// What the node's own files, peers and verbs need beside the clients' connections.
    static let reserve = 512

    /// Raises the limit to what the system lets the process have.
    ///
    /// - Returns: the limit; nil where the system does not say.
    static func raise() -> Int? {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            return nil
        }
        if limit.rlim_cur < limit.rlim_max {
            var wanted = limit
            wanted.rlim_cur = limit.rlim_max
            if setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &wanted) == 0 {
                limit = wanted
            }
        }
        return Int(clamping: limit.rlim_cur)
    }

    /// Connections that each of two ports may have.
    static func connections(wanted: Int, of limit: Int?) -> Int {
        guard let limit else { return wanted }
        return min(wanted, max(16, (limit - reserve) / 2))
    }
}
