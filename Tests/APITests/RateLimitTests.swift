import API
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import NIOEmbedded
import Primitives
import Testing

/// Requests of clients from several addresses, as a port counts them.
@Suite struct RateLimitTests {
    /// A port that answers, and the addresses that its requests come from.
    private struct Counted {
        let responder: PortResponder
        let channel: EmbeddedChannel

        init(_ change: (inout ServerLimits) -> Void) {
            var limits = ServerLimits()
            change(&limits)
            responder = PortResponder(
                makeRouter(
                    for: .everyone, gateway: SampleGateway(), metrics: { "" }, report: { _ in }),
                limits: limits)
            channel = EmbeddedChannel()
        }

        func ask(
            _ path: String = "/v1/status", from address: String, _ headers: HTTPFields = [:],
            _ method: HTTPRequest.Method = .get
        ) async throws -> Response {
            channel.remoteAddress = try SocketAddress(ipAddress: address, port: 4_000)
            let request = Request(
                head: HTTPRequest(
                    method: method, scheme: "http", authority: "a", path: path,
                    headerFields: headers),
                body: .init(buffer: ByteBuffer()))
            return try await responder.respond(
                to: request,
                context: PortResponder.Context(
                    source: ApplicationRequestContextSource(
                        channel: channel, logger: .init(label: "test"))))
        }
    }

    private func header(_ name: String, _ response: Response) throws -> String? {
        response.headers[try #require(HTTPField.Name(name))]
    }

    @Test func `an answer says what is left, and the last one when there is more`() async throws {
        let port = Counted { ($0.requestsPerSecond, $0.burst) = (1, 3) }
        for left in [2, 1, 0] {
            let response = try await port.ask(from: "192.0.2.1")
            #expect(response.status == .ok)
            #expect(try header("RateLimit-Policy", response) == "\"client\";q=3;w=3")
            let limit = try #require(try header("RateLimit", response))
            #expect(limit.hasPrefix("\"client\";r=\(left);t="))
        }
        let refused = try await port.ask(from: "192.0.2.1")
        #expect(refused.status == .tooManyRequests)
        #expect(refused.headers[.contentType] == "application/problem+json")
        #expect(refused.headers[.retryAfter] == "1")
        #expect(refused.headers[.cacheControl] == "no-store")
        #expect(refused.headers[.accessControlAllowOrigin] == "*")
        #expect(try header("RateLimit", refused)?.hasPrefix("\"client\";r=0;t=1") == true)
        #expect(try await port.ask(from: "192.0.2.2").status == .ok)
        let head = try await port.ask(from: "192.0.2.1", [:], .head)
        #expect(head.status == .tooManyRequests && head.headers[.contentLength] != nil)
    }

    @Test(arguments: [
        // The first 64 bits of an IPv6 address are one client's.
        ("2001:db8:0:1::1", "2001:db8:0:1:ffff::9", true),
        ("2001:db8::1", "2001:db8:0:1::1", false),
        ("::ffff:192.0.2.1", "192.0.2.1", true), ("192.0.2.1", "192.0.2.2", false),
        ("10.0.0.1", "::1", false),
    ])
    func `an address is a client`(first: String, second: String, isSame: Bool) async throws {
        let port = Counted { ($0.requestsPerSecond, $0.burst, $0.limitsLoopback) = (1, 1, true) }
        #expect(try await port.ask(from: first).status == .ok)
        #expect(try await port.ask(from: second).status == (isSame ? .tooManyRequests : .ok))
    }

    @Test(arguments: ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"])
    func `the own machine is exempt`(address: String) async throws {
        let port = Counted { ($0.requestsPerSecond, $0.burst) = (1, 1) }
        for _ in 0..<5 { #expect(try await port.ask(from: address).status == .ok) }
    }

    @Test(arguments: [
        ("192.0.2.7", "192.0.2.7"), ("6.6.6.6, 192.0.2.7", "192.0.2.7"),
        ("unknown,192.0.2.7:4711", "192.0.2.7"), ("[2001:db8::1]:80", "2001:db8::1"),
        ("2001:db8::1", "2001:db8::1"),
    ])
    func `a proxy on the own machine says whose request it is`(
        value: String, client: String
    ) async throws {
        let name = try #require(HTTPField.Name("X-Forwarded-For"))
        let port = Counted {
            ($0.requestsPerSecond, $0.burst, $0.clientHeader) = (1, 1, "X-Forwarded-For")
        }
        #expect(try await port.ask(from: "127.0.0.1", [name: value]).status == .ok)
        #expect(try await port.ask(from: "127.0.0.1", [name: value]).status == .tooManyRequests)
        #expect(try await port.ask(from: client).status == .tooManyRequests)
        // Nobody else is believed, and what names nobody counts for nobody.
        #expect(try await port.ask(from: "192.0.2.99", [name: "203.0.113.5"]).status == .ok)
        #expect(
            try await port.ask(from: "192.0.2.99", [name: "203.0.113.6"]).status
                == .tooManyRequests)
        for nobody in ["", "unknown", "192.0.2.7,", "a.b.c.d", "1.2.3.4.5", ":::"] {
            for _ in 0..<3 {
                #expect(try await port.ask(from: "127.0.0.1", [name: nobody]).status == .ok)
            }
        }
    }

    @Test func `no limit is no limit, and says nothing of one`() async throws {
        let port = Counted { ($0.requestsPerSecond, $0.burst) = (0, 1) }
        for _ in 0..<5 {
            let response = try await port.ask(from: "192.0.2.1")
            #expect(response.status == .ok)
            #expect(try header("RateLimit", response) == nil)
        }
    }

    @Test func `of very many addresses the latest are counted`() async throws {
        let port = Counted {
            ($0.requestsPerSecond, $0.burst, $0.addresses) = (1, 1, 8)
        }
        for number in 1...100 {
            #expect(try await port.ask(from: "192.0.2.\(number)").status == .ok)
            #expect(try await port.ask(from: "192.0.2.\(number)").status == .tooManyRequests)
        }
        #expect(try await port.ask(from: "192.0.2.1").status == .ok)
    }

    @Test func `one address listens to events so often at once, and no more`() async throws {
        let name = try #require(HTTPField.Name("X-Forwarded-For"))
        let port = Counted {
            ($0.listenersPerAddress, $0.requestsPerSecond, $0.clientHeader) =
                (2, 0, "X-Forwarded-For")
        }
        var held: [Response] = []
        for _ in 0..<2 { held.append(try await port.ask("/v1/events", from: "192.0.2.1")) }
        #expect(held.allSatisfy { $0.status == .ok })
        let same: [(String, HTTPFields)] = [
            ("192.0.2.1", [:]), ("127.0.0.1", [name: "192.0.2.1"]),
        ]
        for (address, headers) in same {
            let refused = try await port.ask("/v1/events", from: address, headers)
            #expect(refused.status == .tooManyRequests)
            #expect(refused.headers[.contentType] == "application/problem+json")
            #expect(refused.headers[.retryAfter] == "10")
        }
        // Others are not concerned, nor is what ends.
        #expect(try await port.ask("/v1/status", from: "192.0.2.1").status == .ok)
        #expect(try await port.ask("/v1/events", from: "192.0.2.1", [:], .head).status == .ok)
        #expect(try await port.ask("/v1/events", from: "192.0.2.2").status == .ok)
        for _ in 0..<5 { held.append(try await port.ask("/v1/events", from: "127.0.0.1")) }
        #expect(held.allSatisfy { $0.status == .ok })
        held.removeAll()
        #expect(try await port.ask("/v1/events", from: "192.0.2.1").status == .ok)
    }
}
