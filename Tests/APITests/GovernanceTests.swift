import API
import Primitives
import Testing

@Suite struct GovernanceTests {
    @Test func `parameters are told with when they take effect and whether they hold`() async throws
    {
        let items = try #require(try await ask("/v1/parameters").members()["items"]?.array)
        let rows = items.compactMap { $0.object }
        #expect(rows.map { $0["status"] } == ["pending", "inForce", "past"])
        #expect(rows.last?["effective"] == "1970-01-01T00:00:00Z")
        #expect(rows[0]["parameters"]?.object?["dayFactorPPM"] == 1_500_000)
        #expect(rows[0]["parameters"]?.object?["minimumDelaySeconds"] == 60)
    }

    @Test(arguments: [("", 3), ("?country=KEN", 2), ("?country=ZAF", 1), ("?country=XXX", 0)])
    func `yields are found by country`(query: String, count: Int) async throws {
        let items = try await ask("/v1/yields\(query)").members()["items"]?.array
        #expect(items?.count == count)
        for item in items ?? [] {
            #expect(item.object?["kilowattHoursPerKilowattPeak"] == 1_650)
            #expect(item.object?["monthFactorsPPM"] == [])
            #expect(item.object?["source"] == "A table")
        }
    }

    @Test func `delegations tell roles and the entries between which they hold`() async throws {
        let items = try await ask("/v1/accounts/A2/delegations").members()["items"]
        #expect(
            items
                == [
                    [
                        "delegate": "A1", "roles": ["devices", "metering"], "validFromEntry": 2,
                        "validUntilEntry": .null,
                    ],
                    [
                        "delegate": "A3", "roles": ["devices", "metering"], "validFromEntry": 2,
                        "validUntilEntry": 7,
                    ],
                ])
        #expect(try await ask("/v1/accounts/A1/delegations").members()["items"] == [])
    }

    @Test func `deferred reads tell the entry that minted them`() async throws {
        let expected: CanonicalJSON = [
            "entry": 0, "account": "A2", "readsRoot": .string(SampleRecords.digest(0x55).hex),
            "readsCount": 4, "mintedByEntry": 1,
        ]
        #expect(try .object(await ask("/v1/evidence/0").members()) == expected)
        let open = try await ask("/v1/evidence/%232").members()
        #expect(open["mintedByEntry"] == .null)
    }

    @Test func `a device's revisions come latest first`() async throws {
        let items = try await ask("/v1/devices/D2/revisions").members()["items"]?.array
        let rows = try #require(items).compactMap { $0.object }
        #expect(rows.map { $0["capacityWatts"] } == [6_000, 5_000])
        #expect(rows.map { $0["id"] } == ["D2", "D2"])
    }

    @Test(arguments: [
        ("/v1/parameters?cursor=x", "cursor"), ("/v1/yields?country=ken", "country"),
        ("/v1/yields?country=", "country"), ("/v1/yields?cursor=S0VO", "cursor"),
        ("/v1/evidence/x", "id"), ("/v1/evidence/-1", "id"), ("/v1/evidence?account=A2", "account"),
        ("/v1/accounts/2/delegations", "id"), ("/v1/devices/A2/revisions", "id"),
        ("/v1/search?q=did:drec:ffffffffffffffff:1", "q"),
        ("/v1/search?q=did:drec:eeee:1", "q"), ("/v1/search?q=did:web:eeeeeeeeeeeeeeee:1", "q"),
    ])
    func `what cannot be read is refused and named here too`(
        path: String, name: String
    ) async throws {
        let seen = try await ask(path)
        #expect(seen.status == 400)
        let errors = try seen.members()["errors"]?.array
        #expect(errors?.first?.object?["parameter"] == .string(name))
    }

    @Test(arguments: [
        "/v1/evidence/1", "/v1/evidence/18446744073709551615", "/v1/accounts/A9/delegations",
        "/v1/devices/D9/revisions", "/v1/search?q=did:drec:eeeeeeeeeeeeeeee:9",
    ])
    func `what does not exist is 404 here too`(path: String) async throws {
        #expect(try await ask(path).status == 404)
    }
}
