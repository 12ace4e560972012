import API
import Foundation
import Gateway
import Ledger
import Primitives
import Synchronization
import Testing
import Wire

/// Answers that are long, and connections that break off in the midst of them.
@Suite(.serialized) struct CutOffTests {
    /// Two blocks with so many events that no buffer holds them.
    private static let talkative: SampleGateway = {
        var gateway = SampleGateway()
        var event = ProtoEvent()
        event.deviceChanged.device = 6
        gateway.events = Array(repeating: event, count: 1_500)
        return gateway
    }()

    private static func asking(_ path: String, _ more: String = "") -> String {
        "GET \(path) HTTP/1.1\r\nHost: a\r\n\(more)\r\n"
    }

    /// The ids of events with data in frames that came whole, and the last id of any frame.
    private func heard(_ answer: ChunkedAnswer) -> (ids: [String], last: String?) {
        var ids: [String] = []
        var last: String?
        for frame in answer.body.components(separatedBy: "\n\n").dropLast() {
            let lines = frame.components(separatedBy: "\n")
            guard let id = lines.first(where: { $0.hasPrefix("id: ") })?.dropFirst(4)
            else { continue }
            last = String(id)
            if lines.contains(where: { $0.hasPrefix("data: ") }) {
                ids.append(String(id.prefix { $0 != "@" }))
            }
        }
        return (ids, last)
    }

    @Test func `a listener that is slow, let go and comes back misses and repeats nothing`()
        async throws
    {
        let expected =
            (0...2).flatMap { entry in
                (0..<1_500).map { "E\(entry).\($0)" } + (entry == 0 ? ["B1"] : [])
            } + ["B2"]
        let soFar = Mutex<(ids: [String], last: String)>(([], "B0"))
        try await serving(gateway: CutOffTests.talkative) {
            $0.stallSeconds = 3
        } _: { port in
            // Before the first event, among those of a block, and far in the next one.
            for length in [1, 100_000, 200_000, 300_000] {
                let last = soFar.withLock { $0.last }
                let slow = try Connection(port: port, buffer: 4_096)
                slow.send(CutOffTests.asking("/v1/events?after=B0", "Last-Event-ID: \(last)\r\n"))
                let text = await slow.receive(bytes: length)
                #expect(await slow.isReset(withinMilliseconds: patience))
                let found = heard(ChunkedAnswer(text))
                soFar.withLock { $0 = ($0.ids + found.ids, found.last ?? last) }
            }
        }
        let (ids, last) = soFar.withLock { $0 }
        #expect(!ids.isEmpty && ids.count < expected.count)
        // The other one may take its time too: other tests keep this one from reading on.
        try await serving(gateway: CutOffTests.talkative) {
            $0.stallSeconds = 3_600
        } _: { port in
            let quick = try Connection(port: port)
            quick.send(CutOffTests.asking("/v1/events", "Last-Event-ID: \(last)\r\n"))
            let answer = ChunkedAnswer(try #require(await quick.rest()))
            #expect(answer.isWhole)
            #expect(ids + heard(answer).ids == expected)
        }
    }

    @Test(arguments: [true, false])
    func `a listener that goes leaves its place at once, also while there is nothing to tell`(
        isHalf: Bool
    ) async throws {
        var limits = EventLimits()
        limits.listeners = 1
        var gateway = SampleGateway()
        // For longer than the test may take.
        gateway.isQuiet = true
        let feed = EventFeed(gateway: gateway, limits: limits)
        try await serving(gateway: gateway, events: feed) { _ in
        } _: { port in
            for _ in 0..<3 {
                let listener = try Connection(port: port)
                listener.send(CutOffTests.asking("/v1/events"))
                #expect(await listener.receive(bytes: 1).hasPrefix("HTTP/1.1 200"))
                if isHalf { listener.finish() } else { listener.hangUp() }
                while feed.listenerCount > 0 { await Task.yield() }
            }
        }
    }

    @Test func `whoever says no more gets an answer that there is, an empty one too`() async throws
    {
        var gateway = SampleGateway()
        gateway.accountCount = 2_000
        gateway.bytes = []
        try await serving(gateway: gateway) { _ in
        } _: { port in
            for path in ["/v1/accounts?format=csv", "/log/entry/001.transaction", "/livez"] {
                let connection = try Connection(port: port)
                connection.send(CutOffTests.asking(path) + CutOffTests.asking("/v1/totals"))
                connection.finish()
                let text = try #require(await connection.rest())
                #expect(text.components(separatedBy: "HTTP/1.1 200").count == 3, "\(path)")
            }
        }
    }

    private struct Failure: Error {}

    @Test(arguments: [Failure(), GatewayError.busy] as [any Error])
    func `a download that a node cannot go on with is not whole, and shows it`(
        error: any Error
    ) async throws {
        var gateway = SampleGateway()
        gateway.accountCount = 2_000
        gateway.accountFailure = (after: AccountID(1_000), error: error)
        try await serving(gateway: gateway) { _ in
        } _: { port in
            let connection = try Connection(port: port)
            connection.send(CutOffTests.asking("/v1/accounts?format=csv"))
            // It ends: nobody waits for the rest for ever.
            let answer = ChunkedAnswer(try #require(await connection.rest()))
            #expect(answer.status == "200")
            #expect(!answer.isWhole && !answer.body.hasSuffix("\n"))
            #expect(answer.body.components(separatedBy: "\r\n").count == 1_001)
            let other = try Connection(port: port)
            other.send(CutOffTests.asking("/v1/accounts?limit=1"))
            #expect(await other.receive(bytes: 1).hasPrefix("HTTP/1.1 200"))
        }
    }

    @Test func `a download from a node that stops is not whole, and shows it`() async throws {
        var gateway = SampleGateway()
        gateway.accountCount = 20_000
        let open = Mutex<[Connection]>([])
        try await serving(gateway: gateway) {
            $0.stopSeconds = 1
        } _: { port in
            let connection = try Connection(port: port, buffer: 4_096)
            connection.send(CutOffTests.asking("/v1/accounts?format=csv"))
            #expect(await connection.receive(bytes: 10_000).hasPrefix("HTTP/1.1 200"))
            open.withLock { $0.append(connection) }
        }
        let connection = try #require(open.withLock { $0.first })
        #expect(try #require(await connection.rest()).hasSuffix("\r\n0\r\n\r\n") == false)
    }

    @Test func `a download in old HTTP ends with a line break, and only a whole one`() async throws
    {
        for limit: UInt64 in [0, 600] {
            var gateway = SampleGateway()
            gateway.accountCount = 1_000
            if limit > 0 { gateway.accountFailure = (after: AccountID(limit), error: Failure()) }
            try await serving(gateway: gateway) { _ in
            } _: { port in
                let connection = try Connection(port: port)
                connection.send("GET /v1/accounts?format=csv HTTP/1.0\r\n\r\n")
                let text = try #require(await connection.rest())
                #expect(text.hasPrefix("HTTP/1.0 200") && !text.contains("chunked"))
                #expect(text.contains("\r\n\r\nid,kind"))
                #expect(text.hasSuffix("\r\n") == (limit == 0))
            }
        }
    }
}
