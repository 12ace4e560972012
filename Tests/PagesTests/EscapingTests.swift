import Foundation
import HTTPTypes
import Ledger
import Testing
import Wire

/// Escaping is tested through a page, as a reader meets it: the account's legal name.
@Suite("What people wrote is shown as text")
struct EscapingTests {
    static let table: [(name: String, shown: String)] = [
        ("plain", "plain"),
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("a\" onload=\"x", "a&quot; onload=&quot;x"),
        ("it's", "it&#39;s"),
        ("R&D &lt;", "R&amp;D &amp;lt;"),
        ("</title><h1>", "&lt;/title&gt;&lt;h1&gt;"),
        ("nul\u{0}", "nul[U+0000]"),
        ("line\nbreak\ttab", "line[U+000A]break[U+0009]tab"),
        ("del\u{7F}c1\u{85}", "del[U+007F]c1[U+0085]"),
        ("abc\u{202E}fdp.exe", "abc[U+202E]fdp.exe"),
        ("\u{2066}x\u{2069}", "[U+2066]x[U+2069]"),
        ("\u{200E}\u{200F}\u{61C}", "[U+200E][U+200F][U+061C]"),
        ("zero\u{200B}width\u{FEFF}", "zero[U+200B]width[U+FEFF]"),
        ("tag\u{E0041}", "tag[U+E0041]"),
        ("line\u{2028}separator", "line[U+2028]separator"),
        (
            "Z\u{301}\u{302}\u{303}\u{304}\u{305}\u{20DD}a",
            "Z\u{301}\u{302}\u{303}\u{304}[U+0305][U+20DD]a"
        ),
        ("\u{305}\u{20DD}Zo\u{EB}", "[U+0305][U+20DD]Zo\u{EB}"),
        ("blank\u{2800}\u{3164}", "blank[U+2800][U+3164]"),
        ("beam\u{1D173}step\u{1BCA0}vs\u{180B}", "beam[U+1D173]step[U+1BCA0]vs[U+180B]"),
        ("شركة الشمس", "شركة الشمس"),
        ("क्\u{200D}ष", "क्\u{200D}ष"),
        ("Zoë ☀", "Zoë ☀"),
    ]

    @Test("A name of any kind is escaped and isolated", arguments: table)
    func name(_ row: (name: String, shown: String)) async throws {
        var gateway = try MemoryGateway.sample()
        gateway.accounts[2] = .init(
            id: gateway.accounts[2].id,
            value: {
                var value = gateway.accounts[2].value
                value.legalName = row.name
                return value
            }())
        let page = try await fetch("/accounts/A3", from: gateway)
        #expect(page.status == .ok)
        let heading = try matches("(?s)<h1>.*?</h1>", in: page.body).joined()
        #expect(heading.contains("<bdi>\(row.shown)</bdi>"))
        let title = try matches("(?s)<title>.*?</title>", in: page.body).first ?? ""
        #expect(title.hasPrefix("<title>\(row.shown), A3"))
    }

    @Test("No page lets a hostile name out of its text", arguments: samplePaths)
    func hostile(_ path: String) async throws {
        let page = try await fetch(path, from: MemoryGateway.sample())
        #expect(!page.plain.contains("<script"))
        #expect(!page.body.contains("<b>"))
        #expect(!page.body.contains("<four>"))
        let hidden = page.body.unicodeScalars.filter { scalar in
            (scalar.value < 0x20 && scalar != "\n") || (0x202A...0x202E).contains(scalar.value)
        }
        #expect(hidden.isEmpty)
    }

    @Test("What was searched for is shown as text")
    func search() async throws {
        let page = try await fetch(
            "/search?q=%3Cimg%20src=x%3E%E2%80%AE", from: MemoryGateway.sample())
        #expect(page.status == .badRequest)
        #expect(page.body.contains("<bdi>&lt;img src=x&gt;[U+202E]</bdi>"))
    }
}
