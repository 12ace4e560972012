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
        let get = try await ProfileTests.get(ProfileTests.root, by: ProfileTests.signed())
        #expect(get.status == 200)
        #expect(get.headers[.cacheControl] == "no-store")
        #expect(get.headers[.accessControlAllowOrigin] == nil)
        let other = SampleRecords.digest(1)
        let unknown = try await ProfileTests.get(other, by: ProfileTests.signed(other))
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

    @Test func `a profile is shown to nobody who does not sign for it`() async throws {
        let path = "/v1/profiles/\(ProfileTests.root)"
        let bare = try await ask(path, of: .members)
        #expect(bare.status == 401)
        #expect(try bare.header("WWW-Authenticate") == "DREC")
        #expect(try bare.members()["code"] == "unauthorized")
        let good = ProfileTests.signed()
        let key = good.split(separator: ",")[0]
        for wrong in [
            "", "DREC", "Basic " + good.dropFirst(5), String(good.dropFirst(5)), good + ",",
            good + ", key=" + String(repeating: "0", count: 64), String(key),
            good.replacing("time=", with: "time=x"), good.replacing("time=", with: "tim="),
            good.replacing("signature=", with: "signature=00"), good.replacing(", ", with: "; "),
            good.replacing("key=", with: "key=zz"), good + String(repeating: "0", count: 400),
        ] {
            let seen = try await ProfileTests.get(ProfileTests.root, by: wrong)
            #expect(seen.status == 401, "\(wrong)")
        }
        for (name, forged) in [
            ("root", ProfileTests.signed(SampleRecords.digest(1))),
            ("network", ProfileTests.signed(network: .zero)),
            ("old", ProfileTests.signed(time: 1_700_000_000 - 301)),
            ("early", ProfileTests.signed(time: 1_700_000_000 + 301)),
            ("time", good.replacing("time=1700000000", with: "time=1700000001")),
        ] {
            let seen = try await ProfileTests.get(ProfileTests.root, by: forged)
            #expect(seen.status == 403, "\(name)")
            #expect(try seen.members()["code"] == "notPermitted")
        }
        let lower = "drec" + good.dropFirst(4)
        #expect(try await ProfileTests.get(ProfileTests.root, by: lower).status == 200)
    }

    private static func get(_ root: Digest, by authorization: String) async throws -> Seen {
        try await ask(
            "/v1/profiles/\(root)", of: .members, headers: [.authorization: authorization])
    }

    private static func signed(
        _ root: Digest = ProfileTests.root, network: Digest = SampleRecords.digest(0xee),
        time: UInt64 = 1_700_000_000
    ) -> String {
        ProfileRequest(
            root: root, time: Timestamp(time), network: network, signedBy: .sample
        ).authorization
    }

    private static func order(signatureBytes: Int) -> [UInt8] {
        let order: CanonicalJSON = [
            "publicKey": .string(SampleRecords.digest(0x44).hex),
            "signature": .string([UInt8](repeating: 5, count: signatureBytes).hex),
        ]
        return order.canonicalBytes
    }
}
