import API
import Gateway
import Ledger
import Primitives
import SwiftProtobuf
import Testing
import Wire

@Suite struct OperationTests {
    @Test func `what was seen is told with the votes as a report takes them`() async throws {
        let votes = try DoubleVote(
            SampleRecords.vote(.finalize, 0x71), SampleRecords.vote(.nullify, nil))
        var gateway = SampleGateway()
        gateway.operations.evidence = [
            OperationStatus.Evidence(
                authority: "south", votes: votes, milliseconds: 1_640_000_000_250,
                reportedBy: nil),
            OperationStatus.Evidence(
                authority: "south", votes: votes, milliseconds: 0, reportedBy: LogIndex(7)),
        ]
        let seen = try await ask("/v1/operation", of: .members, gateway: gateway).members()
        let rows = try #require(seen["evidence"]?.array).compactMap { $0.object }
        #expect(rows[0]["authority"] == "south" && rows[0]["fault"] == "nullifyFinalize")
        #expect(rows[0]["epoch"] == 1 && rows[0]["view"] == 6 && rows[0]["seat"] == 1)
        #expect(rows[0]["time"] == "2021-12-20T11:33:20.250Z")
        #expect(rows.map { $0["reportedByEntry"] } == [.null, 7])
        let bytes = try #require(rows[0]["votes"]?.string.flatMap { [UInt8](hex: $0) })
        let report = try ProtoReportDoubleVote(serializedBytes: bytes)
        #expect(report == votes.report && Array(report.canonicalBytes) == bytes)
    }

    @Test func `operators are told where the agreement stands, at the member port alone`()
        async throws
    {
        var gateway = SampleGateway()
        gateway.operations.agreement = OperationStatus.Agreement(
            epoch: Epoch(2), view: View(30), leader: 1, ownIndex: nil, isBusy: true,
            isBehind: false, silentBecause: nil)
        gateway.operations.authorities = [
            OperationStatus.Authority(
                name: "south", isSelf: false, isConnected: false, address: "127.0.0.1:7600",
                lastVote: (Epoch(2), View(29)), lastVoteMilliseconds: 1_640_000_000_250,
                isSilent: true, lastFailure: "unreachable")
        ]
        gateway.operations.lostViews = [
            OperationStatus.LostView(
                epoch: Epoch(2), view: View(28), leader: "south", reason: "deadLeader",
                milliseconds: 1_640_000_000_000)
        ]
        gateway.operations.finality.medianMilliseconds = 1.5
        gateway.operations.stalledBecause = "nothing is heard of south"
        let seen = try await ask("/v1/operation", of: .members, gateway: gateway)
        #expect(seen.status == 200)
        let members = try seen.members()
        #expect(
            members["agreement"]
                == [
                    "epoch": 2, "view": 30, "leader": 1, "own": .null, "busy": true,
                    "behind": false, "silentBecause": .null,
                ])
        #expect(
            members["authorities"]
                == [
                    [
                        "name": "south", "self": false, "connected": false,
                        "address": "127.0.0.1:7600", "lastVote": ["epoch": 2, "view": 29],
                        "lastVoteTime": "2021-12-20T11:33:20.250Z", "silent": true,
                        "lastFailure": "unreachable",
                    ]
                ])
        #expect(members["lostViews"]?.array?.count == 1 && members["evidence"] == [])
        #expect(members["finality"]?.object?["medianMicroseconds"] == 1_500)
        #expect(members["finality"]?.object?["p99Microseconds"] == .null)
        #expect(members["stalledBecause"] == "nothing is heard of south")
        #expect(members["clockOffsetMilliseconds"] == .null)
        #expect(try await ask("/v1/operation", gateway: gateway).status == 404)
    }
}
