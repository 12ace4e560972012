import API
import Gateway
import Hummingbird
import HummingbirdCore
import NIOCore
import Testing

@Suite(.serialized) struct ServerLimitsTests {
    private static let request = "GET /livez HTTP/1.1\r\nHost: a\r\n\r\n"

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
            #expect(await connection.rest() != nil)
        }
    }

    @Test(arguments: [
        "GET /livez HTTP/1.1\r\nHost: ",
        "POST /v1/dry-run HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
            + "Content-Length: 100000\r\n\r\n",
    ])
    func `a client that sends a byte now and then is let go`(beginning: String) async throws {
        try await serving {
            ($0.headSeconds, $0.requestSeconds) = (1, 1)
        } _: { port in
            let connection = try Connection(port: port)
            connection.send(beginning)
            var heard: String?
            // Far longer than the server waits, however busy the machine is.
            for _ in 0..<3_000 where heard != "" {
                connection.send("a")
                heard = await connection.receive(withinMilliseconds: 100)
            }
            #expect(heard == "")
        }
    }

    @Test func `a client that takes nothing of a large answer is let go`() async throws {
        var gateway = SampleGateway()
        gateway.bytes = [UInt8](repeating: 7, count: 64 * 1_024 * 1_024)
        let path = "/v1/transactions/\(SampleRecords.digest(0x10))/bytes"
        try await serving(gateway: gateway) {
            $0.stallSeconds = 2
        } _: { port in
            let connection = try Connection(port: port)
            connection.send("GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(await connection.isReset(withinMilliseconds: patience))
        }
    }

    @Test func `a client that takes an answer slowly gets all of it`() async throws {
        var gateway = SampleGateway()
        gateway.bytes = [UInt8](repeating: 7, count: 12 * 1_024 * 1_024)
        let path = "/v1/transactions/\(SampleRecords.digest(0x10))/bytes"
        try await serving(gateway: gateway) {
            $0.stallSeconds = 8
        } _: { port in
            // With a large buffer the other side would see progress now and then only.
            let connection = try Connection(port: port, buffer: 16 * 1_024)
            connection.send("GET \(path) HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            // For longer than a client may stall, but it does not.
            let count = await connection.countSlowly(pausing: 200, forSeconds: 10)
            #expect(count ?? 0 > 12 * 1_024 * 1_024)
        }
    }

    @Test func `where there is no room, whoever kept the node waiting longest gives way`()
        async throws
    {
        try await serving {
            $0.connections = 20
        } _: { port in
            let silent = try (0..<60).map { _ in try Connection(port: port) }
            let last = try Connection(port: port)
            last.send(ServerLimitsTests.request)
            let answer = await last.receive(withinMilliseconds: patience)
            #expect(answer?.hasPrefix("HTTP/1.1 200") == true)
            #expect(await silent[0].receive(withinMilliseconds: patience) == "")
        }
    }

    @Test func `answers that wait have a limit in all`() async throws {
        var gateway = SampleGateway()
        gateway.bytes = [UInt8](repeating: 7, count: 16 * 1_024 * 1_024)
        let path = "/v1/transactions/\(SampleRecords.digest(0x10))/bytes"
        try await serving(gateway: gateway) {
            $0.waitingBytes = 40 * 1_024 * 1_024
        } _: { port in
            let greedy = try (0..<4).map { _ in try Connection(port: port) }
            for one in greedy {
                one.send("GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(await one.receive(withinMilliseconds: patience)?.isEmpty == false)
            }
            #expect(await greedy[0].isReset(withinMilliseconds: patience))
            let polite = try Connection(port: port)
            polite.send(ServerLimitsTests.request)
            let answer = await polite.receive(withinMilliseconds: patience)
            #expect(answer?.hasPrefix("HTTP/1.1 200") == true)
        }
    }

    @Test func `requests that come at once are answered one by one, in order`() async throws {
        try await serving { _ in
        } _: { port in
            let connection = try Connection(port: port)
            let paths = ["/livez", "/v1/status", "/v1/nothing", "/openapi.json"]
            for path in Array(repeating: paths, count: 20).joined() {
                connection.send("GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n")
            }
            connection.send("GET /livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            connection.finish()
            let all = try #require(await connection.rest())
            let statuses = all.matches(of: #/HTTP/1\.1 (\d{3})/#).map { String($0.1) }
            #expect(
                statuses == Array(
                    Array(repeating: ["200", "200", "404", "200"], count: 20).joined())
                    + ["200"])
        }
    }

    @Test(arguments: ["", "{", "{}"])
    func `a refusal that does not wait for the rest of a request leaves room for the next one`(
        beginning: String
    ) async throws {
        try await serving {
            _ in
        } _: { port in
            let connection = try Connection(port: port)
            connection.send(
                "PUT /livez HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n\(beginning)")
            let refusal = await connection.receive(withinMilliseconds: patience)
            #expect(refusal?.hasPrefix("HTTP/1.1 405") == true, "\(refusal ?? "silent")")
            connection.send("{}".dropFirst(beginning.count) + ServerLimitsTests.request)
            var heard = ""
            while !heard.contains("HTTP/1.1 200"),
                let more = await connection.receive(withinMilliseconds: patience), !more.isEmpty
            { heard += more }
            #expect(heard.contains("HTTP/1.1 200"))
        }
    }

    @Test func `whoever asks for far more than is answered is let go`() async throws {
        try await serving {
            $0.queuedParts = 20
        } _: { port in
            let connection = try Connection(port: port)
            let text = "GET /openapi.json HTTP/1.1\r\nHost: a\r\n\r\n"
            connection.send(String(repeating: text, count: 200))
            let all = try #require(await connection.rest())
            #expect(all.matches(of: #/HTTP/1\.1 200/#).count < 200)
        }
    }

    @Test func `one address has so many connections and no more`() async throws {
        try await serving {
            ($0.connectionsPerAddress, $0.limitsLoopback) = (3, true)
        } _: { port in
            var some = try (0..<3).map { _ in try Connection(port: port) }
            for one in some {
                one.send(ServerLimitsTests.request)
                #expect(await one.receive(withinMilliseconds: patience)?.isEmpty == false)
            }
            #expect(await (try Connection(port: port)).rest() == "")
            #expect(await some[2].receive(withinMilliseconds: 1) == nil)
            some.removeLast()
            var answer: String?
            // Until the server has seen it go.
            let end = ContinuousClock.now + .milliseconds(patience)
            while answer?.hasPrefix("HTTP/1.1 200") != true, ContinuousClock.now < end {
                let next = try Connection(port: port)
                next.send(ServerLimitsTests.request)
                answer = await next.receive(withinMilliseconds: patience)
            }
            #expect(answer?.hasPrefix("HTTP/1.1 200") == true)
        }
    }

    @Test func `the node's own machine has no limits of one address unless it is told so`()
        async throws
    {
        try await serving {
            ($0.connectionsPerAddress, $0.requestsPerSecond, $0.burst) = (1, 1, 1)
        } _: { port in
            for one in try (0..<5).map({ _ in try Connection(port: port) }) {
                one.send(ServerLimitsTests.request)
                let answer = try #require(await one.receive(withinMilliseconds: patience))
                #expect(answer.hasPrefix("HTTP/1.1 200") && !answer.contains("RateLimit"))
            }
        }
    }

    @Test(arguments: [
        "GET /livez HTTP/1.1\r\nHost: \(String(repeating: "a", count: 20_000))\r\n\r\n",
        "GET /\(String(repeating: "a", count: 20_000)) HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /livez HTTP/1.1\r\n" + String(repeating: "A: b\r\n", count: 200) + "\r\n",
    ])
    func `a head that is too large is refused`(head: String) async throws {
        try await serving { _ in
        } _: { port in
            let connection = try Connection(port: port)
            connection.send(head)
            let answer = await connection.receive(withinMilliseconds: patience)
            #expect(answer?.hasPrefix("HTTP/1.1 4") == true, "\(answer ?? "silence")")
        }
    }

    @Test func `a node's own limits are minutes and thousands, not for ever`() {
        let limits = ServerLimits()
        for seconds in [
            limits.idleSeconds, limits.headSeconds, limits.requestSeconds, limits.stallSeconds,
        ] {
            #expect((5...60).contains(seconds))
        }
        #expect((1...10).contains(limits.lookSeconds) && (1...15).contains(limits.stopSeconds))
        #expect((2_048...20_000).contains(limits.connections))
        #expect(limits.connectionsPerAddress < limits.connections / 10)
        #expect((8_192...65_536).contains(limits.headBytes))
        #expect(
            limits.configuration(address: .hostname("127.0.0.1", port: 1))
                .availableConnectionsDelegate != nil)
    }
}
