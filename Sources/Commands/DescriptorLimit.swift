import Glibc
import NIOCore

/// How many files and connections the process may have open.
enum DescriptorLimit {
    /// What the node's own files, peers and verbs need beside the clients' connections.
    static let reserve = 512

    /// Least limit of a node: its files, peers and a few clients. The libraries end the process
    /// where they cannot have what they need, and on each core they need some.
    static let node = 256 + perCore * System.coreCount

    /// Least limit of any other verb.
    static let verb = 16 + perCore * System.coreCount

    /// What is opened for each core: three for its loop of events, and some room.
    private static let perCore = 4

    /// Raises the limit to what the system lets the process have.
    ///
    /// - Returns: the limit; nil where the system does not say.
    @discardableResult
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

    /// Raises the limit as far as the system lets the process, and wants enough.
    ///
    /// - Throws: ``CommandFailure`` where it stays below the least one.
    static func require(_ least: Int) throws {
        guard let limit = raise(), limit < least else { return }
        throw CommandFailure.failed(
            "no more than \(limit) files may be open here at once, and at least \(least) are "
                + "needed; see ulimit -n, or LimitNOFILE of the unit")
    }

    /// Connections that each of two ports may have.
    static func connections(wanted: Int, of limit: Int?) -> Int {
        guard let limit else { return wanted }
        return min(wanted, max(16, (limit - reserve) / 2))
    }
}
