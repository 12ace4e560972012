import Foundation
import HTTPTypes
import Ledger
import Primitives
import SwiftProtobuf
import Testing
import Wire

@Suite("Pages tell changes of authorities")
struct AuthorityPageTests {
    /// The page of a sample transaction whose action and event are others.
    private func page(
        _ action: ProtoTransactionBody.OneOf_Action, _ event: ProtoEvent.OneOf_Event?
    ) async throws -> String {
        var gateway = try MemoryGateway.sample()
        let record = try #require(gateway.transactionRecords.last)
        var body = record.body
        body.action = action
        var receipt = record.receipt
        receipt.events = event.map { event in [.with { $0.event = event }] } ?? []
        gateway.transactionRecords[gateway.transactionRecords.count - 1] = TransactionRecord(
            id: record.id, index: record.index, height: record.height, body: body,
            receipt: receipt)
        let page = try await fetch("/transactions/\(record.id)", from: gateway)
        #expect(page.status == .ok)
        return page.body
    }

    private func seat(_ name: String) -> ProtoAuthorityValue {
        .with {
            $0.account = 2
            $0.name = name
            $0.voteKey = Data(repeating: 0x61, count: 32)
        }
    }

    @Test("A proposal says who comes, who goes, who takes whose place and who gets other keys")
    func proposal() async throws {
        let changes: [ProtoSeatChange] = [
            .with { $0.to = seat("<fifth>") },
            .with { $0.seat = "west & co" },
            .with {
                $0.seat = "south"
                $0.to = seat("new")
            },
            .with {
                $0.seat = "east"
                $0.to = seat("east")
            },
        ]
        let body = try await page(
            .proposeAuthorityChange(.with { $0.changes = changes }),
            .authorityChangeMoved(
                .with {
                    $0.change = 6
                    $0.status = .proposed
                    $0.effective = 1_640_000_000
                    $0.approvals = 1
                    $0.quorum = 3
                }))
        for fact in [
            "Propose other authorities",
            "New: <bdi>&lt;fifth&gt;</bdi> of <a href=\"/accounts/A2\">",
            "<bdi>west &amp; co</bdi> leaves",
            "In the place of <bdi>south</bdi>: <bdi>new</bdi> of", "Other keys: <bdi>east</bdi> of",
            "minimum delay is over", "waits for approvals, 1 of 3 so far", "/entries/6",
            "2021-12-20 11:33:20 UTC",
        ] { #expect(body.contains(fact), "\(fact)") }
        #expect(!body.contains("<fifth>"))
    }

    @Test(
        "Each step has its sentence",
        arguments: [
            (ProtoAuthorityChangeStatus.approved, "is approved; it takes effect after"),
            (.withdrawn, ": Withdrawn."), (.lapsed, ": Lapsed."), (.inForce, ": In force."),
            (.fixed, ": About to take effect."), (.unspecified, ": Unknown."),
        ])
    func steps(_ status: ProtoAuthorityChangeStatus, _ fact: String) async throws {
        let body = try await page(
            .approveAuthorityChange(.with { $0.change = 6 }),
            .authorityChangeMoved(
                .with {
                    $0.change = 6
                    $0.status = status
                }))
        #expect(body.contains("Approve other authorities") && body.contains(fact))
    }

    @Test("Keys that were shown are told, with the block that was named")
    func join() async throws {
        let body = try await page(
            .joinAuthorities(
                .with {
                    $0.name = "\"fifth\""
                    $0.voteKey = Data(repeating: 0xAB, count: 32)
                    $0.height = 1_234
                }),
            .authorityJoined(
                .with {
                    $0.account = 2
                    $0.name = "\"fifth\""
                }))
        for fact in [
            "Show an authority’s keys", "&quot;fifth&quot;", String(repeating: "ab", count: 32),
            "showed that it holds the keys of", "Its node has block",
        ] { #expect(body.contains(fact), "\(fact)") }
    }

    @Test("What is missing or unknown is told as such, never left to a reader's guess")
    func odd() async throws {
        let withdrawn = try await page(.withdrawAuthorityChange(.init()), nil)
        #expect(withdrawn.contains("Withdraw an authority change"))
        let empty = try await page(.proposeAuthorityChange(.init()), nil)
        #expect(empty.contains("Propose other authorities"))
        let unknown = try await page(
            .joinAuthorities(.init()), .authorityChangeMoved(.with { $0.status = .UNRECOGNIZED(9) })
        )
        #expect(unknown.contains(": Unknown."))
    }
}
