import API
import Foundation
import Gateway
import Synchronization
import Testing

/// What HTTP/1 asks of a server, over sockets.
@Suite(.serialized) struct HTTP1Tests {
    /// What a port says to some bytes, until it closes the connection or has said so much.
    private func told(
        _ text: String, bytes: Int = .max, reports: ReportList = ReportList()
    ) async throws -> String {
        let heard = Mutex("")
        try await serving(reports: reports) { _ in
        } _: { port in
            let connection = try Connection(port: port)
            connection.send(text)
            let answer = await connection.receive(bytes: bytes)
            heard.withLock { $0 = answer }
        }
        return heard.withLock { $0 }
    }

    private func statuses(_ text: String) -> [String] {
        text.matches(of: #/HTTP/1\.[01] (\d{3})/#).map { String($0.1) }
    }

    @Test(arguments: [
        "GET /livez HTTP/1.0\r\n\r\n", "GET /livez HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
        "GET /livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        "GET /livez HTTP/1.1\r\nHost: a\r\nConnection: Close\r\n\r\n",
        "GET /livez HTTP/1.1\r\nHost: a\r\nConnection: TE, close\r\n\r\n",
        "GET /livez HTTP/1.1\r\nHost: a\r\nConnection: TE\r\nConnection: close\r\n\r\n",
        // Nobody speaks the other protocol, and what follows is not read.
        "GET /livez HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n",
    ])
    func `a connection ends when its client said so or cannot know otherwise`(
        request: String
    ) async throws {
        // Until the other side closes.
        let heard = try await told(request)
        #expect(statuses(heard) == ["200"])
        #expect(heard.lowercased().contains("\r\nconnection: close\r\n"))
        #expect(heard.hasSuffix("\r\n\r\nok\n"))
    }

    @Test(arguments: [
        "GET /livez HTTP/1.1\r\n\r\n", "GET /livez HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "GET /livez HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n",
        "GET /livez HTTP/2.0\r\nHost: a\r\n\r\n", "GET livez HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /livez HTTP/1.1\nHost: a\n\n", "GET /livez HTTP/1.1\r\nHost: a\r\nX : y\r\n\r\n",
        "GET /livez HTTP/1.1\r\nHost: a\r\nX: y\r\n z\r\n\r\n",
        "GET /a\u{0}b HTTP/1.1\r\nHost: a\r\n\r\n", "get /livez HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST /v1/dry-run HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nTransfer-Encoding: "
            + "chunked\r\n\r\n0\r\n\r\n",
        "POST /v1/dry-run HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        "POST /v1/dry-run HTTP/1.1\r\nHost: a\r\nContent-Length: +2\r\n\r\n{}",
    ])
    func `a head that is no HTTP is refused once, and nothing behind it is read`(
        request: String
    ) async throws {
        let heard = try await told(request + "GET /livez HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(statuses(heard) == ["400"])
    }

    @Test(arguments: [
        "zz\r\n{}\r\n", "-2\r\n{}\r\n0\r\n\r\n", "0x2\r\n{}\r\n0\r\n\r\n", "2\n{}\n0\n\n",
        "1\r\n{}\r\n0\r\n\r\n", "fffffffffffffffff\r\n", "2\r\n{}0\r\n\r\n",
    ])
    func `chunks that are none are the client's fault, told once and not in the node's log`(
        chunks: String
    ) async throws {
        let reports = ReportList()
        let heard = try await told(
            "POST /v1/dry-run HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                + "Transfer-Encoding: chunked\r\n\r\n" + chunks
                + "GET /livez HTTP/1.1\r\nHost: a\r\n\r\n",
            reports: reports)
        #expect(statuses(heard) == ["400"])
        #expect(heard.contains("\"code\":\"badRequest\""))
        #expect(reports.all.isEmpty)
    }

    @Test func `a body that breaks off is the client's fault`() async throws {
        let reports = ReportList()
        try await serving(reports: reports) { _ in
        } _: { port in
            let connection = try Connection(port: port)
            connection.send(
                "POST /v1/dry-run HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                    + "Content-Length: 9\r\n\r\n{}")
            connection.finish()
            let heard = try #require(await connection.rest())
            #expect(statuses(heard) == ["400"] || heard.isEmpty)
        }
        #expect(reports.all.isEmpty)
    }

    private static let expecting =
        "POST /v1/dry-run HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
        + "Connection: close\r\nExpect: 100-Continue\r\nContent-Length: "

    @Test func `who waits to be told to send a body is told so`() async throws {
        try await serving { _ in
        } _: { port in
            let connection = try Connection(port: port)
            connection.send(HTTP1Tests.expecting + "2\r\n\r\n")
            let first = await connection.receive(withinMilliseconds: patience)
            #expect(first == "HTTP/1.1 100 Continue\r\n\r\n")
            connection.send("{}")
            #expect(statuses(try #require(await connection.rest())) == ["400"])
        }
    }

    @Test func `who waits to send far too much is not told to`() async throws {
        let heard = try await told(HTTP1Tests.expecting + "99999999\r\n\r\n", bytes: 100)
        #expect(statuses(heard) == ["413"])
    }

    @Test(arguments: [
        "/livez", "/v1/status", "/v1/accounts?format=csv", "/v1/events", "/v1/nothing",
        "/v1/genesis", "/v1/dry-run",
    ])
    func `a head alone has the fields of the whole and no body, and the next answer follows`(
        path: String
    ) async throws {
        let heard = try await told(
            "HEAD \(path) HTTP/1.1\r\nHost: a\r\n\r\n"
                + "GET /livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        let parts = heard.components(separatedBy: "\r\n\r\n")
        #expect(parts.count == 3 && parts[2] == "ok\n", "\(heard)")
        #expect(parts[1].hasPrefix("HTTP/1.1 200"))
        let isStream = path.contains("csv") || path.contains("events")
        #expect(parts[0].contains("Content-Length: 0") == false)
        #expect(parts[0].contains("Content-Length: ") != isStream)
    }

    @Test(arguments: [
        "Content-Length: 5\r\n\r\nhello",
        "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n0\r\nTrailer: x\r\n\r\n",
        "Expect: 100-continue\r\n\r\n",
    ])
    func `what nobody needs with a question does not disturb the next one`(
        rest: String
    ) async throws {
        let heard = try await told(
            "GET /livez HTTP/1.1\r\nHost: a\r\n\(rest)"
                + "GET /v1/nothing HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        #expect(statuses(heard).filter { $0 != "100" } == ["200", "404"])
    }
}
