import API
import Primitives
import Testing

@Suite struct AuthorityTests {
    private static let east: CanonicalJSON = [
        "name": "east", "account": "A3", "voteKey": .string(String(repeating: "61", count: 32)),
        "tlsKey": .string(String(repeating: "62", count: 32)),
        "logKey": .string(String(repeating: "63", count: 32)),
    ]

    @Test func `the present set comes first, with its quorum and what may change at once`()
        async throws
    {
        let items = try #require(try await ask("/v1/authorities").members()["items"]?.array)
        let rows = items.compactMap { $0.object }
        #expect(rows.map { $0["epoch"] } == [1, 0])
        #expect(rows.map { $0["status"] } == ["inForce", "past"])
        #expect(rows[0]["quorum"] == 2 && rows[0]["seatsAtOnce"] == 1)
        let names = rows[0]["authorities"]?.array?.map { $0.object?["name"] }
        #expect(names == ["north", "south"])
        let next = try await ask("/v1/authorities?limit=1").members()["next"]?.string
        let page = try await ask("/v1/authorities?limit=1&cursor=\(next ?? "")").members()
        #expect(page["items"]?.array?.first?.object?["epoch"] == 0)
        #expect(page["next"] == .null)
    }

    @Test func `changes are told with their approvals, boundary and reason`() async throws {
        let items = try #require(
            try await ask("/v1/authority-changes").members()["items"]?.array)
        let rows = items.compactMap { $0.object }
        #expect(rows.map { $0["change"] } == [9, 5, 3])
        #expect(rows.map { $0["status"] } == ["approved", "inForce", "lapsed"])
        #expect(rows.map { $0["boundary"] } == [.null, 42, .null])
        #expect(rows.map { $0["epoch"] } == [.null, 1, .null])
        #expect(rows.map { $0["refusal"] } == [.null, .null, "seatUnknown"])
        #expect(rows[0]["approvals"] == ["A1", "A2"])
        #expect(rows[0]["changes"] == [["seat": "south", "to": Self.east]])
        #expect(rows[2]["changes"] == [["seat": "south", "to": .null]])
        let one = try await ask("/v1/authority-changes/%235").members()
        #expect(one["change"] == 5 && one["effective"] == "2021-12-20T11:33:20Z")
    }

    @Test func `keys that were shown are told with the block that was named`() async throws {
        let items = try #require(try await ask("/v1/authority-joins").members()["items"]?.array)
        #expect(items.map { $0.object?["account"] } == ["A3", "A4"])
        let join = items[0].object?["joins"]?.array?.first?.object
        #expect(join?["seat"] == Self.east)
        #expect(join?["height"] == 7 && join?["entry"] == 8)
        #expect(join?["blockHash"] == .string(SampleRecords.digest(0x77).hex))
        let next = try await ask("/v1/authority-joins?limit=1").members()["next"]?.string
        let page = try await ask("/v1/authority-joins?limit=1&cursor=\(next ?? "")").members()
        #expect(page["items"]?.array?.first?.object?["account"] == "A4")
    }

    @Test func `double votes are told with both votes and whose they are`() async throws {
        let items = try #require(try await ask("/v1/double-votes").members()["items"]?.array)
        let rows = items.compactMap { $0.object }
        #expect(rows.map { $0["epoch"] } == [1, 0] && rows.map { $0["seat"] } == [1, 3])
        #expect(rows[0]["authority"]?.object?["name"] == "south")
        #expect(rows[1]["authority"] == .null)
        #expect(rows[0]["fault"] == "conflictingNotarize" && rows[0]["view"] == 6)
        #expect(rows[0]["account"] == "A2" && rows[0]["entry"] == 5)
        #expect(
            rows[0]["first"]
                == [
                    "kind": "notarize", "epoch": 1, "view": 6, "seat": 1, "parentView": 5,
                    "blockHash": .string(String(repeating: "71", count: 32)),
                    "signature": .string(String(repeating: "64", count: 64)),
                ])
        let next = try await ask("/v1/double-votes?limit=1").members()["next"]?.string
        let page = try await ask("/v1/double-votes?limit=1&cursor=\(next ?? "")").members()
        #expect(page["items"]?.array?.first?.object?["seat"] == 3 && page["next"] == .null)
    }

    @Test(arguments: [
        ("/v1/double-votes?cursor=x", "cursor"), ("/v1/double-votes?epoch=1", "epoch"),
        ("/v1/authorities?cursor=x", "cursor"), ("/v1/authorities?epoch=1", "epoch"),
        ("/v1/authority-changes?cursor=A2", "cursor"), ("/v1/authority-changes/x", "id"),
        ("/v1/authority-changes/-1", "id"), ("/v1/authority-changes?status=open", "status"),
        ("/v1/authority-joins?cursor=7", "cursor"), ("/v1/authority-joins?account=A2", "account"),
    ])
    func `what cannot be read is refused and named`(path: String, name: String) async throws {
        let seen = try await ask(path)
        #expect(seen.status == 400)
        let errors = try seen.members()["errors"]?.array
        #expect(errors?.first?.object?["parameter"] == .string(name))
    }

    @Test(arguments: [
        "/v1/authority-changes/4", "/v1/authority-changes/18446744073709551615",
        "/v1/authorities/1", "/v1/authority-joins/A3",
    ])
    func `what does not exist is 404`(path: String) async throws {
        #expect(try await ask(path).status == 404)
    }
}
