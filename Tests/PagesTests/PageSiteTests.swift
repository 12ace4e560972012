import Foundation
import HTTPTypes
import Ledger
import Pages
import Primitives
import Testing
import Wire

@Suite("Readers find the page again, here and at other members")
struct PageSiteTests {
    static let addresses = [
        "http://a", "https://north.example", "http://127.0.0.1:8080", "http://[::1]:65535",
        "https://[2001:db8::1]", "https://a-b.c.d:1",
        "http://" + String(repeating: "a", count: 290),
    ]

    static let wrong = [
        "", "http://", "https://", "north.example", "ftp://a", "HTTP://a", "//a", "javascript:a",
        "http://a/", "http://a/b", "http://a?b", "http://a#b", "http://a b", "http://a\nb",
        "http://a:", "http://a:0", "http://a:65536", "http://a:123456", "http://a:8080x",
        "http://a:80:80", "http://u@a", "http://u:p@a", "http://.a", "http://a.", "http://a..b",
        "http://-a", "http://a-", "http://[::1", "http://::1", "http://[g::1]", "http://[1]",
        "http://[::1]a", "http://x[::1]", "http://é", "http://a\u{0}", "http://a\"b",
        "http://<b>", "http://%61", "http://" + String(repeating: "a", count: 300),
    ]

    @Test("An address is scheme, host and port", arguments: addresses)
    func taken(text: String) {
        #expect(WebAddress(text)?.text == text)
    }

    @Test("What is more or less is no address", arguments: wrong)
    func refused(text: String) {
        #expect(WebAddress(text) == nil)
    }

    @Test("A statement's link is the address of the node's configuration, not of the request")
    func configured() async throws {
        let site = PublicSite(address: WebAddress("https://north.example"))
        let page = try await fetch("/redemptions/6", from: .sample(), site: site)
        #expect(page.body.contains("<a href=\"https://north.example/redemptions/6\">"))
        #expect(page.body.contains("aria-label=\"QR code of https://north.example/redemptions/6\""))
        #expect(page.body.contains("--public https://north.example</code>"))
        #expect(!page.body.contains("localhost"))
    }

    @Test("Other members have the same page, and this node is not among them")
    func members() async throws {
        let site = PublicSite(
            members: [
                "south": try #require(WebAddress("https://south.example:8443")),
                "<north>": try #require(WebAddress("http://localhost")),
                "\u{202E}east": try #require(WebAddress("https://east.example")),
            ])
        for path in [
            "/drecs/DREC101-2021-1..250", "/redemptions/6", "/devices/D1", "/accounts/A1",
            "/projects/P101", "/blocks/7", "/entries/5",
            "/transactions/\(MemoryGateway.redemptionID)", "/", "/network", "/devices", "/blocks",
            "/lots?status=active", "/accounts?after=2",
        ] {
            let page = try await fetch(path, from: .sample(), site: site)
            #expect(page.body.contains("href=\"https://south.example:8443\(path)\""), "\(path)")
            #expect(page.body.contains("<bdi>[U+202E]east</bdi>"))
            #expect(!page.body.contains("north>") && !page.body.contains("&lt;north&gt;"))
        }
        for path in ["/nowhere", "/search?q=x", "/verify"] {
            let page = try await fetch(path, from: .sample(), site: site)
            #expect(!page.body.contains("south.example"), "\(path)")
        }
    }

    @Test("Each page tells the command that tells the same")
    func commands() async throws {
        for (path, command) in [
            ("/devices/D1", "drec show D1"), ("/accounts/A2", "drec show A2"),
            ("/projects/P101", "drec show P101"), ("/blocks/7", "drec show 7"),
            ("/entries/5", "drec show &#39;#5&#39;"),
            (
                "/transactions/\(MemoryGateway.redemptionID)",
                "drec show \(MemoryGateway.redemptionID)"
            ),
            ("/", "drec network status"), ("/network", "drec parameters show"),
            (
                "/devices?kind=miniGrid&country=ken&owner=a2&status=",
                "drec device list --country KEN --kind mini-grid --owner A2"
            ),
            ("/lots?status=registryLocked", "drec lot list --status registry-locked"),
            ("/accounts", "drec account list"), ("/projects", "drec project list"),
            ("/redemptions", "drec redemption list"), ("/transactions", "drec transaction list"),
            ("/blocks?before=7", "drec block list"),
            ("/retirements?reason=voluntary", "drec retirement list --reason voluntary"),
            (
                "/redemptions?beneficiary=it%27s+%24x&vintage=2021",
                "drec redemption list --beneficiary &#39;it&#39;\\&#39;&#39;s $x&#39; "
                    + "--vintage 2021"
            ), ("/devices/D1/reads?month=2021-11", "drec device reads D1 --month 2021-11"),
            ("/devices/D1/reads", "drec device reads D1"),
        ] {
            let page = try await fetch(path, from: .sample())
            #expect(page.body.contains("<code>\(command) --public http://localhost</code>"))
        }
    }

    @Test("The script is the one that the policy names, on every page")
    func script() async throws {
        for path in ["/", "/redemptions/6", "/nowhere"] {
            let page = try await fetch(path, from: .sample())
            #expect(page.body.contains("<script>") && !page.plain.contains("<script"))
            let policy = try #require(page.headers[.contentSecurityPolicy])
            #expect(!policy.contains("unsafe"))
            for word in ["innerHTML", "eval(", "fetch(", "import(", "XMLHttpRequest"] {
                #expect(!page.body.contains(word))
            }
        }
    }
}

@Suite("Maps mark countries")
struct WorldMapTests {
    private func page(_ country: String) async throws -> String {
        var gateway = try MemoryGateway.sample()
        var value = gateway.devices[0].value
        value.details.country = country
        let record = gateway.devices[0]
        gateway.devices[0] = DeviceRecord(
            id: record.id, effective: record.effective, value: value, energy: record.energy,
            readCount: record.readCount)
        return try await fetch("/devices/D1", from: gateway).body
    }

    @Test("A large country has its outline, a small one a mark, an unknown one its name alone")
    func kinds() async throws {
        let india = try await page("IND")
        #expect(try matches("class=\"here\"", in: india).count == 1)
        #expect(india.contains("Map of the world, marked: India</title>"))
        #expect(india.contains("<circle class=\"mark\" cx=\"518\" cy=\"123\""))
        let singapore = try await page("SGP")
        #expect(!singapore.contains("class=\"here\"") && singapore.contains("class=\"mark\""))
        let unknown = try await page("QQQ")
        #expect(!unknown.contains("class=\"here\"") && !unknown.contains("class=\"mark\""))
        #expect(unknown.contains("marked: QQQ</title>"))
    }

    @Test("A device's own position moves nothing on its map")
    func coarse() async throws {
        var gateway = try MemoryGateway.sample()
        let first = try await fetch("/devices/D1", from: gateway).body
        var value = gateway.devices[0].value
        value.details.latitudeE2 = 2_861
        let record = gateway.devices[0]
        gateway.devices[0] = DeviceRecord(
            id: record.id, effective: record.effective, value: value, energy: record.energy,
            readCount: record.readCount)
        let second = try await fetch("/devices/D1", from: gateway).body
        #expect(first != second)
        let maps = try [first, second].map {
            try matches("(?s)<figure class=\"map\">.*?</figure>", in: $0)
        }
        #expect(maps[0].count == 1 && maps[0] == maps[1])
    }

    @Test("A page with its map stays small")
    func small() async throws {
        #expect(try await page("IND").utf8.count < 90_000)
    }
}

extension WorldMapTests {
    @Test("The first page marks every country with devices, the one with the most first")
    func home() async throws {
        let body = try await fetch("/", from: .sample()).body
        let maps = try matches("(?s)<figure class=\"map\">.*?</figure>", in: body)
        #expect(maps.count == 1 && maps[0].contains("<figcaption>India (3 devices)."))
        #expect(try matches("class=\"here\"", in: maps.joined()).count == 1)
    }
}
