import Foundation
import HTTPTypes
import Primitives
import Testing

@Suite("The verification page is one document that nothing can be added to")
struct VerificationPageTests {
    private static func source(_ content: String) -> String {
        "'sha256-" + Data(Digest.sha256(Array(content.utf8)).bytes).base64EncodedString() + "'"
    }

    /// What stands between the only two such marks.
    private static func content(_ text: String, _ start: String, _ end: String) throws -> String {
        let parts = text.components(separatedBy: start)
        try #require(parts.count == 2)
        return try #require(parts[1].components(separatedBy: end).first)
    }

    @Test("Only the script and the style in it are permitted, by their hashes")
    func policy() async throws {
        let page = try await fetch("/verify", from: MemoryGateway.sample())
        #expect(page.status == .ok)
        let header = try #require(page.headers[.contentSecurityPolicy])
        let script = try VerificationPageTests.content(
            page.body, "<script type=\"module\">", "</script>")
        let style = try VerificationPageTests.content(page.body, "<style>", "</style>")
        let parts = header.components(separatedBy: "; ")
        #expect(parts.contains("script-src " + VerificationPageTests.source(script)))
        #expect(parts.contains("style-src " + VerificationPageTests.source(style)))
        for part in ["default-src 'none'", "connect-src 'self'", "frame-ancestors 'none'"] {
            #expect(parts.contains(part))
        }
        #expect(!header.contains("unsafe"))
        // The copy on a disk has no header; what a document may say of it, it says itself.
        let own = try VerificationPageTests.content(
            page.body, "<meta http-equiv=\"Content-Security-Policy\" content=\"", "\">")
        #expect(header == own + "; frame-ancestors 'none'")
    }

    @Test("Nothing of it is loaded from anywhere, and no module is left outside")
    func alone() async throws {
        let body = try await fetch("/verify", from: MemoryGateway.sample()).body
        #expect(try matches("(?m)^(import|export) ", in: body).isEmpty)
        #expect(try matches("(src|srcset|data|poster)=\"", in: body).isEmpty)
        #expect(try matches("https?://", in: body).isEmpty)
        #expect(try matches("<link [^>]*>", in: body) == ["<link rel=\"icon\" href=\"data:,\">"])
        #expect(!body.contains("innerHTML") && !body.contains("eval("))
        // Names of all modules share one scope.
        let names = try matches(
            "(?m)^(async )?(function\\*?|const|let|class) [A-Za-z0-9_]+", in: body
        ).compactMap { $0.split(separator: " ").last }
        #expect(names.count > 100 && Set(names).count == names.count)
    }

    @Test("It is the same for every network, and asked for again with its tag")
    func same() async throws {
        var gateway = try MemoryGateway.sample()
        let page = try await fetch("/verify?id=DREC101-2021-1", from: gateway)
        gateway.lotRecords = []
        let again = try await fetch("/verify", from: gateway)
        #expect(page.body == again.body)
        let tag = try #require(page.headers[.eTag])
        let known = try await fetch("/verify", from: gateway, headers: [.ifNoneMatch: tag])
        #expect(known.status == .notModified)
        #expect(page.headers[.cacheControl] == "public, no-cache")
        #expect(try await fetch("/verify", .post, from: gateway).status == .methodNotAllowed)
    }

    @Test(
        "What can be proved leads to it",
        arguments: [
            ("/drecs/DREC101-2021-1..250", "/verify?id=DREC101-2021-1..250"),
            ("/redemptions/6", "/verify?id=%236"), ("/", "/verify"),
            ("/devices/D1", "/verify?id=D1"), ("/accounts/A2", "/verify?id=A2"),
        ])
    func links(_ path: String, _ link: String) async throws {
        let page = try await fetch(path, from: MemoryGateway.sample())
        #expect(page.body.contains("href=\"\(link)\""))
        // Every other page runs nothing but what its policy names.
        #expect(!page.plain.contains("<script"))
    }
}
