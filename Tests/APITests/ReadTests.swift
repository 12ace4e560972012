import API
import HTTPTypes
import Primitives
import Testing

@Suite struct ReadTests {
    @Test(arguments: [
        "/v1/status", "/v1/totals", "/v1/genesis", "/v1/blocks", "/v1/blocks/1",
        "/v1/blocks/\(SampleRecords.digest(2))", "/v1/transactions", "/v1/transactions?account=A2",
        "/v1/transactions/\(SampleRecords.digest(0x10))", "/v1/entries/0", "/v1/entries/%231",
        "/v1/transactions/\(SampleRecords.digest(0x10))/bytes", "/v1/accounts", "/v1/accounts/A1",
        "/v1/accounts/a2/devices", "/v1/accounts/A2/lots", "/v1/accounts/A2/transactions",
        "/v1/keys/\(SampleRecords.digest(0x44))", "/v1/devices", "/v1/devices?owner=A2",
        "/v1/devices/D1", "/v1/devices/D1/months", "/v1/devices/D1/reads",
        "/v1/devices?externalIdHash=\(SampleRecords.digest(0x33))", "/v1/projects",
        "/v1/projects/P101", "/v1/drecs/DREC101-2021-4", "/v1/drecs/DREC101-2021-4..9",
        "/v1/drecs/DREC101-2021-4..9/provenance", "/v1/redemptions", "/v1/redemptions/2",
        "/v1/lots?owner=A3&status=redeemed&series=101-2021", "/v1/search?q=A1", "/v1/parameters",
        "/v1/yields", "/v1/evidence", "/v1/evidence/0", "/v1/accounts/A2/delegations",
        "/v1/devices/D1/revisions", "/livez",
        "/readyz", "/metrics",
    ])
    func `every read answers 200 with a tag, and so does HEAD without a body`(
        path: String
    ) async throws {
        for audience in [Audience.everyone, .members] {
            let seen = try await ask(path, of: audience)
            #expect(seen.status == 200)
            let tag = try #require(seen.headers[.eTag])
            #expect(seen.headers[.xContentTypeOptions] == "nosniff")
            let head = try await ask(path, .head, of: audience)
            #expect(head.status == 200)
            #expect(head.bytes.isEmpty)
            #expect(head.headers[.eTag] == tag)
            #expect(head.headers[.contentLength] == String(seen.bytes.count))
        }
    }

    @Test func `a client that has the bytes gets 304 without them`() async throws {
        let tag = try #require(try await ask("/v1/accounts/A1").headers[.eTag])
        for condition in [tag, "\"x\", W/\(tag)", "*"] {
            let seen = try await ask("/v1/accounts/A1", headers: [.ifNoneMatch: condition])
            #expect(seen.status == 304)
            #expect(seen.bytes.isEmpty)
            #expect(seen.headers[.eTag] == tag)
            #expect(seen.headers[.cacheControl] == "public, max-age=2")
        }
        let changed = try await ask("/v1/accounts/A2", headers: [.ifNoneMatch: tag])
        #expect(changed.status == 200)
    }

    @Test(arguments: [
        ("/v1/genesis", true), ("/v1/blocks/1", true), ("/v1/entries/0", true),
        ("/v1/transactions/\(SampleRecords.digest(0x10))", true),
        ("/v1/transactions/\(SampleRecords.digest(0x10))/bytes", true),
        ("/v1/redemptions/2", true), ("/v1/blocks", false), ("/v1/status", false),
        ("/v1/devices/D1", false), ("/v1/lots", false),
    ])
    func `what is final is kept for ever and the rest for a moment`(
        path: String, isFinal: Bool
    ) async throws {
        let expected = isFinal ? "public, max-age=31536000, immutable" : "public, max-age=2"
        #expect(try await ask(path).headers[.cacheControl] == expected)
    }

    @Test func `a transaction is told in the interface's terms`() async throws {
        let members = try await ask("/v1/entries/0").members()
        #expect(members["id"] == .string(SampleRecords.digest(0x10).hex))
        #expect(members["time"] == "2021-12-20T11:33:20Z")
        #expect(members["account"] == "A2")
        #expect(
            members["action"]
                == ["name": "trade", "ranges": ["DREC101-2021-6..10"], "to": "A3"])
        #expect(
            members["signers"]
                == [
                    [
                        "publicKey": .string(SampleRecords.digest(0x44).hex),
                        "nonce": "18446744073709551615",
                    ]
                ])
        #expect(
            members["events"]
                == [["name": "lotsMoved", "action": "trade", "consumed": [], "created": []]])
    }

    @Test func `a pending transaction is told to wait for and never kept`() async throws {
        let seen = try await ask("/v1/transactions/\(SampleRecords.pending)")
        #expect(seen.status == 200)
        #expect(try seen.members()["status"] == "pending")
        #expect(seen.headers[.retryAfter] == "1")
        #expect(seen.headers[.cacheControl] == "no-store")
    }

    @Test func `the bytes of a transaction come as they were submitted`() async throws {
        let seen = try await ask("/v1/transactions/\(SampleRecords.digest(0x10))/bytes")
        #expect(seen.bytes == [1, 2, 3])
        #expect(seen.headers[.contentType] == "application/protobuf")
    }

    @Test func `provenance tells sources, steps, owners and statuses`() async throws {
        let members = try await ask("/v1/drecs/DREC101-2021-4..9/provenance").members()
        #expect(members["kilowattHours"] == 6)
        #expect(members["statusKilowattHours"] == ["active": 4, "redeemed": 2])
        #expect(
            members["owners"]
                == [
                    ["account": "A2", "range": "DREC101-2021-4..5", "status": "active"],
                    ["account": "A3", "range": "DREC101-2021-6..7", "status": "redeemed"],
                    ["account": "A3", "range": "DREC101-2021-8..9", "status": "active"],
                ])
        let steps = try #require(members["steps"]?.array).compactMap { $0.object }
        #expect(steps.map { $0["kind"] } == ["mint", "trade"])
        #expect(steps.map { $0["from"] } == [.null, "A2"])
        let source = try #require(members["sources"]?.array?.first?.object)
        #expect(source["readWattHours"] == 3_000)
        #expect(source["shareWattHours"] == 2_000)
    }

    @Test func `large numbers are strings, hashes hexadecimal, times RFC 3339`() async throws {
        #expect(
            try await ask("/v1/totals").members()["issuedWattHours"] == "18446744073709551615")
        let block = try await ask("/v1/blocks/2").members()
        #expect(block["time"] == "2021-12-20T11:33:20.250Z")
        #expect(block["transactionCount"] == 2)
        #expect(block["finalization"]?.object?["signers"] == [0, 2])
        let device = try await ask("/v1/devices/D2").members()
        #expect(device["did"] == "did:drec:eeeeeeeeeeeeeeee:2")
        #expect(device["latitudeHundredths"] == -3_350)
        #expect(device["fuelCode"] == "ES100")
        let key = try await ask("/v1/keys/\(SampleRecords.digest(0x44))").members()
        #expect(key["roles"] == ["admin", "metering"])
    }

    @Test(arguments: [
        ("a2", "account", "/v1/accounts/A2"), ("D1", "device", "/v1/devices/D1"),
        ("P101", "project", "/v1/projects/P101"), ("%231", "entry", "/v1/entries/1"),
        ("2", "block", "/v1/blocks/2"),
        ("drec101-2021-3", "drecs", "/v1/drecs/DREC101-2021-3"),
        (
            SampleRecords.digest(0x44).hex, "key", "/v1/keys/\(SampleRecords.digest(0x44))"
        ),
        (
            SampleRecords.digest(0x11).hex, "transaction",
            "/v1/transactions/\(SampleRecords.digest(0x11))"
        ),
        (SampleRecords.digest(0x33).hex, "device", "/v1/devices/D1"),
        ("did:drec:eeeeeeeeeeeeeeee:2", "device", "/v1/devices/D2"),
    ])
    func `a search leads to the thing`(
        text: String, kind: String, path: String
    ) async throws {
        let members = try await ask("/v1/search?q=\(text)").members()
        #expect(members["kind"] == .string(kind))
        #expect(members["path"] == .string(path))
        #expect(try await ask(path).status == 200)
    }
}
