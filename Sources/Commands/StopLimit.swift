import Glibc
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Synchronization

/// Ends the process where stopping takes too long, because a disk does not answer for instance.
///
/// What hangs in the system cannot be cancelled, and a server that is cancelled traps over a
/// connection that it has taken in and not begun to serve. Nothing is lost: what was acknowledged
/// is durable, as when the process is killed.
///
/// Services stop in the reverse of their order: this one belongs last.
final class StopLimit: Service {
    private static let longest = TimeAmount.seconds(20)

    private let logger: Logger
    private let timer = Mutex<Scheduled<Void>?>(nil)

    init(_ logger: Logger) { self.logger = logger }

    func run() async throws {
        // Cancelling means stopping too.
        try? await gracefulShutdown()
        // A thread of its own sees to it: all others may be what hangs.
        let loop = MultiThreadedEventLoopGroup.singleton.any()
        let scheduled = loop.scheduleTask(in: StopLimit.longest) { [logger] in
            logger.error(
                "stopped without waiting any longer; what was acknowledged is kept",
                metadata: ["seconds": "\(StopLimit.longest.nanoseconds / 1_000_000_000)"])
            _exit(2)
        }
        timer.withLock { $0 = scheduled }
    }

    /// Everything has stopped in time.
    func isOver() { timer.withLock { $0?.cancel() } }
}

/// The service's name in logs.
extension StopLimit: CustomStringConvertible {
    var description: String { "stop limit" }
}
