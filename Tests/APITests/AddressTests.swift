import API
import Foundation
import Mutations
import Primitives
import Testing

/// Ids and cursors in addresses, on every route that takes them.
@Suite struct AddressTests {
    /// Every route with an id, of both ports; `GET` unless it has another method.
    static let routes = Array(
        Set(
            [Audience.everyone, .members].flatMap {
                routeNames(for: $0, gateway: SampleGateway())
            }.filter { $0.hasPrefix("GET ") && $0.contains("{id}") }.map {
                String($0.dropFirst("GET ".count))
            })
    ).sorted()

    /// What is no id of anything.
    static let hostile = [
        "00", "-0", "-1", "+1", "1.0", "1e3", "0x1", "1_000", "1%20", "%201", "1%00", "%00", "%0A",
        "1%0D%0AX-Y:%20z", "%", "%z", "%zz", "%2", "%2F", "A1%2F..", "%2e%2e", "..%2f..%2fetc",
        "%C0%AF", "%FF", "%ED%A0%80", "%E2%80%AEA1", "%EF%BC%A11", "A%D9%A3", "%D9%A3", "A%CC%811",
        "A", "D", "P", "A0", "D0", "P0", "P100", "A00", "A01", "D01", "P0101", "A-1",
        "A+1", "A1.5", "A1,2", "A1;", "A1'", "A1%22", "A1--", "*", "A*", "null", "undefined", "NaN",
        "true", "%7B%7D", "%5B%5D", "A18446744073709551616", "D18446744073709551616",
        "P18446744073709551616", "18446744073709551616", "18446744073709551617",
        "99999999999999999999", "A99999999999999999999999999999999", "DREC", "DREC101-2021",
        "DREC101-2021-0", "DREC101-2021-01", "DREC101-2021-2..1", "DREC101-2021-1..",
        "DREC101-2021-..1", "DREC101-2021-1...2", "DREC100-2021-1", "DREC101-4294967296-1",
        "DREC101-2021-18446744073709552", "DREC101-2021-1..18446744073709551616",
        "DREC101-2021-1%00", String(repeating: "0", count: 63), String(repeating: "0", count: 65),
        String(repeating: "g", count: 64), String(repeating: "%30", count: 63),
        "0x" + String(repeating: "0", count: 62), String(repeating: "A", count: 10_000),
        String(repeating: "9", count: 10_000), String(repeating: "%41", count: 5_000),
    ]

    @Test func `there are routes of every kind`() {
        #expect(AddressTests.routes.count >= 17)
    }

    @Test(arguments: routes)
    func `what is no id is refused by every route, naming the id`(route: String) async throws {
        let requests = AddressTests.hostile.map { id in
            Asked(uri: route.replacingOccurrences(of: "{id}", with: id))
        }
        for (seen, id) in zip(try await ask(requests, of: .members), AddressTests.hostile) {
            #expect(seen.status == 400, "\(route) \(id.prefix(80))")
            let members = try seen.members()
            #expect(members["code"] == "badParameter", "\(route) \(id.prefix(80))")
            let error = members["errors"]?.array?.first?.object
            #expect(error?["parameter"] == "id")
            // What was asked is not repeated: an answer is no place to put a text.
            #expect(seen.bytes.count < 1_000)
        }
    }

    @Test(arguments: routes)
    func `the largest ids that there can be are unknown, no more`(route: String) async throws {
        let most = String(UInt64.max)
        for id in [
            "A\(most)", "D\(most)", "P\(most)", most, "%23\(most)",
            "DREC\(most)-4294967295-18446744073709551", "DREC101-2021-1..18446744073709551",
            String(repeating: "f", count: 64), "%41\(most)",
        ] {
            let seen = try await ask(
                route.replacingOccurrences(of: "{id}", with: id), of: .members)
            // A profile is shown to nobody who does not say who asks.
            let expected = route.hasPrefix("/v1/profiles/") ? [400, 401] : [400, 404]
            #expect(expected.contains(seen.status), "\(route) \(id): \(seen.status)")
            #expect(try seen.members()["code"] != "notFound")
        }
    }

    @Test(arguments: [
        ("/v1/accounts/%41%31", "/v1/accounts/A1"), ("/v1/accounts/a1", "/v1/accounts/A1"),
        ("/v1/entries/%30", "/v1/entries/0"), ("/v1/entries/%230", "/v1/entries/0"),
        ("/v1/drecs/drec101-2021-1", "/v1/drecs/DREC101-2021-1"),
        ("/v1/drecs/DREC101%2D2021%2D1", "/v1/drecs/DREC101-2021-1"),
    ])
    func `an id may be percent-encoded and in either case`(
        path: String, plain: String
    ) async throws {
        let seen = try await ask(path)
        #expect(seen.status == 200)
        #expect(seen.bytes == (try await ask(plain)).bytes)
    }

    @Test(
        arguments: ["limit", "cursor"],
        [
            "0", "-1", "+1", "01", "1.0", "%31%00", "18446744073709551616", "9223372036854775808",
            "",
            "%FF", "%D9%A3", "null", "\(String(repeating: "A", count: 5_000))", "YWNjb3VudHM6",
            "====",
            "YWNjb3VudHM6QTA", "YWNjb3VudHM6QTE4NDQ2NzQ0MDczNzA5NTUxNjE2",
        ])
    func `a limit or a cursor that cannot be is refused`(
        name: String, value: String
    ) async throws {
        let seen = try await ask("/v1/accounts?\(name)=\(value)")
        #expect(seen.status == 400)
        let error = try seen.members()["errors"]?.array?.first?.object
        #expect(error?["parameter"] == .string(name))
    }

    @Test func `a damaged cursor is refused or goes on somewhere in its list`() async throws {
        var corpus: [[UInt8]] = []
        for list in ["accounts", "devices", "projects", "lots", "transactions", "blocks"] {
            let next = try await ask("/v1/\(list)?limit=1").members()["next"]?.string
            if let next { corpus.append(Array(next.utf8)) }
        }
        #expect(corpus.count >= 4)
        var mutator = Mutator(seed: 21, corpus: corpus)
        var requests: [Asked] = []
        for _ in 0..<400 {
            let text = String(decoding: mutator.next().prefix(2_000), as: UTF8.self)
            let cursor = text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
            for list in ["accounts", "lots"] {
                requests.append(Asked(uri: "/v1/\(list)?cursor=\(cursor)"))
            }
        }
        for (seen, asked) in zip(try await ask(requests), requests) {
            #expect([200, 400].contains(seen.status), "\(asked.uri.prefix(80))")
        }
    }
}
