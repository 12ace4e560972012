import API
import HTTPTypes
import Ledger
import Primitives
import Testing

@Suite struct ReadTests {
    /// Addresses of everything that can be read.
    static let paths = [
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
        "/v1/yields", "/v1/evidence", "/v1/evidence/0", "/v1/double-votes",
        "/v1/accounts/A2/delegations",
        "/v1/devices/D1/revisions", "/log/entry/000.receipt", "/log/entry/001.tlog-proof",
        "/log/entry/000.transaction", "/openapi.json", "/livez",
        "/readyz", "/metrics",
    ]

    @Test(arguments: paths)
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

    static let forEver = "public, max-age=31536000, immutable"
    static let forAMoment = "public, max-age=2"
    static let askAgain = "public, no-cache"

    @Test(arguments: [
        ("/v1/transactions/\(SampleRecords.digest(0x10))", forEver),
        ("/v1/transactions/\(SampleRecords.digest(0x10))/bytes", forEver),
        ("/v1/blocks/\(SampleRecords.digest(2))", forEver),
        // Another network may be founded at the same address.
        ("/v1/genesis", askAgain), ("/v1/blocks/1", askAgain), ("/v1/entries/0", askAgain),
        ("/v1/redemptions/2", askAgain), ("/v1/blocks", forAMoment), ("/v1/status", forAMoment),
        ("/v1/devices/D1", forAMoment), ("/v1/lots", forAMoment),
    ])
    func `what a hash names is kept for ever, what a number names is asked for again`(
        path: String, expected: String
    ) async throws {
        let seen = try await ask(path)
        #expect(seen.headers[.cacheControl] == expected)
        let tag = try #require(seen.headers[.eTag])
        #expect(try await ask(path, headers: [.ifNoneMatch: tag]).status == 304)
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
        #expect(members["truncated"] == [])
    }

    @Test func `each read tells the names of its claim`() async throws {
        let network = SampleRecords.digest(0xee)
        let paths = ["/v1/devices/D1/reads", "/v1/drecs/DREC101-2021-4..9/provenance"]
        for (path, list) in zip(paths, ["items", "sources"]) {
            let members = try await ask(path).members()
            let reads = try #require(members[list]?.array).compactMap { $0.object }
            #expect(!reads.isEmpty)
            for read in reads {
                let start = try #require(read["start"]?.string)
                let record = try #require(
                    SampleRecords().reads.first { $0.window.start.description == start })
                #expect(
                    read["evidenceHash"]
                        == .string(record.window.evidenceHash(network: network).hex))
                #expect(
                    read["claimId"] == .string(record.window.claimID(network: network).hex))
                #expect(read["methodId"] == "history")
            }
        }
    }

    @Test func `a provenance that is cut off says which lists are`() async throws {
        var gateway = SampleGateway()
        gateway.truncation = [.sources, .steps]
        let path = "/v1/drecs/DREC101-2021-4..9"
        let members = try await ask(path + "/provenance", gateway: gateway).members()
        #expect(members["truncated"] == ["sources", "steps"])
        gateway.truncation = [.steps]
        let steps = try await ask(path + "/provenance", gateway: gateway).members()
        #expect(steps["truncated"] == ["steps"])
    }

    @Test(arguments: [
        "/v1/drecs/DREC101-2021-4..9", "/v1/drecs/DREC101-2021-4..9/provenance",
        "/v1/search?q=DREC101-2021-4..9",
    ])
    func `D-RECs in too many lots are asked for by smaller ranges`(path: String) async throws {
        var gateway = SampleGateway()
        let series = gateway.records.series
        let range = try #require(
            DRECRange(series: series, first: DRECSerial(4), last: DRECSerial(9)))
        gateway.rangeFailure = RangeTooWideError(range: range, lots: 2_000)
        let seen = try await ask(path, gateway: gateway)
        #expect(seen.status == 400)
        let members = try seen.members()
        #expect(members["code"] == "rangeTooWide")
        let detail = "DREC101-2021-4..9: It lies in more than 2000 lots; ask for smaller ranges."
        #expect(members["detail"] == .string(detail))
    }

    @Test func `the holders of D-RECs are found without their provenance`() async throws {
        var gateway = SampleGateway()
        gateway.hasProvenance = false
        let members = try await ask("/v1/drecs/DREC101-2021-4..9", gateway: gateway).members()
        let lots = try #require(members["lots"]?.array).compactMap { $0.object }
        #expect(
            lots.map { $0["part"] }
                == ["DREC101-2021-4..5", "DREC101-2021-6..7", "DREC101-2021-8..9"])
        #expect(
            try await ask("/v1/search?q=DREC101-2021-3", gateway: gateway).status == 200)
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
