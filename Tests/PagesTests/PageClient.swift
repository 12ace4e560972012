import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Pages
import Primitives

/// What a page answered.
struct Fetched {
    let status: HTTPResponse.Status
    let headers: HTTPFields
    let body: String

    /// The body without what every page may have: the script that the policy names by its hash,
    /// and this node's own address, by which readers come back.
    var plain: String {
        let policy = headers[.contentSecurityPolicy] ?? ""
        let parts = body.components(separatedBy: "<script>")
        guard parts.count == 2, let end = parts[1].range(of: "</script>") else { return body }
        let script = parts[1][..<end.lowerBound]
        let hash = Data(Digest.sha256(Array(script.utf8)).bytes).base64EncodedString()
        guard policy.contains("script-src 'sha256-\(hash)';") else { return body }
        return (parts[0] + parts[1][end.upperBound...]).replacing("http://localhost", with: "")
    }
}

/// Asks for pages in memory.
func fetch(
    _ path: String, _ method: HTTPRequest.Method = .get, from gateway: MemoryGateway,
    headers: HTTPFields = [:], isForMembers: Bool = false, site: PublicSite = PublicSite()
) async throws -> Fetched {
    let router = Router()
    PageRoutes(gateway: gateway, isForMembers: isForMembers, site: site).add(to: router)
    let application = Application(router: router)
    return try await application.test(.router) { client in
        try await client.execute(uri: path, method: method, headers: headers) { response in
            Fetched(
                status: response.status, headers: response.headers,
                body: String(buffer: response.body))
        }
    }
}

/// Occurrences of a regular expression in a text.
func matches(_ pattern: String, in text: String) throws -> [String] {
    let expression = try NSRegularExpression(pattern: pattern)
    let whole = NSRange(text.startIndex..., in: text)
    return expression.matches(in: text, range: whole).compactMap { match in
        Range(match.range, in: text).map { String(text[$0]) }
    }
}

/// Every page of the sample network.
let samplePaths = [
    "/", "/search", "/drecs/DREC101-2021-1..250", "/drecs/DREC101-2021-1..100",
    "/drecs/DREC101-2021-121..250", "/devices/D1", "/devices/D2", "/accounts/A1", "/accounts/A2",
    "/accounts/A3", "/accounts/A4", "/projects/P101", "/blocks", "/blocks/1", "/blocks/7",
    "/blocks/\(MemoryGateway.digest(0xB3))",
    "/transactions", "/transactions?account=A2",
    "/transactions/\(MemoryGateway.redemptionID)", "/transactions/\(MemoryGateway.pendingID)",
    "/entries/0", "/entries/2", "/entries/3", "/entries/5", "/entries/6", "/entries/7",
    "/redemptions", "/redemptions/6", "/devices", "/devices?owner=A2", "/accounts", "/projects",
    "/lots", "/lots?owner=A2&status=active", "/network", "/retirements",
    "/devices/D1/reads", "/devices/D1/reads?month=2021-11", "/devices?kind=rooftop&country=ind",
    "/accounts?status=suspended", "/transactions?action=trade",
    "/lots?status=&vintage=2021&deviceKind=&owner=",
    "/redemptions?beneficiary=Bank+%22%3Cb%3E%22+of+Tests", "/lots?after=101-2021-250",
]

/// Addresses that lead nowhere, with the status that says so.
let wrongPaths: [(path: String, status: HTTPResponse.Status)] = [
    ("/devices/D9", .notFound), ("/accounts/A99", .notFound), ("/projects/P999", .notFound),
    ("/drecs/DREC101-2021-251", .notFound), ("/blocks/9", .notFound), ("/blocks/0", .notFound),
    ("/entries/8", .notFound), ("/redemptions/5", .notFound), ("/nowhere", .notFound),
    ("/nowhere/at/all", .notFound),
    ("/transactions/\(String(repeating: "0", count: 64))", .notFound),
    ("/devices/A1", .badRequest), ("/devices/5", .badRequest), ("/accounts/D1", .badRequest),
    ("/projects/%3Cscript%3E", .badRequest), ("/drecs/DREC101-2021-9..1", .badRequest),
    ("/blocks/\(String(repeating: "0", count: 64))", .notFound),
    ("/blocks/x", .badRequest), ("/entries/-1", .badRequest), ("/transactions/ab", .badRequest),
    ("/redemptions/A1", .badRequest), ("/devices?owner=D1", .badRequest),
    ("/devices?after=x", .badRequest), ("/lots?status=gone", .badRequest),
    ("/lots?after=A1", .badRequest), ("/blocks?before=-1", .badRequest),
    ("/devices?kind=Rooftop", .badRequest), ("/devices?color=red", .badRequest),
    ("/devices?kind=unspecified", .badRequest), ("/accounts?country=IN", .badRequest),
    ("/accounts?kind=rooftop", .badRequest), ("/projects?vintage=21", .badRequest),
    ("/lots?vintage=1969", .badRequest), ("/lots?vintage=%D9%A2%D9%A0%D9%A2%D9%A1", .badRequest),
    ("/lots?series=101-2021", .badRequest), ("/lots?after=DREC101-2021-1", .badRequest),
    ("/redemptions?account=3", .badRequest), ("/redemptions?year=x", .badRequest),
    ("/redemptions?beneficiary=\(String(repeating: "b", count: 201))", .badRequest),
    ("/retirements?reason=none", .badRequest), ("/transactions?action=Trade", .badRequest),
    ("/transactions?owner=A1", .badRequest), ("/blocks?kind=active", .badRequest),
    ("/devices/D1/reads?month=2021-13", .badRequest), ("/devices/D9/reads", .notFound),
    ("/devices/A1/reads", .badRequest),
    ("/search?q=hello", .badRequest), ("/search?q=D99", .notFound),
    ("/search?q=DREC101-2021-999", .notFound),
]
