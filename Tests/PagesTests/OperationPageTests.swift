import Gateway
import HTTPTypes
import Primitives
import Testing

@Suite("The operator's page")
struct OperationPageTests {
    private static func sample() -> OperationStatus {
        var status = OperationStatus()
        status.agreement = OperationStatus.Agreement(
            epoch: Epoch(0), view: View(12), leader: 1, ownIndex: 0, isBusy: true, isBehind: false,
            silentBecause: nil)
        status.authorities = [
            OperationStatus.Authority(
                name: "north <b>", isSelf: true, isConnected: true, address: nil,
                lastVote: (Epoch(0), View(11)), lastVoteMilliseconds: 1_640_000_000_000,
                isSilent: false, lastFailure: nil),
            OperationStatus.Authority(
                name: "south", isSelf: false, isConnected: false, address: "south.example:7600",
                lastVote: nil, lastVoteMilliseconds: nil, isSilent: true,
                lastFailure: "unreachable"),
        ]
        status.lostViews = [
            OperationStatus.LostView(
                epoch: Epoch(0), view: View(9), leader: "south", reason: "leaderTimeout",
                milliseconds: 1_640_000_000_000)
        ]
        status.finality.count = 1_024
        status.finality.medianMilliseconds = 12.34
        status.finality.p99Milliseconds = 87.6
        status.disk.chainBytes = 12_345_000_000
        status.disk.freeBytes = 98_765_000_000
        status.clockOffsetMilliseconds = -7
        status.uptimeMilliseconds = 7_200_000
        return status
    }

    private static func gateway(
        _ status: OperationStatus = sample()
    ) throws -> MemoryGateway {
        var gateway = try MemoryGateway.sample()
        gateway.operations = status
        return gateway
    }

    private static func body(_ gateway: MemoryGateway) async throws -> String {
        let page = try await fetch("/operation", from: gateway, isForMembers: true)
        #expect(page.status == .ok)
        return page.body
    }

    @Test("tells the agreement, each authority, lost views and the node")
    func facts() async throws {
        let body = try await Self.body(try Self.gateway())
        for fact in [
            "Transactions are on their way.", "<dd>0, 12</dd>", "north &lt;b&gt;",
            "south.example:7600",
            "epoch 0, view 11", "2021-12-20 11:33:20 UTC", "badge bad\">Away", "unreachable",
            "badge bad\">Passed over", "nothing came from it in time", "half within 12 ms",
            "99 of 100 within 88 ms", "12\u{202F}345 MB", "98\u{202F}765 MB", "7 ms behind", "2 h",
            "/v1/operation",
        ] {
            #expect(body.contains(fact), "\(fact)")
        }
        #expect(!body.contains("Signed twice") && !body.contains("<b>"))
    }

    @Test("a stall, a silent authority and evidence are said first and in words")
    func troubles() async throws {
        var stalled = Self.sample()
        stalled.stalledBecause = "3 of 4 authorities are needed"
        var silent = Self.sample()
        silent.agreement = OperationStatus.Agreement(
            epoch: Epoch(0), view: View(1), leader: 9, ownIndex: 1, isBusy: false, isBehind: true,
            silentBecause: "votes may have been lost")
        var caught = Self.sample()
        caught.evidence = [
            OperationStatus.Evidence(
                authority: "south <b>", votes: try MemoryGateway.doubleVote(),
                milliseconds: 1_640_000_000_000, reportedBy: nil),
            OperationStatus.Evidence(
                authority: "south", votes: try MemoryGateway.doubleVote(),
                milliseconds: 1_640_000_000_000, reportedBy: LogIndex(6)),
        ]
        for (status, facts) in [
            (stalled, ["badge bad\">Stalled", "3 of 4 authorities are needed"]),
            (silent, ["Signs nothing", "votes may have been lost", "Some are being fetched"]),
            (
                caught,
                [
                    "Signed twice", "Notarized two blocks", "0, 4", "Not yet", "/entries/6",
                    "south &lt;b&gt;", "drec authority evidence submit",
                ]
            ),
        ] {
            let body = try await Self.body(try Self.gateway(status))
            for fact in facts { #expect(body.contains(fact), "\(fact)") }
        }
    }

    @Test("is there for members alone, and before the chain is loaded, too")
    func members() async throws {
        let hidden = try await fetch("/operation", from: try Self.gateway())
        #expect(hidden.status == .notFound)
        let empty = try await Self.body(try MemoryGateway.sample())
        #expect(empty.contains("The chain is being loaded."))
    }
}
