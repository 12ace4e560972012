import Dispatch
import Foundation
import Glibc
import Synchronization
import Testing

/// Milliseconds for what must come about: long, for all tests share the machine, and nothing waits
/// so long but a failure.
let patience = 300_000

/// A connection to a port of this machine, with calls that wait.
final class Connection: Sendable {
    private let descriptor: Int32
    private let isOpen = Atomic(true)

    /// - Parameter buffer: bytes that the system takes for this side before it is asked; as many
    ///   as it likes where it is nil.
    init(port: Int, buffer: Int32? = nil) throws {
        let number = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        descriptor = number
        if var buffer {
            let size = socklen_t(MemoryLayout<Int32>.size)
            try #require(setsockopt(number, SOL_SOCKET, SO_RCVBUF, &buffer, size) == 0)
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port)).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(number, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        try #require(result == 0)
    }

    deinit { if isOpen.exchange(false, ordering: .relaxed) { close(descriptor) } }

    /// Closes it before its time.
    func hangUp() { if isOpen.exchange(false, ordering: .relaxed) { close(descriptor) } }

    func send(_ text: String) {
        _ = Glibc.send(descriptor, text, text.utf8.count, Int32(MSG_NOSIGNAL))
    }

    /// Says that nothing more will be sent.
    func finish() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// What comes next: text, nothing where the other side has closed, nil where it is silent.
    func receive(withinMilliseconds limit: Int) async -> String? {
        await waiting { descriptor in
            var poll = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard Glibc.poll(&poll, 1, Int32(limit)) > 0 else { return nil }
            var bytes = [UInt8](repeating: 0, count: 65_536)
            let count = recv(descriptor, &bytes, bytes.count, 0)
            return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
        }
    }

    /// The number of bytes that come until the other side closes, taken with a pause after each
    /// piece for so many seconds; nil where the other side falls silent.
    func countSlowly(pausing milliseconds: UInt32, forSeconds seconds: Int) async -> Int? {
        // On a thread of its own, whatever keeps the others busy.
        await waiting { descriptor in
            var bytes = [UInt8](repeating: 0, count: 65_536)
            let end = ContinuousClock.now + .seconds(seconds)
            var all = 0
            while true {
                var poll = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
                guard Glibc.poll(&poll, 1, Int32(patience)) > 0 else { return nil }
                let count = recv(descriptor, &bytes, bytes.count, 0)
                guard count > 0 else { return all }
                all += count
                if ContinuousClock.now < end { usleep(1_000 * milliseconds) }
            }
        }
    }

    /// Whether the other side breaks the connection off, while nothing is taken of what it sent.
    func isReset(withinMilliseconds limit: Int) async -> Bool {
        await waiting { descriptor in
            // A reset is told without being asked for.
            var poll = pollfd(fd: descriptor, events: 0, revents: 0)
            return Glibc.poll(&poll, 1, Int32(limit)) > 0
        }
    }

    /// Waits off the threads that serve.
    private func waiting<Value: Sendable>(
        _ body: @escaping @Sendable (Int32) -> Value
    ) async -> Value {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async { [self] in
                continuation.resume(returning: body(descriptor))
            }
        }
    }
}
