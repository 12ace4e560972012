import API
import Foundation
import HTTPTypes
import Mutations
import Primitives
import Testing

/// Bodies of submissions, dry runs, profiles and erasures.
@Suite struct BodyTests {
    static let transactions: [(String, String)] = [
        ("nothing", ""), ("blanks", " \n"), ("a number", "1"), ("null", "null"),
        ("a text", "\"x\""),
        ("a list", "[{}]"), ("an open object", #"{"body":"#), ("two objects", "{}{}"),
        ("text behind it", #"{"body":""} x"#), ("a comment", #"/**/{"body":""}"#),
        ("single quotes", "{'body':''}"), ("an unknown member", #"{"body":"","x":1}"#),
        ("another case", #"{"Body":""}"#), ("a member twice", #"{"body":"","body":"CAE="}"#),
        ("body as a number", #"{"body":1}"#), ("body as a list", #"{"body":["CAE="]}"#),
        ("bad base64", #"{"body":"CAE=="}"#),
        ("one digit of base64", #"{"body":"C"}"#),
        ("signatures as a text", #"{"signatures":"CAE="}"#),
        ("signatures as an object", #"{"signatures":{"0":"CAE="}}"#),
        ("a null signature", #"{"signatures":[null]}"#),
        ("signatures in lists", #"{"signatures":[["CAE="]]}"#),
        ("reads as a list", #"{"reads":[]}"#),
        ("an unknown column", #"{"reads":{"wattHour":[1]}}"#),
        ("a column as a number", #"{"reads":{"device":1}}"#),
        ("a negative device", #"{"reads":{"device":[-1]}}"#),
        ("a fraction of a device", #"{"reads":{"device":[1.5]}}"#),
        ("2^64 devices", #"{"reads":{"device":[18446744073709551616]}}"#),
        ("2^64 devices as a text", #"{"reads":{"device":["18446744073709551616"]}}"#),
        ("a blank in a number", #"{"reads":{"device":[" 1"]}}"#),
        ("an exponent without end", #"{"reads":{"device":[1e]}}"#),
        ("1e400", #"{"reads":{"device":[1e400]}}"#), ("NaN", #"{"reads":{"device":["NaN"]}}"#),
        ("Infinity", #"{"reads":{"wattHours":[Infinity]}}"#),
        ("a null in a column", #"{"reads":{"device":[null]}}"#),
        ("true in a column", #"{"reads":{"device":[true]}}"#),
        ("an unknown kind", #"{"reads":{"kind":["READ_KIND_WEEKLY"]}}"#),
        ("a kind in small letters", #"{"reads":{"kind":["read_kind_delta"]}}"#),
        ("a kind beyond 32 bits", #"{"reads":{"kind":[4294967297]}}"#),
        ("a kind of 33 bits", #"{"reads":{"kind":[2147483648]}}"#),
        ("the smallest kind", #"{"reads":{"kind":[1,-9223372036854775808]}}"#),
        ("a lone surrogate", #"{"body":"\ud83d"}"#),
        ("a control character", "{\"bo\u{1}dy\":\"\"}"),
        ("a mark at the start", "\u{FEFF}{\"body\":\"\"}"), ("a NUL", "{\u{0}}"),
        ("deep", String(repeating: "{\"reads\":", count: 20_000)),
        ("deep lists", #"{"reads":{"device":"# + String(repeating: "[", count: 20_000)),
        ("deep lists of something unknown", #"{"x":"# + String(repeating: "[", count: 20_000)),
    ]

    @Test(arguments: transactions)
    func `a transaction in JSON that cannot be read is refused`(
        name: String, body: String
    ) async throws {
        let seen = try await post("/v1/transactions", Array(body.utf8))
        #expect(seen.status == 400, "\(name)")
        #expect(try seen.members()["code"] == "badBody", "\(name)")
        #expect(seen.bytes.count < 1_000)
    }

    @Test(
        arguments: [
            [0xff], [0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d], [0xfe, 0xff, 0x00, 0x7b],
            Array("{\"body\":\"\u{e9}\"}".unicodeScalars.map { UInt8($0.value) }),
        ] as [[UInt8]])
    func `a body that is not UTF-8 is refused`(body: [UInt8]) async throws {
        for path in ["/v1/transactions", "/v1/dry-run"] {
            #expect(try await post(path, body).status == 400)
        }
    }

    @Test(arguments: [
        ("", "#"), ("[]", "#"), ("{", "#"), (#"{"account":"A2"}"#, "#/reads"),
        (#"{"reads":{"device":[1]}}"#, "#/account"), (#"{"account":"A0","reads":{}}"#, "#/account"),
        (#"{"account":"D2","reads":{}}"#, "#/account"), (#"{"account":2,"reads":{}}"#, "#/account"),
        (#"{"account":"A2\u0000","reads":{}}"#, "#/account"),
        (#"{"account":"A18446744073709551616","reads":{}}"#, "#/account"),
        (#"{"account":null,"reads":{}}"#, "#/account"),
        (#"{"account":"A2","reads":[]}"#, "#/reads"),
        (#"{"account":"A2","reads":null}"#, "#/reads"), (#"{"account":"A2","reads":1}"#, "#/reads"),
        (#"{"account":"A2","reads":{"device":[-1]}}"#, "#/reads"),
        (#"{"account":"A2","reads":{"device":[1,2],"start":[1]}}"#, "#/reads"),
        (#"{"account":"A2","reads":{"device":[1.5]}}"#, "#"),
        (#"{"account":"A2","reads":{"device":[1],"kind":[4294967297]}}"#, "#/reads"),
        (#"{"account":"A2","reads":{},"extra":1}"#, "#/extra"),
        (#"{"account":"A2","account":"A3","reads":{}}"#, "#"),
        (String(repeating: "[", count: 100_000), "#"),
    ])
    func `a dry run that cannot be read is refused at its place`(
        body: String, pointer: String
    ) async throws {
        let seen = try await post("/v1/dry-run", Array(body.utf8))
        #expect(seen.status == 400)
        let error = try seen.members()["errors"]?.array?.first?.object
        #expect(error?["pointer"] == .string(pointer), "\(body.prefix(80))")
    }

    private static let key = SampleRecords.digest(0x44).hex
    private static let signature = String(repeating: "05", count: 64)

    @Test(arguments: [
        ("{}", "#/publicKey"), ("", "#"), ("[]", "#"),
        (#"{"publicKey":"\#(key)"}"#, "#/signature"),
        (#"{"signature":"\#(signature)"}"#, "#/publicKey"),
        (#"{"publicKey":"\#(key)00","signature":"\#(signature)"}"#, "#/publicKey"),
        (#"{"publicKey":1,"signature":"\#(signature)"}"#, "#/publicKey"),
        (#"{"publicKey":"\#(key)","signature":"\#(signature)05"}"#, "#/signature"),
        (#"{"publicKey":"\#(key)","signature":"zz"}"#, "#/signature"),
        (#"{"publicKey":"\#(key)","signature":null}"#, "#/signature"),
        (#"{"publicKey":"\#(key)","signature":"\#(signature)","x":0}"#, "#/x"),
    ])
    func `an order to erase that cannot be read is refused at its place`(
        body: String, pointer: String
    ) async throws {
        let path = "/v1/profiles/\(SampleRecords.digest(0x77))/erase"
        let seen = try await post(path, Array(body.utf8))
        #expect(seen.status == 400)
        let error = try seen.members()["errors"]?.array?.first?.object
        #expect(error?["pointer"] == .string(pointer), "\(body)")
    }

    @Test(arguments: [1, 2] as [UInt64])
    func `a damaged body is answered, and never with an error of the node`(
        seed: UInt64
    ) async throws {
        let dryRun = """
            {"account": "A2", "reads": {"device": [1], "start": [10], "end": ["20"],
             "wattHours": [7], "kind": ["READ_KIND_DELTA"]}}
            """
        let corpus = [Array(MemberTests.json.utf8), Array(dryRun.utf8), MemberTests.bytes]
        var mutator = Mutator(seed: seed, corpus: corpus)
        let bodies = (0..<250).map { _ in mutator.next() }
        for (path, type) in [
            ("/v1/transactions", "application/json"), ("/v1/dry-run", "application/json"),
            ("/v1/transactions", "application/protobuf"),
        ] {
            let seen = try await ask(
                bodies.map { Asked(uri: path, method: .post, type: type, body: $0) }, of: .members)
            for (seen, body) in zip(seen, bodies) {
                #expect([200, 202, 400, 413, 422].contains(seen.status), "\(path) \(body)")
            }
        }
    }
}
