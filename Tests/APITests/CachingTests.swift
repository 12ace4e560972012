import API
import HTTPTypes
import Primitives
import Testing
import Verifier

/// How long each answer of the public port may be kept, by route; no route may be missing.
@Suite struct CachingTests {
    private static let forEver = "public, max-age=31536000, immutable"
    private static let askAgain = "public, no-cache"
    private static let forAMoment = "public, max-age=2"
    private static let never = "no-store"

    /// An example of each route, by the route.
    private static let table: [String: (path: String, expected: String)] = {
        let hash = { SampleRecords.digest($0) }
        var table = [
            // What a hash names, or the place in a log that only grows.
            "/v1/transactions/{id}": ("/v1/transactions/\(hash(0x10))", forEver),
            "/v1/transactions/{id}/bytes": ("/v1/transactions/\(hash(0x10))/bytes", forEver),
            "/log/tile/**": ("/log/tile/0/000.p/3", forEver),
            "/log/entry/**": ("/log/entry/000.transaction", forEver),
            // Final in this network; another one may be founded at the same address.
            "/v1/genesis": ("/v1/genesis", askAgain),
            "/v1/blocks/{id}": ("/v1/blocks/1", askAgain),
            "/v1/entries/{id}": ("/v1/entries/0", askAgain),
            "/v1/redemptions/{id}": ("/v1/redemptions/2", askAgain),
            // Of the moment.
            "/v1/events": ("/v1/events", never), "/livez": ("/livez", never),
            "/readyz": ("/readyz", never), "/metrics": ("/metrics", never),
        ]
        for path in [
            "/openapi.json", "/v1/status", "/v1/totals", "/v1/blocks", "/v1/transactions",
            "/v1/accounts", "/v1/devices", "/v1/projects", "/v1/lots", "/v1/redemptions",
            "/v1/retirements", "/v1/statistics", "/v1/statistics/months",
            "/v1/statistics/countries",
            "/v1/parameters", "/v1/yields", "/v1/evidence", "/v1/authorities",
            "/v1/authority-changes", "/v1/double-votes", "/v1/authority-joins", "/log/checkpoint",
        ] {
            table[path] = (path, forAMoment)
        }
        table["/v1/search"] = ("/v1/search?q=A1", forAMoment)
        for (kind, id) in [
            ("accounts", "A2"), ("devices", "D1"), ("projects", "P101"),
            ("drecs", "DREC101-2021-4"),
        ] {
            table["/v1/\(kind)/{id}"] = ("/v1/\(kind)/\(id)", forAMoment)
        }
        for (kind, id, parts) in [
            ("accounts", "A2", ["devices", "lots", "delegations", "transactions", "proof"]),
            ("devices", "D1", ["months", "revisions", "reads", "proof"]),
            ("drecs", "DREC101-2021-4", ["provenance", "proof"]), ("redemptions", "2", ["proof"]),
        ] {
            for part in parts {
                table["/v1/\(kind)/{id}/\(part)"] = ("/v1/\(kind)/\(id)/\(part)", forAMoment)
            }
        }
        table["/v1/keys/{id}"] = ("/v1/keys/\(hash(0x44))", forAMoment)
        table["/v1/evidence/{id}"] = ("/v1/evidence/0", forAMoment)
        table["/v1/authority-changes/{id}"] = ("/v1/authority-changes/9", forAMoment)
        return table
    }()

    @Test func `every route is in the table`() {
        let routes = routeNames(for: .everyone, gateway: SampleGateway())
            .map { String($0.dropFirst("GET ".count)) }
        #expect(Set(routes) == Set(CachingTests.table.keys))
    }

    @Test(arguments: CachingTests.table.keys.sorted())
    func `an answer says how long it may be kept`(route: String) async throws {
        let (path, expected) = try #require(CachingTests.table[route])
        var gateway = SampleGateway()
        gateway.proofFile = .sample
        let seen = try await ask(path, gateway: gateway)
        #expect(seen.status == 200, "\(path): \(seen.text)")
        #expect(seen.headers[.cacheControl] == expected)
        guard route != "/v1/events" else { return }
        let tag = try #require(seen.headers[.eTag])
        #expect(tag.hasPrefix("\"") && tag.hasSuffix("\"") && tag.utf8.count > 20)
        let again = try await ask(path, gateway: gateway, headers: [.ifNoneMatch: tag])
        #expect(again.status == 304 && again.bytes.isEmpty)
        #expect(again.headers[.eTag] == tag && again.headers[.cacheControl] == expected)
        for known in ["W/\(tag)", "*", " * ", "\"0\", \(tag)", "\"a,b\",,\tW/\(tag) , \"0\""] {
            let other = try await ask(path, gateway: gateway, headers: [.ifNoneMatch: known])
            #expect(other.status == 304, "\(known)")
        }
        for stale in [
            "\"0\"", String(tag.dropLast()), "W/\"0\"", "", ",", "\"*\"", "\"a,*,b\"", "\"a\", *",
            "**",
            "\"a\"\(tag)", "\"a,\(tag),b\"", "w/\(tag)", "W/", "\"",
            String(tag.dropFirst().dropLast()),
        ] {
            let other = try await ask(path, gateway: gateway, headers: [.ifNoneMatch: stale])
            #expect(other.status == 200, "\(stale)")
        }
    }

    @Test(arguments: [
        "/v1/transactions/\(SampleRecords.digest(0xff))", "/v1/transactions/x",
        "/log/tile/0/999", "/log/tile/x", "/v1/blocks/99", "/v1/accounts/A999",
        "/v1/transactions/\(SampleRecords.pending)", "/nothing",
    ])
    func `what is not there or not final is never kept`(path: String) async throws {
        let seen = try await ask(path)
        #expect(seen.headers[.cacheControl] == "no-store")
    }
}
