import API
import Gateway
import HTTPTypes
import Ledger
import Primitives
import Testing

@Suite struct ProblemTests {
    @Test(arguments: [
        ("/v1/accounts/17", "id"), ("/v1/accounts/A0", "id"), ("/v1/accounts/A01", "id"),
        ("/v1/accounts/D1", "id"), ("/v1/accounts/A-1", "id"),
        ("/v1/accounts/A99999999999999999999", "id"), ("/v1/accounts/%00", "id"),
        ("/v1/accounts/B1/lots", "id"), ("/v1/devices/A1", "id"), ("/v1/devices/D/reads", "id"),
        ("/v1/devices/D1x/months", "id"), ("/v1/projects/P100", "id"),
        ("/v1/projects/101", "id"), ("/v1/drecs/DREC101-2021-0", "id"),
        ("/v1/drecs/DREC101-2021-9..4", "id"), ("/v1/drecs/DREC101-2021", "id"),
        ("/v1/drecs/101-2021-4/provenance", "id"), ("/v1/blocks/-1", "id"),
        ("/v1/blocks/A1", "id"), ("/v1/blocks/0x10", "id"), ("/v1/entries/1.5", "id"),
        ("/v1/transactions/abc", "id"), ("/v1/transactions/1", "id"),
        ("/v1/transactions/zz/bytes", "id"), ("/v1/keys/00", "id"), ("/v1/redemptions/x", "id"),
        ("/v1/accounts?limit=0", "limit"), ("/v1/accounts?limit=201", "limit"),
        ("/v1/accounts?limit=ten", "limit"), ("/v1/accounts?limit=", "limit"),
        ("/v1/accounts?cursor=A1", "cursor"), ("/v1/accounts?cursor=%F0", "cursor"),
        ("/v1/lots?status=unspecified", "status"), ("/v1/lots?status=Active", "status"),
        ("/v1/lots?series=101", "series"), ("/v1/lots?series=1-2021", "series"),
        ("/v1/lots?owner=D1", "owner"), ("/v1/devices?owner=", "owner"),
        ("/v1/devices?externalIdHash=33", "externalIdHash"),
        ("/v1/transactions?account=3", "account"), ("/v1/blocks?before=-2", "before"),
        ("/v1/search?q=", "q"), ("/v1/search", "q"), ("/v1/search?q=hello", "q"),
        ("/v1/redemptions?beneficiary=%FF", "beneficiary"),
        ("/v1/redemptions?beneficiary=50%", "beneficiary"),
        ("/v1/redemptions?beneficiary=%ED%A0%80", "beneficiary"),
        ("/v1/redemptions?%FF=a", "%FF"), ("/v1/statistics/months?limit=%31%", "limit"),
        ("/v1/statistics/countries?country=KEN", "country"),
        ("/v1/lots?staus=active", "staus"), ("/v1/accounts?limit=1&limit=2", "limit"),
        ("/v1/status?x=1", "x"),
    ])
    func `what cannot be read is refused and named`(path: String, name: String) async throws {
        let seen = try await ask(path)
        #expect(seen.status == 400)
        #expect(seen.headers[.contentType] == "application/problem+json")
        #expect(seen.headers[.cacheControl] == "no-store")
        let members = try seen.members()
        #expect(members["status"] == 400)
        let errors = try #require(members["errors"]?.array)
        #expect(errors.first?.object?["parameter"] == .string(name))
        let type = try #require(members["type"]?.string)
        #expect(type == "urn:drec:problem:" + (members["code"]?.string ?? ""))
        for member in ["title", "detail"] { #expect(members[member]?.string?.isEmpty == false) }
    }

    @Test(arguments: [
        "/v1/accounts/A9", "/v1/accounts/A9/lots", "/v1/devices/D9", "/v1/devices/D9/reads",
        "/v1/devices/D9/months", "/v1/projects/P102", "/v1/drecs/DREC101-2021-11",
        "/v1/drecs/DREC101-2022-1/provenance", "/v1/blocks/9",
        "/v1/blocks/\(SampleRecords.digest(0xff))", "/v1/entries/9", "/v1/redemptions/1",
        "/v1/keys/\(SampleRecords.digest(0xff))", "/v1/transactions/\(SampleRecords.digest(0xff))",
        "/v1/transactions/\(SampleRecords.pending)/bytes", "/v1/search?q=A9",
        "/v1/search?q=\(SampleRecords.digest(0xff))", "/v1", "/v1/", "/v1/nothing",
        "/v1/accounts/A1/nothing", "/", "/nothing",
    ])
    func `what does not exist is 404`(path: String) async throws {
        let seen = try await ask(path)
        #expect(seen.status == 404)
        #expect(try seen.members()["status"] == 404)
        #expect(seen.headers[.xContentTypeOptions] == "nosniff")
        #expect(try await ask(path, .head).bytes.isEmpty)
    }

    @Test(arguments: [
        HTTPRequest.Method.post, .put, .patch, .delete, .trace,
    ])
    func `no route of the public port takes a method that writes`(
        method: HTTPRequest.Method
    ) async throws {
        let names = routeNames(for: .everyone, gateway: SampleGateway())
        #expect(names.count == 54)
        for name in names {
            #expect(name.hasPrefix("GET /"))
            let path = String(name.dropFirst(4)).replacing("{id}", with: "A1")
            let seen = try await ask(path, method, body: [])
            #expect(seen.status == 405)
            #expect(seen.headers[.allow] == "GET, HEAD, OPTIONS")
            #expect(try seen.members()["code"] == "methodNotAllowed")
        }
        for path in ["/v1/dry-run", "/v1/profiles"] {
            #expect(try await ask(path, method, body: []).status == 404)
        }
    }

    @Test func `pages of other origins may read and are told so`() async throws {
        let preflight = try await ask("/v1/lots", .options)
        #expect(preflight.status == 204)
        #expect(preflight.headers[.accessControlAllowOrigin] == "*")
        #expect(preflight.headers[.accessControlAllowMethods] == "GET, HEAD, OPTIONS")
        #expect(try await ask("/v1/lots").headers[.accessControlAllowOrigin] == "*")
        #expect(try await ask("/v1/lots/9").headers[.accessControlAllowOrigin] == "*")
        let write = try await ask("/v1/dry-run", .options, of: .members)
        #expect(write.headers[.accessControlAllowMethods] == nil)
        let root = SampleRecords.digest(0x77)
        let signed = ProfileRequest(
            root: root, time: Timestamp(1_700_000_000), network: SampleRecords.digest(0xee),
            signedBy: .sample)
        let profile = try await ask(
            "/v1/profiles/\(root)", of: .members,
            headers: [.authorization: signed.authorization])
        #expect(profile.status == 200)
        #expect(profile.headers[.accessControlAllowOrigin] == nil)
    }

    @Test func `an unexpected error tells its type to the log and nothing to the client`()
        async throws
    {
        struct SecretFailure: Error { let secret = "the path of the key" }
        var gateway = SampleGateway()
        gateway.statusFailure = SecretFailure()
        let reports = ReportList()
        let seen = try await ask("/v1/status", gateway: gateway) { reports.add($0) }
        #expect(seen.status == 500)
        #expect(try seen.members()["code"] == "internalError")
        #expect(!seen.text.contains("secret") && !seen.text.contains("path of"))
        let found = reports.all
        #expect(found.map(\.errorType) == ["SecretFailure"])
        #expect(found.map(\.route) == ["/v1/status"])
    }

    @Test func `a node that is not ready says why`() async throws {
        var gateway = SampleGateway()
        gateway.notReadyBecause = "catching up"
        let seen = try await ask("/readyz", gateway: gateway)
        #expect(seen.status == 503)
        #expect(try seen.members()["detail"] == "catching up")
        #expect(try await ask("/livez", gateway: gateway).status == 200)
        #expect(try await ask("/metrics").text == "drec_height 2\n")
    }
}
