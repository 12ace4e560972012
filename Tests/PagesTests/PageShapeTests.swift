import Foundation
import HTTPTypes
import Testing

@Suite("Every page is a whole, plain, harmless document")
struct PageShapeTests {
    @Test("A page has one heading, a language, a title and landmarks", arguments: samplePaths)
    func shape(_ path: String) async throws {
        let page = try await fetch(path, from: MemoryGateway.sample())
        #expect(page.status == .ok)
        try expectWhole(page)
    }

    @Test("A wrong address gets a page in plain words", arguments: wrongPaths)
    func wrong(_ row: (path: String, status: HTTPResponse.Status)) async throws {
        let page = try await fetch(row.path, from: MemoryGateway.sample())
        #expect(page.status == row.status)
        #expect(page.headers[.cacheControl] == "public, max-age=2")
        try expectWhole(page)
    }

    @Test("A node that cannot answer says so and is asked again later")
    func busy() async throws {
        var gateway = try MemoryGateway.sample()
        gateway.isBusy = true
        let page = try await fetch("/", from: gateway)
        #expect(page.status == .serviceUnavailable)
        #expect(page.headers[.retryAfter] == "5")
        #expect(page.headers[.cacheControl] == "no-store")
        try expectWhole(page)
    }

    @Test("Every link within the explorer leads somewhere", arguments: samplePaths)
    func links(_ path: String) async throws {
        let gateway = try MemoryGateway.sample()
        let page = try await fetch(path, from: gateway)
        for match in Set(try matches("href=\"/[^\"]*\"", in: page.body)) {
            let target = String(match.dropFirst(6).dropLast()).replacing("&amp;", with: "&")
            // These are answered beside the pages.
            guard !target.hasPrefix("/v1/"), !target.hasPrefix("/log/") else { continue }
            let answer = try await fetch(target, from: gateway)
            // The sample knows the provenance of some ranges only, and its last block is 8.
            let isKnown = !target.hasPrefix("/drecs/") && target != "/blocks/9"
            if isKnown { #expect(answer.status == .ok, "\(target)") }
            #expect(answer.status != .badRequest, "\(target)")
        }
    }

    private func expectWhole(_ page: Fetched) throws {
        let body = page.body
        #expect(body.hasPrefix("<!DOCTYPE html>\n<html lang=\"en\""))
        #expect(try matches("<h1>", in: body).count == 1)
        #expect(try matches("<title>[^<]+</title>", in: body).count >= 1)
        #expect(body.contains("<main id=\"main\"") && body.contains("href=\"#main\""))
        #expect(body.contains("<header>") && body.contains("<nav ") && body.contains("<footer>"))
        #expect(try matches("https?://", in: page.plain).isEmpty)
        #expect(try matches("(src|href|action)=\"//", in: body).isEmpty)
        #expect(try matches("(?i)<script|<style| style=| on[a-z]+=\"", in: page.plain).isEmpty)
        for table in try matches("(?s)<table>.*?</table>", in: body) {
            #expect(table.contains("<caption>") && table.contains("<th scope=\"col\""))
        }
        for element in ["table", "section", "div", "svg", "ul", "dl", "p", "tr", "details", "a"] {
            let opened = try matches("<\(element)[ >]", in: body).count
            #expect(opened == (try matches("</\(element)>", in: body).count), "\(element)")
        }
        #expect(page.headers[.contentType] == "text/html; charset=utf-8")
        let policy = page.headers[.contentSecurityPolicy] ?? ""
        #expect(
            policy.replacing(try Regex("sha256-[A-Za-z0-9+/=]{44}"), with: "sha256-…")
                == "default-src 'none'; script-src 'sha256-…'; style-src 'self'; "
                + "img-src 'self' data:; form-action 'self'; base-uri 'none'; "
                + "frame-ancestors 'none'; require-trusted-types-for 'script'; "
                + "trusted-types 'none'")
        #expect(page.headers[.xContentTypeOptions] == "nosniff")
    }
}
