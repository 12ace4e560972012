import API
import Foundation
import Gateway
import HTTPTypes
import Ledger
import Primitives
import Testing
import Wire

@Suite struct MemberTests {
    static let envelope: ProtoSignedTransaction = {
        var envelope = ProtoSignedTransaction()
        envelope.body = Data([8, 1])
        envelope.signatures = [Data(repeating: 5, count: 64)]
        envelope.reads = ProtoReadColumns([
            ReadRow(
                device: DeviceID(1), start: Timestamp(10), end: Timestamp(20),
                energy: WattHours(7), kind: .delta)
        ])
        return envelope
    }()
    static let bytes = Array(envelope.canonicalBytes)
    static let id = Digest.tagged(.transaction, [8, 1])
    static let signature = Data(repeating: 5, count: 64).base64EncodedString()
    static let json = """
        {"body": "CAE=", "signatures": ["\(signature)"], "reads": {"device": ["1"],
         "start": ["10"], "end": ["20"], "wattHours": [7], "kind": ["READ_KIND_DELTA"]}}
        """

    @Test func `a transaction is received in either media type`() async throws {
        let seen = [
            try await post("/v1/transactions", MemberTests.bytes, type: "application/protobuf"),
            try await post(
                "/v1/transactions", Array(MemberTests.json.utf8),
                type: "application/JSON; charset=utf-8"),
        ]
        for seen in seen {
            #expect(seen.status == 202)
            #expect(seen.headers[.location] == "/v1/transactions/\(MemberTests.id)")
            let members = try seen.members()
            #expect(members == ["id": .string(MemberTests.id.hex), "status": "received"])
        }
    }

    @Test(arguments: [
        ("wait=5", true, 200, "wait=5"), ("respond-async, wait=3", true, 200, "wait=3"),
        ("wait=3600", true, 200, "wait=30"), ("wait=5", false, 202, "wait=5"),
        ("wait=0", true, 202, "wait=0"), ("wait=soon", true, 202, nil),
        ("respond-async", true, 202, nil),
    ])
    func `a client may wait until the transaction is final`(
        prefer: String, becomesFinal: Bool, status: Int, applied: String?
    ) async throws {
        var gateway = SampleGateway()
        gateway.becomesFinal = becomesFinal
        let seen = try await post(
            "/v1/transactions", MemberTests.bytes, type: "application/protobuf", prefer: prefer,
            gateway: gateway)
        #expect(seen.status == status)
        #expect(try seen.header("Preference-Applied") == applied)
        #expect(seen.headers[.location] == "/v1/transactions/\(MemberTests.id)")
        let expected: CanonicalJSON = status == 200 ? "final" : "received"
        #expect(try seen.members()["status"] == expected)
    }

    @Test func `a transaction that was refused tells why at its address`() async throws {
        var gateway = SampleGateway()
        gateway.refusals[MemberTests.id] = Refusal(.spent, "ranges[0]", "DREC101-2021-1.")
        let seen = try await ask("/v1/transactions/\(MemberTests.id)", gateway: gateway)
        #expect(seen.status == 200)
        #expect(seen.headers[.cacheControl] == "no-store")
        let members = try seen.members()
        #expect(members["status"] == "refused")
        #expect(members["problem"]?.object?["refusal"] == 505)
        #expect(members["problem"]?.object?["detail"] == "DREC101-2021-1.")
    }

    @Test func `a refusal is told with number, name, place, limit and excess`() async throws {
        var gateway = SampleGateway()
        gateway.outcome = .refused(
            Refusal(
                .aboveDayLimit, "reads[12].watt_hours", "On 2021-12-17.", limit: 100, excess: 7))
        let seen = try await post(
            "/v1/transactions", MemberTests.bytes, type: "application/protobuf", gateway: gateway)
        #expect(seen.status == 422)
        #expect(seen.headers[.contentType] == "application/problem+json")
        let expected: CanonicalJSON = [
            "type": "urn:drec:refusal:aboveDayLimit", "status": 422, "code": "aboveDayLimit",
            "refusal": 412, "title": "The energy exceeds the ceiling of a UTC day.",
            "detail": "On 2021-12-17.", "limit": 100, "excess": 7,
            "errors": [["pointer": "#/reads/12/wattHours", "detail": "On 2021-12-17."]],
        ]
        #expect(try .object(seen.members()) == expected)
    }

    @Test(arguments: RefusalCode.allCases)
    func `every refusal is an answer of the client's kind`(code: RefusalCode) async throws {
        var gateway = SampleGateway()
        gateway.outcome = .refused(Refusal(code))
        let seen = try await post(
            "/v1/transactions", MemberTests.bytes, type: "application/protobuf", gateway: gateway)
        let expected =
            switch code {
            case .malformed, .notCanonical: 400
            case .tooLarge: 413
            default: 422
            }
        #expect(seen.status == expected)
        #expect(try seen.members()["refusal"] == .integer(Int64(code.rawValue)))
    }

    @Test func `sending again what is final gives the final transaction`() async throws {
        var envelope = MemberTests.envelope
        envelope.body = Data([8, 2])
        var gateway = SampleGateway()
        gateway.outcome = .refused(Refusal(.alreadyFinal))
        let unknown = try await post(
            "/v1/transactions", Array(envelope.canonicalBytes), type: "application/protobuf",
            gateway: gateway)
        #expect(unknown.status == 422)
        gateway.known = Digest.tagged(.transaction, [8, 2])
        let seen = try await post(
            "/v1/transactions", Array(envelope.canonicalBytes), type: "application/protobuf",
            gateway: gateway)
        #expect(seen.status == 200)
        #expect(try seen.members()["status"] == "final")
    }

    @Test(arguments: [
        (GatewayError.busy, "busy", "1", "Too much waits already; try again later."),
        (.unavailable("the disk is full"), "unavailable", "5", "the disk is full"),
    ])
    func `a node that cannot take it in says why and when to come again`(
        error: GatewayError, code: String, seconds: String, detail: String
    ) async throws {
        var gateway = SampleGateway()
        gateway.outcome = .failed(error)
        let seen = try await post(
            "/v1/transactions", MemberTests.bytes, type: "application/protobuf", gateway: gateway)
        #expect(seen.status == 503)
        #expect(seen.headers[.retryAfter] == seconds)
        #expect(try seen.members()["code"] == .string(code))
        #expect(try seen.members()["detail"] == .string(detail))
    }

    @Test(arguments: [
        ("/v1/transactions", "", "text/plain", 415), ("/v1/transactions", "", "", 415),
        ("/v1/transactions", "{", "application/json", 400),
        ("/v1/transactions", "[]", "application/json", 400),
        ("/v1/transactions", #"{"boody": ""}"#, "application/json", 400),
        ("/v1/transactions", #"{"body": "?"}"#, "application/json", 400),
        ("/v1/transactions", #"{"reads": {"kind": ["X"]}}"#, "application/json", 400),
        ("/v1/dry-run", "{}", "text/csv", 415), ("/v1/dry-run", "{}", "application/json", 400),
        ("/v1/dry-run", #"{"account": 2, "reads": {}}"#, "application/json", 400),
        ("/v1/dry-run", #"{"account": "A2", "reads": {}}"#, "application/json", 422),
        ("/v1/dry-run", #"{"account": "A2", "reads": {"x": 1}}"#, "application/json", 400),
        (
            "/v1/dry-run", #"{"account": "A2", "reads": {"device": [1], "start": []}}"#,
            "application/json", 400
        ),
        ("/v1/dry-run", #"{"account": "A2", "reads": {}, "y": 1}"#, "application/json", 400),
        ("/v1/dry-run", #"{"account": "A2", "account": "A2"}"#, "application/json", 400),
        ("/v1/profiles/77/erase", "{}", "application/json", 400),
    ])
    func `a body that cannot be read is refused`(
        path: String, body: String, type: String, status: Int
    ) async throws {
        let seen = try await post(path, Array(body.utf8), type: type)
        #expect(seen.status == status)
        #expect(try seen.members()["status"] == .integer(Int64(status)))
    }

    @Test func `a body above its limit is refused`() async throws {
        let large = [UInt8](repeating: 0x20, count: 1_024 * 1_024 + 1)
        #expect(try await post("/v1/transactions", large).status == 413)
        let middle = Array(large.prefix(256 * 1_024 + 1))
        let seen = try await post("/v1/transactions", middle, type: "application/protobuf")
        #expect(seen.status == 413)
        #expect(try seen.members()["code"] == "bodyTooLarge")
    }
}
