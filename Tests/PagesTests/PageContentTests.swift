import Foundation
import HTTPTypes
import Ledger
import Primitives
import Testing

@Suite("Pages say what the ledger knows")
struct PageContentTests {
    static let table: [(path: String, facts: [String])] = [
        (
            "/",
            ["1250.4\u{A0}kWh", "D-RECs redeemed", "Latest transactions", "Latest blocks", "north"]
        ),
        (
            "/drecs/DREC101-2021-1..250",
            [
                "250\u{A0}kWh of solar energy from 3 devices in India, generated "
                    + "22–28\u{A0}November 2021",
                "130\u{A0}kWh are active", "100\u{A0}kWh are redeemed", "Mixed",
                "/v1/drecs/DREC101-2021-1..250", "<svg", "/redemptions/6", "Traded",
                "<ol class=\"timeline\">", "<path class=\"here\"", "India (3 devices)",
                "<code>drec provenance DREC101-2021-1..250 --public http://localhost</code>",
            ]
        ),
        (
            "/drecs/DREC101-2021-1..100",
            [
                "100\u{A0}kWh of solar energy", "redeemed by", "شركة الشمس",
                "on behalf of <bdi>Bank &quot;&lt;b&gt;&quot; of Tests</bdi>", "in 2021.",
                "badge spent\">Redeemed",
            ]
        ),
        ("/drecs/DREC101-2021-121..250", ["and not used yet", "badge good\">Active"]),
        (
            "/devices/D1",
            [
                "Rooftop", "27.6\u{A0}kW", "India", "12.97° N, 77.05° W", "2020-01-01", "<svg",
                "227\u{202F}000", "December 2021", "Smart meter", "/v1/devices/D1",
                "Revisions, the latest first", "Months of D1", "<path class=\"here\"",
            ]
        ),
        ("/devices/D3", ["badge spent\">Closed", "not sent any reads"]),
        (
            "/accounts/A2",
            ["Developer", "admin, devices, metering, trading", "DREC101-2021-121..250"]
        ),
        ("/accounts/A4", ["Account A4", "On-site generator"]),
        (
            "/projects/P101",
            [
                "issued 250\u{202F}400 Wh = 1000 × (130 active + 0 listed + 0 locked + "
                    + "100 redeemed + 20 retired) + 400 Wh open", "Holds", "DREC101-2021-1..250",
            ]
        ),
        ("/blocks/7", ["Final since", "1 transaction", "Redeem", "/blocks/8", "/blocks/6"]),
        ("/entries/2", ["Devices", "/devices/D1", "/devices/D3", "registered"]),
        (
            "/entries/3",
            [
                "Submit reads",
                "250.4\u{A0}kWh placed on series <a href=\"/projects/P101\">101-2021</a>",
            ]
        ),
        (
            "/entries/5",
            [
                "Trade", "DREC101-2021-1..250</a> became", "nonce 6",
                "href=\"/log/entry/005.tlog-proof\"", "download=\"entry-5.receipt\"",
            ]
        ),
        (
            "/redemptions/6",
            [
                "Redemption statement #6", "100\u{A0}kWh of solar energy", "in 2021.", "Germany",
                "Office &amp; branches", "class=\"statement\"", "<svg class=\"code\"",
                "<a href=\"http://localhost/redemptions/6\">", "data-print hidden",
                "drec provenance &#39;#6&#39; --proof statement.proof.json",
                "drec verify statement.proof.json --genesis genesis.json", "flow-title",
            ]
        ),
        ("/transactions/\(MemoryGateway.pendingID)", ["Pending", "not yet made it"]),
        (
            "/lots?owner=A2&status=active",
            [
                "DREC101-2021-121..250", "value=\"active\" selected>Active",
                "name=\"owner\" value=\"A2\"", "1 lot with these filters",
                "href=\"/lots\">Show all",
                "/v1/lots?status=active&amp;owner=A2&amp;format=csv\" download",
            ]
        ),
        ("/transactions?account=A2", ["href=\"/v1/transactions?account=A2\">This page as JSON"]),
        ("/devices?owner=A2", ["href=\"/v1/devices?owner=A2\">This page as JSON"]),
        (
            "/lots?owner=A2&status=registryLocked",
            [
                "href=\"/v1/lots?status=registryLocked&amp;owner=A2\">This page as JSON",
                "No lots are like that.", "0 lots with these filters",
            ]
        ),
        ("/lots", ["href=\"/v1/lots\">This page as JSON"]),
        (
            "/blocks/\(MemoryGateway.digest(0xB3))",
            ["Block 3", "href=\"/v1/blocks/\(MemoryGateway.digest(0xB3))\">This page as JSON"]
        ),
        ("/blocks", ["2021-11-22 01:20:00 UTC", "datetime=\"2021-11-22T01:20:00Z\""]),
    ]

    @Test("A page has its facts", arguments: table)
    func facts(_ row: (path: String, facts: [String])) async throws {
        let page = try await fetch(row.path, from: MemoryGateway.sample())
        #expect(page.status == .ok)
        for fact in row.facts { #expect(page.body.contains(fact), "\(fact)") }
    }

    @Test("D-RECs in too many lots lead to a page that says so")
    func tooWide() async throws {
        var gateway = try MemoryGateway.sample()
        gateway.tooWide = 2_000
        for path in ["/drecs/DREC101-2021-1..250", "/search?q=DREC101-2021-1..250"] {
            let page = try await fetch(path, from: gateway)
            #expect(page.status == .badRequest)
            #expect(
                page.body.contains("DREC101-2021-1..250 exists and lies in more than 2000 lots"))
        }
    }

    @Test("A lineage that is cut off says so, and claims no whole")
    func truncated() async throws {
        var gateway = try MemoryGateway.sample()
        let range = try #require(DRECRange("DREC101-2021-1..250"))
        let whole = try #require(gateway.provenances[range])
        let path = "/drecs/DREC101-2021-1..250"
        #expect(!(try await fetch(path, from: gateway)).body.contains("This is not all of it"))
        gateway.provenances[range] = ProvenanceRecord(
            range: range, sources: whole.sources, steps: whole.steps, lots: whole.lots,
            redemptions: whole.redemptions, truncation: [.sources])
        let page = try await fetch(path, from: gateway)
        #expect(page.body.contains("there are more sources than one answer"))
        #expect(page.body.contains("from at least 3 devices in India,"))
    }

    @Test("A refused transaction's page says why")
    func refused() async throws {
        var gateway = try MemoryGateway.sample()
        let id = MemoryGateway.digest(0xED)
        gateway.refusals[id] = Refusal(.spent, "ranges[0]", "DREC101-2021-1 <is> spent.")
        let page = try await fetch("/transactions/\(id)", from: gateway)
        #expect(page.status == .ok)
        for fact in [
            "Refused", "505, spent", "redeemed, retired or locked", "&lt;is&gt; spent",
            "/v1/transactions/\(id)",
        ] { #expect(page.body.contains(fact), "\(fact)") }
        #expect(page.headers[.cacheControl] == "public, max-age=2")
    }

    static let searches: [(query: String, target: String)] = [
        ("A2", "/accounts/A2"), ("a2", "/accounts/A2"), ("%20D1%20", "/devices/D1"),
        ("+D1+", "/devices/D1"), ("P101", "/projects/P101"), ("%236", "/entries/6"),
        ("7", "/blocks/7"), ("drec101-2021-1..250", "/drecs/DREC101-2021-1..250"),
        ("\(MemoryGateway.redemptionID)", "/transactions/\(MemoryGateway.redemptionID)"),
        ("\(MemoryGateway.pendingID)", "/transactions/\(MemoryGateway.pendingID)"),
        ("\(MemoryGateway.digest(0xB3))", "/blocks/3"), ("%23%206", "/entries/6"),
        ("DREC101-2021-1%20..%09250", "/drecs/DREC101-2021-1..250"), ("A%C2%A02", "/accounts/A2"),
        (
            "\(MemoryGateway.digest(0xB3).hex.prefix(32))%0D%0A++"
                + "\(MemoryGateway.digest(0xB3).hex.suffix(32))", "/blocks/3"
        ),
        ("\(MemoryGateway.digest(0x60))", "/accounts/A2"),
        ("\(MemoryGateway.digest(0x71))", "/devices/D1"),
    ]

    @Test("A search leads to the page of the id", arguments: searches)
    func search(_ row: (query: String, target: String)) async throws {
        let answer = try await fetch("/search?q=\(row.query)", from: MemoryGateway.sample())
        #expect(answer.status == .seeOther)
        #expect(answer.headers[.location] == row.target)
    }

    @Test("A long list has a link to its next page, and the last page has none")
    func paging() async throws {
        var gateway = try MemoryGateway.sample()
        let one = gateway.accounts[3]
        for number in UInt64(5)...70 {
            gateway.accounts.append(.init(id: .init(number), value: one.value))
        }
        let first = try await fetch("/accounts", from: gateway)
        #expect(first.body.contains("rel=\"next\" href=\"/accounts?after=50\""))
        let second = try await fetch("/accounts?after=50", from: gateway)
        #expect(second.body.contains(">A70<") && !second.body.contains(">A50<"))
        #expect(!second.body.contains("rel=\"next\""))
    }

    @Test("The lineage's widths add up to the energy asked for")
    func lineage() async throws {
        let page = try await fetch("/drecs/DREC101-2021-1..250", from: MemoryGateway.sample())
        let bars = try matches("<rect class=\"s[0-2]\"[^>]*height=\"[0-9.]+\"", in: page.body)
        let heights = bars.compactMap { bar in
            bar.split(separator: "\"").last.flatMap { Double($0) }
        }
        #expect(heights.count == 3)
        // The picture is 300 high, less the two gaps of its fullest column.
        #expect(abs(heights.reduce(0, +) - 280) < 0.5)
    }
}
