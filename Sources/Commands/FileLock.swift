import Foundation

/// A file that one process at a time holds, until it lets go or ends in whatever way.
final class FileLock: Sendable {
    private let descriptor: Int32

    /// Waits while another process holds the file, and says once that it does.
    ///
    /// The file stays behind: removing it would let a third process lock another one of its name.
    ///
    /// - Parameter work: what holds it, in a word.
    init(waitingFor path: String, of work: String = "import") async throws {
        descriptor = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw FileLock.failure(path) }
        var isTold = false
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            guard errno == EWOULDBLOCK || errno == EINTR else { throw FileLock.failure(path) }
            if !isTold { Output.note("waiting for another \(work), which holds \(path)") }
            isTold = true
            try await Task.sleep(for: .milliseconds(100))
        }
    }

    deinit { close(descriptor) }

    private static func failure(_ path: String) -> CommandFailure {
        .failed("cannot hold \(path): \(String(cString: strerror(errno)))")
    }
}
