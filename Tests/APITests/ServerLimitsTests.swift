import API
import Dispatch
import Foundation
import Glibc
import Hummingbird
import HummingbirdCore
import NIOCore
import Testing

/// A connection to a port of this machine, with calls that wait.
private final class Connection: Sendable {
    private let descriptor: Int32

    init(port: Int) throws {
        let number = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        descriptor = number
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

    deinit { close(descriptor) }

    func send(_ text: String) {
        _ = Glibc.send(descriptor, text, text.utf8.count, Int32(MSG_NOSIGNAL))
    }

    /// What comes next: text, nothing where the other side has closed, nil where it is silent.
    func receive(withinMilliseconds limit: Int) async -> String? {
        await withCheckedContinuation { continuation in
            // Off the threads that serve.
            DispatchQueue.global().async { [descriptor] in
                var poll = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
                guard Glibc.poll(&poll, 1, Int32(limit)) > 0 else {
                    return continuation.resume(returning: nil)
                }
                var bytes = [UInt8](repeating: 0, count: 4_096)
                let count = recv(descriptor, &bytes, bytes.count, 0)
                continuation.resume(
                    returning: String(decoding: bytes.prefix(max(0, count)), as: UTF8.self))
            }
        }
    }
}

@Suite(.serialized) struct ServerLimitsTests {
    private func serving(
        _ change: (inout ServerLimits) -> Void, _ body: @Sendable (Int) async throws -> Void
    ) async throws {
        var limits = ServerLimits()
        change(&limits)
        let router = makeRouter(
            for: .members, gateway: SampleGateway(), metrics: { "" }, report: { _ in })
        // Not by the library's own test client, which leaves the limit of connections out.
        let (ports, signal) = AsyncStream<Int>.makeStream()
        let application = Application(
            router: router, server: .http1(configuration: limits.http1),
            configuration: limits.configuration(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { channel in signal.yield(channel.localAddress?.port ?? 0) })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await application.run() }
            for await port in ports {
                try await body(port)
                break
            }
            group.cancelAll()
            try? await group.waitForAll()
        }
    }

    @Test(arguments: [
        "", "GET /livez HTTP/1.1\r\nHost: a\r\n",
        "POST /v1/dry-run HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
            + "Content-Length: 100\r\n\r\nhalf",
    ])
    func `a client that falls silent is let go`(beginning: String) async throws {
        try await serving {
            $0.idleSeconds = 1
        } _: { port in
            let connection = try Connection(port: port)
            connection.send(beginning)
            var last: String?
            repeat {
                last = await connection.receive(withinMilliseconds: 30_000)
            } while last?.isEmpty == false
            #expect(last == "")
        }
    }

    @Test func `beyond the limit a connection waits until another one ends`() async throws {
        try await serving {
            $0.connections = 1
        } _: { port in
            let request = "GET /livez HTTP/1.1\r\nHost: a\r\n\r\n"
            var first: Connection? = try Connection(port: port)
            first?.send(request)
            let answer = await first?.receive(withinMilliseconds: 30_000)
            #expect(answer?.hasPrefix("HTTP/1.1 200") == true)
            // Some more are taken in at a time before the server looks at its limit.
            var others = try (0..<100).map { _ in try Connection(port: port) }
            let last = try Connection(port: port)
            last.send(request)
            let early = await last.receive(withinMilliseconds: 500)
            #expect(early == nil && others.count == 100)
            first = nil
            others.removeAll()
            let late = await last.receive(withinMilliseconds: 30_000)
            #expect(late?.hasPrefix("HTTP/1.1 200") == true)
        }
    }

    @Test func `a node's own limits are minutes and thousands, not for ever`() {
        let limits = ServerLimits()
        #expect((30...60).contains(limits.idleSeconds))
        #expect(limits.http1.idleTimeout == .seconds(limits.idleSeconds))
        #expect((256...4_096).contains(limits.connections))
        #expect(
            limits.configuration(address: .hostname("127.0.0.1", port: 1))
                .availableConnectionsDelegate != nil)
    }
}
