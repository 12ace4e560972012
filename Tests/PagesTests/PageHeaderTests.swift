import Foundation
import HTTPTypes
import Ledger
import Testing

@Suite("Pages are kept as long as their facts hold")
struct PageHeaderTests {
    @Test(
        "Final pages that a hash names are immutable",
        arguments: [
            "/transactions/\(MemoryGateway.redemptionID)", "/blocks/\(MemoryGateway.digest(0xB3))",
        ])
    func final(_ path: String) async throws {
        let page = try await fetch(path, from: MemoryGateway.sample())
        #expect(page.headers[.cacheControl] == "public, max-age=86400, immutable")
        #expect(page.headers[.eTag] != nil)
    }

    @Test(
        "Final pages that a number names are asked for again: the network may be another one",
        arguments: ["/blocks/7", "/entries/5", "/redemptions/6"])
    func numbered(_ path: String) async throws {
        let gateway = try MemoryGateway.sample()
        let page = try await fetch(path, from: gateway)
        #expect(page.headers[.cacheControl] == "public, no-cache")
        let tag = try #require(page.headers[.eTag])
        let again = try await fetch(path, from: gateway, headers: [.ifNoneMatch: tag])
        #expect(again.status == .notModified)
    }

    @Test("A final page is the same bytes after the network went on")
    func finalIsFinal() async throws {
        var gateway = try MemoryGateway.sample()
        let before = try await fetch("/blocks/7", from: gateway)
        gateway.sums.accounts = 99
        gateway.pending = []
        gateway.lotRecords = []
        let after = try await fetch("/blocks/7", from: gateway)
        #expect(before.body == after.body)
    }

    @Test(
        "Pages that may change are kept for two seconds",
        arguments: ["/", "/devices/D1", "/lots", "/transactions/\(MemoryGateway.pendingID)"])
    func live(_ path: String) async throws {
        let page = try await fetch(path, from: MemoryGateway.sample())
        #expect(page.headers[.cacheControl] == "public, max-age=2")
    }

    @Test("A browser that has the page gets 304 and no body")
    func notModified() async throws {
        let gateway = try MemoryGateway.sample()
        let first = try await fetch("/devices/D1", from: gateway)
        let tag = try #require(first.headers[.eTag])
        for header in [tag, "W/" + tag, "\"other\", " + tag, "*"] {
            let again = try await fetch(
                "/devices/D1", from: gateway, headers: [.ifNoneMatch: header])
            #expect(again.status == .notModified)
            #expect(again.body.isEmpty)
        }
        let other = try await fetch(
            "/devices/D1", from: gateway, headers: [.ifNoneMatch: "\"other\""])
        #expect(other.status == .ok)
    }

    @Test("The stylesheet asks for nothing from anybody else")
    func stylesheet() async throws {
        let sheet = try await fetch("/style.css", from: MemoryGateway.sample())
        #expect(sheet.status == .ok)
        #expect(sheet.headers[.contentType] == "text/css; charset=utf-8")
        #expect(!sheet.body.contains("http") && !sheet.body.contains("url("))
        #expect(!sheet.body.contains("@import"))
        for part in ["prefers-color-scheme:dark", "@media print", ":focus-visible"] {
            #expect(sheet.body.contains(part))
        }
        let opened = sheet.body.filter { $0 == "{" }.count
        #expect(opened == sheet.body.filter { $0 == "}" }.count)
    }

    @Test("An unknown address of the API is not answered by a page")
    func api() async throws {
        let answer = try await fetch("/v1/nothing", from: MemoryGateway.sample())
        #expect(answer.status == .notFound)
        #expect(!answer.body.contains("<html"))
    }
}

@Suite("Pages take no other method")
struct PageMethodTests {
    @Test(
        "Any other method is 405 and told which there are",
        arguments: [
            HTTPRequest.Method.post, .put, .patch, .delete, .trace,
        ])
    func writing(_ method: HTTPRequest.Method) async throws {
        for path in ["/", "/accounts/A1", "/accounts/A99", "/lots", "/search", "/style.css"] {
            let answer = try await fetch(path, method, from: MemoryGateway.sample())
            #expect(answer.status == .methodNotAllowed, "\(path)")
            #expect(answer.headers[.allow] == "GET, HEAD, OPTIONS")
            #expect(answer.headers[.cacheControl] != nil)
        }
        #expect(try await fetch("/nowhere", method, from: .sample()).status == .notFound)
    }

    @Test("OPTIONS tells the methods", arguments: ["/", "/accounts/A1", "/blocks", "/style.css"])
    func options(_ path: String) async throws {
        let answer = try await fetch(path, .options, from: MemoryGateway.sample())
        #expect(answer.status == .noContent && answer.body.isEmpty)
        #expect(answer.headers[.allow] == "GET, HEAD, OPTIONS")
    }
}
