import HTTPTypes
import Hummingbird
import NIOCore
import Primitives

/// How a page becomes a response: its headers, and whether the browser has it already.
enum PageResponse {
    /// Nothing is loaded but the stylesheet, nothing runs but the one script that is named by its
    /// hash, nobody may frame the page.
    static let contentSecurityPolicy = [
        "default-src 'none'", "script-src \(PageScript.source)", "style-src 'self'",
        "img-src 'self' data:", "form-action 'self'", "base-uri 'none'",
        "frame-ancestors 'none'", "require-trusted-types-for 'script'", "trusted-types 'none'",
    ].joined(separator: "; ")

    static func make(
        _ page: Page, network: String, site: PublicSite, for request: Request
    ) -> Response {
        let document = page.document(
            network: network, site: site, own: site.address(askedAt: request.head.authority))
        var response = make(
            document.bytes, type: "text/html; charset=utf-8", lifetime: page.lifetime.rawValue,
            status: page.status, for: request)
        if page.status == .methodNotAllowed { response.headers[.allow] = methods }
        if page.status == .serviceUnavailable {
            response.headers[.cacheControl] = "no-store"
            response.headers[.retryAfter] = "5"
        }
        return response
    }

    static func stylesheet(for request: Request) -> Response {
        make(
            style, type: "text/css; charset=utf-8", lifetime: "public, max-age=3600", for: request)
    }

    /// The page that runs a script, under a policy of its own.
    static func verification(for request: Request) -> Response {
        var response = make(
            verificationPage, type: "text/html; charset=utf-8",
            lifetime: Page.Lifetime.numbered.rawValue, for: request)
        response.headers[.contentSecurityPolicy] = VerificationPage.contentSecurityPolicy
        return response
    }

    /// Bytes that are the same as long as the process runs, with their tag.
    private struct Fixed {
        let tag: String
        let buffer: ByteBuffer

        init(_ bytes: [UInt8]) {
            tag = PageResponse.tag(of: bytes)
            buffer = ByteBuffer(bytes: bytes)
        }
    }

    private static let style = Fixed(Stylesheet.bytes)
    private static let verificationPage = Fixed(VerificationPage.bytes)

    /// 303: the answer to the search is at another address.
    static func redirect(to path: String) -> Response {
        var headers = securityHeaders
        headers[.location] = path
        headers[.cacheControl] = Page.Lifetime.live.rawValue
        return Response(status: .seeOther, headers: headers)
    }

    /// What every address of a page takes.
    static let methods = "GET, HEAD, OPTIONS"

    /// 204: which methods there are.
    static var options: Response {
        var headers = securityHeaders
        headers[.allow] = methods
        var response = Response(status: .noContent, headers: headers)
        response.headers[.contentLength] = nil
        return response
    }

    private static let securityHeaders: HTTPFields = {
        var headers = HTTPFields()
        headers[.contentSecurityPolicy] = contentSecurityPolicy
        headers[.xContentTypeOptions] = "nosniff"
        if let name = HTTPField.Name("Referrer-Policy") { headers[name] = "no-referrer" }
        return headers
    }()

    private static func make(
        _ bytes: [UInt8], type: String, lifetime: String, status: HTTPResponse.Status,
        for request: Request
    ) -> Response {
        guard status == .ok else {
            var headers = securityHeaders
            headers[.contentType] = type
            headers[.cacheControl] = lifetime
            return Response(
                status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
        }
        return make(Fixed(bytes), type: type, lifetime: lifetime, for: request)
    }

    private static func make(
        _ content: Fixed, type: String, lifetime: String, for request: Request
    ) -> Response {
        var headers = securityHeaders
        headers[.contentType] = type
        headers[.cacheControl] = lifetime
        headers[.eTag] = content.tag
        if matches(request.headers[.ifNoneMatch], content.tag) {
            headers[.contentType] = nil
            return Response(status: .notModified, headers: headers)
        }
        return Response(
            status: .ok, headers: headers, body: .init(byteBuffer: content.buffer))
    }

    private static func tag(of bytes: [UInt8]) -> String {
        "\"" + Digest.sha256(bytes).hex.prefix(32) + "\""
    }

    /// Weak comparison of a list of tags (RFC 9110 §13.1.2).
    private static func matches(_ header: String?, _ tag: String) -> Bool {
        guard let header else { return false }
        return header.split(separator: ",").contains { candidate in
            let text = candidate.filter { $0 != " " }
            return text == "*" || text == tag || text == "W/" + tag
        }
    }
}
