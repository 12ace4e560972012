import API
import Foundation
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import ServiceLifecycle
import Synchronization

/// A port of the sample gateway that listens while the body runs, which is told where.
///
/// Not by the library's own test client, which leaves the limits of connections out.
func serving(
    gateway: SampleGateway = SampleGateway(), events: EventFeed? = nil,
    reports: ReportList = ReportList(),
    _ change: (inout ServerLimits) -> Void, _ body: @Sendable (Int) async throws -> Void
) async throws {
    var limits = ServerLimits()
    limits.lookSeconds = 1
    change(&limits)
    let router = makeRouter(
        for: .members, gateway: gateway, events: events, metrics: { "" },
        report: { reports.add($0) })
    let (ports, signal) = AsyncStream<Int>.makeStream()
    let application = makePort(
        router, limits: limits, address: .hostname("127.0.0.1", port: 0),
        onServerRunning: { channel in signal.yield(channel.localAddress?.port ?? 0) })
    // Stopped as a node is: a server that is cancelled traps over a connection that it has
    // taken in and not begun to serve.
    let services = ServiceGroup(
        configuration: ServiceGroupConfiguration(
            services: [application], logger: Logger(label: "port")))
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await services.run() }
        do {
            for await port in ports {
                try await body(port)
                break
            }
        } catch {
            await services.triggerGracefulShutdown()
            throw error
        }
        await services.triggerGracefulShutdown()
        try await group.waitForAll()
    }
}

/// What was reported to the log.
final class ReportList: Sendable {
    private let reports = Mutex<[FailureReport]>([])

    var all: [FailureReport] { reports.withLock { $0 } }

    func add(_ report: FailureReport) { reports.withLock { $0.append(report) } }
}

extension Connection {
    /// All that comes until the other side closes; nil where it falls silent.
    func rest() async -> String? {
        var all = ""
        while let text = await receive(withinMilliseconds: patience) {
            guard !text.isEmpty else { return all }
            all += text
        }
        return nil
    }

    /// What comes until there is so much of it, or the other side closes.
    func receive(bytes count: Int) async -> String {
        var all = ""
        while all.utf8.count < count, let text = await receive(withinMilliseconds: patience),
            !text.isEmpty
        { all += text }
        return all
    }
}

/// An answer in chunks as far as it came.
struct ChunkedAnswer {
    let status: String
    let head: String
    /// All chunks, also the beginning of one that was cut off.
    let body: String
    /// Whether the last chunk came, which tells that nothing is missing.
    let isWhole: Bool

    init(_ text: String) {
        let end = text.range(of: "\r\n\r\n")
        head = String(text[..<(end?.lowerBound ?? text.endIndex)])
        status = String(head.dropFirst("HTTP/1.1 ".count).prefix(3))
        var rest = text[(end?.upperBound ?? text.endIndex)...].utf8
        var body: [UInt8] = []
        var isWhole = false
        while let end = rest.firstIndex(of: 0x0a),
            let size = Int(String(decoding: rest[..<end].dropLast(), as: UTF8.self), radix: 16)
        {
            rest = rest[rest.index(after: end)...]
            isWhole = size == 0 && rest.elementsEqual("\r\n".utf8)
            body += rest.prefix(size)
            rest = rest.dropFirst(size + 2)
        }
        self.isWhole = isWhole
        self.body = String(decoding: body, as: UTF8.self)
    }
}
