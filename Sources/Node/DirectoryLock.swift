import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// A data directory held by one process, until the process ends in whatever way.
package struct DirectoryLock: ~Copyable {
    private let descriptor: Int32

    /// - Throws: ``NodeError/locked(_:)`` when another process holds it,
    ///   ``NodeError/unusable(_:_:)`` when it cannot be written to.
    package init(directory: String) throws {
        let path = directory + "/lock"
        descriptor = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw NodeError.unusable(path, String(cString: strerror(errno)))
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw NodeError.locked(directory)
        }
    }

    deinit {
        close(descriptor)
    }
}
