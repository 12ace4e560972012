import API
import Foundation
import Gateway
import HTTPTypes
import Ledger
import Primitives
import Testing

@Suite struct ProfileTests {
    static let root = SampleRecords.digest(0x77)

    @Test func `a dry run answers with the refused rows`() async throws {
        let body = """
            {"account": "A2", "reads": {"device": [1], "start": [10], "end": ["20"],
             "wattHours": [7], "kind": ["READ_KIND_DELTA"]}}
            """
        let seen = try await post("/v1/dry-run", Array(body.utf8))
        #expect(seen.status == 200)
        #expect(seen.headers[.cacheControl] == "no-store")
        #expect(try seen.members() == ["account": "A2", "rows": 1, "refused": []])
        let foreign = body.replacingOccurrences(of: "A2", with: "A9")
        let refused = try await post("/v1/dry-run", Array(foreign.utf8))
        #expect(refused.status == 422)
        #expect(try refused.members()["code"] == "accountUnknown")
    }

    @Test func `a profile is kept, shown and erased`() async throws {
        let body = Array(#"{"fields": []}"#.utf8)
        let put = try await ask(
            "/v1/profiles", .put, of: .members, headers: [.contentType: "application/json"],
            body: body)
        #expect(put.status == 204)
        let get = try await ask("/v1/profiles/\(ProfileTests.root)", of: .members)
        #expect(get.status == 200)
        #expect(get.headers[.cacheControl] == "no-store")
        let unknown = try await ask("/v1/profiles/\(SampleRecords.digest(1))", of: .members)
        #expect(unknown.status == 404)
        let erased = try await post(
            "/v1/profiles/\(ProfileTests.root)/erase", ProfileTests.order(signatureBytes: 64))
        #expect(erased.status == 204)
        #expect(erased.bytes.isEmpty)
    }

    @Test func `an order or a profile that does not fit is refused`() async throws {
        let path = "/v1/profiles/\(ProfileTests.root)/erase"
        let short = try await post(path, ProfileTests.order(signatureBytes: 63))
        #expect(short.status == 400)
        #expect(
            try short.members()["errors"]?.array?.first?.object?["pointer"] == "#/signature")
        var gateway = SampleGateway()
        gateway.profileFailure = .profileRefused("The root is not committed to.")
        let refused = try await post(
            path, ProfileTests.order(signatureBytes: 64), gateway: gateway)
        #expect(refused.status == 422)
        #expect(try refused.members()["detail"] == "The root is not committed to.")
    }

    private static func order(signatureBytes: Int) -> [UInt8] {
        let order: CanonicalJSON = [
            "publicKey": .string(SampleRecords.digest(0x44).hex),
            "signature": .string([UInt8](repeating: 5, count: signatureBytes).hex),
        ]
        return order.canonicalBytes
    }
}
