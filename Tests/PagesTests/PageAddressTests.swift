import Foundation
import HTTPTypes
import Testing

@Suite("Addresses of pages")
struct PageAddressTests {
    static let things = [
        "drecs", "devices", "accounts", "projects", "blocks", "transactions", "entries",
        "redemptions",
    ]

    /// What is no id of anything.
    static let hostile = [
        "00", "-1", "+1", "1.0", "0x1", "1%20x", "%00", "1%00", "%0A", "1%0D%0AX-Y:%20z", "%",
        "%zz",
        "%2F", "A1%2F..", "%2e%2e", "%C0%AF", "%FF", "%ED%A0%80", "%E2%80%AEA1", "%EF%BC%A11",
        "A%D9%A3", "%D9%A3", "A0", "D0", "P100", "A01", "A-1",
        "%3Cscript%3Ealert(1)%3C%2Fscript%3E",
        "%22onload=%22", "&amp;", "A18446744073709551616", "18446744073709551616",
        "DREC101-2021-0", "DREC101-2021-2..1", "DREC101-2021-18446744073709552",
        "DREC101-2021-1...2", String(repeating: "0", count: 65), String(repeating: "g", count: 64),
        String(repeating: "9", count: 10_000), String(repeating: "%E2%80%AE", count: 2_000),
    ]

    @Test("What is no id gets a page that says so, with nothing of it but text", arguments: things)
    func hostile(thing: String) async throws {
        let gateway = try MemoryGateway.sample()
        for id in PageAddressTests.hostile {
            // A search may have blanks around it, and nothing is a search too.
            let searched = ["+1", "%0A", "&amp;"].contains(id) ? "D0" : id
            for path in ["/\(thing)/\(id)", "/search?q=\(searched)"] {
                let page = try await fetch(path, from: gateway)
                // A slash in the id leads to an address that is none.
                #expect([.badRequest, .notFound].contains(page.status), "\(path.prefix(90))")
                #expect(
                    page.headers[.contentType] == "text/html; charset=utf-8", "\(path.prefix(90))")
                #expect(!page.plain.contains("<script") && !page.body.contains("\"onload="))
                let hidden = page.body.unicodeScalars.filter { scalar in
                    (scalar.value < 0x20 && scalar != "\n")
                        || (0x202A...0x202E).contains(scalar.value)
                }
                #expect(hidden.isEmpty, "\(path.prefix(90))")
                #expect(
                    page.headers.allSatisfy { !$0.value.contains("\n") && $0.name.rawName != "X-Y" }
                )
            }
        }
    }

    @Test("The largest ids that there can be are not found, no more", arguments: things)
    func largest(thing: String) async throws {
        let gateway = try MemoryGateway.sample()
        let most = String(UInt64.max)
        for id in [
            "A\(most)", "D\(most)", "P\(most)", most, "%23\(most)",
            "DREC\(most)-4294967295-18446744073709551", "DREC101-2021-1..18446744073709551",
            String(repeating: "f", count: 64),
        ] {
            let page = try await fetch("/\(thing)/\(id)", from: gateway)
            #expect([.badRequest, .notFound].contains(page.status), "\(thing) \(id)")
        }
    }

    @Test(
        "A parameter of a list that cannot be read gets a page that says so",
        arguments: [
            "/devices?owner=A0", "/devices?owner=%00", "/devices?after=-1", "/devices?after=1.5",
            "/devices?after=18446744073709551616", "/accounts?after=A1", "/accounts?after=%D9%A3",
            "/lots?owner=A18446744073709551616", "/lots?status=%E2%80%AE",
            "/lots?after=DREC101-2021-0", "/lots?status=active%00", "/projects?after=x",
            "/redemptions?before=-1", "/transactions?account=1", "/transactions?before=x",
            "/blocks?before=18446744073709551616",
        ])
    func parameters(path: String) async throws {
        let page = try await fetch(path, from: MemoryGateway.sample())
        #expect(page.status == .badRequest, "\(path)")
    }

    @Test(
        "A list from beyond its end is a page",
        arguments: [
            "/devices?after=18446744073709551615", "/accounts?after=18446744073709551615",
            "/projects?after=18446744073709551615", "/blocks?before=0", "/transactions?before=0",
            "/redemptions?before=0", "/blocks?before=18446744073709551615",
        ])
    func beyond(path: String) async throws {
        #expect(try await fetch(path, from: MemoryGateway.sample()).status == .ok)
    }
}
