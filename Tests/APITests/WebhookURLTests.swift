import API
import NIOCore
import Synchronization
import Testing
import Webhooks

@Suite struct WebhookURLTests {
    @Test(arguments: [
        "https://example.org/drec", "http://example.org", "https://example.org:8443/a/b?c=d",
        "https://[2001:db8::1]/x", "http://192.0.2.1:8080/", "HTTPS://EXAMPLE.org/Path",
        "https://a-b.example/?x=%20",
    ])
    func `an address that programs agree on is taken`(text: String) {
        #expect(WebhookURL(text) != nil)
    }

    @Test(arguments: [
        "", "example.org", "ftp://example.org/", "file:///etc/passwd", "https://", "https:///path",
        "https://user@example.org/", "https://user:word@example.org/", "https://example.org:0/",
        "https://example.org:99999/", "https://example.org:/", "https://example.org:+80/",
        "https://example.org/#part", "https://example.org\\@10.0.0.1/", "https://exa mple.org/",
        "https://example.org/\n", "https://ex\u{e4}mple.org/", "https://-a.example/",
        "https://a..example/", "https://.example/", "https://[::1/", "https://[]/",
        "https://[example.org]/", "https://example.org%2f@a/", "https://a_b.example/",
        "javascript:alert(1)", "https://" + String(repeating: "a", count: 3_000) + ".example/",
    ])
    func `what could lead elsewhere is not`(text: String) {
        #expect(WebhookURL(text) == nil)
    }

    private let post = WebhookPost(id: "a", timestamp: 1, payload: [], signature: "v1a,")

    private func target(_ url: String, allowsPrivate: Bool = false) throws -> WebhookTarget {
        WebhookTarget(
            id: "0011223344556677", url: try #require(WebhookURL(url)), filter: .init(),
            after: nil, allowsPrivate: allowsPrivate)
    }

    @Test(arguments: [
        "127.0.0.1", "127.8.9.1", "0.0.0.0", "10.0.0.1", "100.64.0.1", "169.254.169.254",
        "172.16.0.1", "172.31.255.255", "192.0.0.8", "192.0.2.1", "192.168.1.1", "198.18.0.1",
        "198.51.100.1", "203.0.113.1", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1",
        "fc00::1", "fd12::1", "ff02::1", "::ffff:8.8.8.8", "::ffff:127.0.0.1", "64:ff9b::7f00:1",
        "2001::1", "2001:db8::1", "2002:7f00:1::", "3fff::1", "100::1",
    ])
    func `nothing is sent to what is not public, whatever its name`(address: String) async throws {
        // The name stands for a public address too: nobody hides behind others.
        let sender = HTTPWebhookSender(try target("http://example.org/")) { _, port in
            [
                try SocketAddress(ipAddress: "8.8.8.8", port: port),
                try SocketAddress(ipAddress: address, port: port),
            ]
        }
        await #expect(throws: HTTPWebhookSender.SendError.privateAddress) {
            try await sender.send(post)
        }
        await sender.close()
    }

    @Test func `the connection goes to the address that was checked, whatever the name stands for`()
        async throws
    {
        try await serving { _ in
        } _: { port in
            // No system knows this name.
            let url = "http://target.invalid:\(port)/v1/dry-run"
            let sender = HTTPWebhookSender(try target(url, allowsPrivate: true)) { _, port in
                [try SocketAddress(ipAddress: "127.0.0.1", port: port)]
            }
            for _ in 0..<2 { #expect(try await sender.send(post) == 400) }
            await sender.close()
        }
    }

    @Test func `a name is looked up for each connection, and what it stands for then counts`()
        async throws
    {
        var limits = WebhookLimits()
        limits.connectionSeconds = 0
        let lookUps = Mutex(0)
        let url = "http://target.invalid/"
        let sender = HTTPWebhookSender(try target(url), limits: limits) { _, port in
            let count = lookUps.withLock { count in
                count += 1
                return count
            }
            return count == 1 ? [] : [try SocketAddress(ipAddress: "127.0.0.1", port: port)]
        }
        await #expect(throws: HTTPWebhookSender.SendError.noAddress) {
            try await sender.send(post)
        }
        for _ in 0..<2 {
            await #expect(throws: HTTPWebhookSender.SendError.privateAddress) {
                try await sender.send(post)
            }
        }
        #expect(lookUps.withLock { $0 } == 3)
    }

    @Test func `a name that nobody tells the address of is not waited for`() async throws {
        var limits = WebhookLimits()
        limits.answerSeconds = 1
        let sender = HTTPWebhookSender(try target("http://example.org/"), limits: limits) { _, _ in
            try await Task.sleep(for: .seconds(3_600))
            return []
        }
        await #expect(throws: HTTPWebhookSender.SendError.slowLookUp) {
            try await sender.send(post)
        }
    }

    @Test func `a number that stands for this machine is found out`() async throws {
        for host in ["127.0.0.1", "[::1]", "2130706433", "127.1", "localhost"] {
            let sender = HTTPWebhookSender(try target("http://\(host):9/"))
            await #expect(throws: (any Error).self) { try await sender.send(post) }
            await sender.close()
        }
        let sender = HTTPWebhookSender(try target("http://example.org/")) { _, _ in [] }
        await #expect(throws: HTTPWebhookSender.SendError.noAddress) {
            try await sender.send(post)
        }
    }
}
