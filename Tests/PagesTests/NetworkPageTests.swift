import Foundation
import Gateway
import HTTPTypes
import Ledger
import Primitives
import SwiftProtobuf
import Testing
import Wire

@Suite("The page of the network")
struct NetworkPageTests {
    private static func body(_ gateway: MemoryGateway) async throws -> String {
        let page = try await fetch("/network", from: gateway)
        #expect(page.status == .ok)
        return page.body
    }

    @Test("tells who votes, with which keys, who will, and by which parameters")
    func facts() async throws {
        let body = try await Self.body(try MemoryGateway.governed())
        for fact in [
            "4 authorities take turns; a block is final when 3 of them have signed it.",
            "north &lt;b&gt;", "6161616161616161…", String(repeating: "62", count: 32),
            "In the order of their turns, epoch 0", "<bdi>fifth</bdi> joins",
            "<bdi>west</bdi> leaves", "<bdi>new</bdi> for <bdi>east</bdi>",
            "Other keys for <bdi>south</bdi>", "Waiting for approvals", "Lapsed", "2 of 3",
            "/entries/7", "0.5\u{A0}%", "150.0001\u{A0}%", "2022-04-15 05:20:00 UTC",
            "/v1/genesis", MemoryGateway.digest(0xAA).hex, "/v1/authorities",
        ] { #expect(body.contains(fact), "\(fact)") }
        #expect(!body.contains("<b>"))
    }

    @Test("says first that an authority of the present epoch signed twice, and proves it")
    func doubleVotes() async throws {
        var gateway = try MemoryGateway.governed()
        let body = try await Self.body(gateway)
        for fact in ["badge bad\">An authority signed twice", "Notarized two blocks", "0, 4"] {
            #expect(body.contains(fact), "\(fact)")
        }
        // Of an epoch that is over, in a set that is not known: no alarm, and no name.
        gateway.doubles = gateway.doubles.map {
            DoubleVoteRecord(epoch: Epoch(9), seat: 3, authority: nil, value: $0.value)
        }
        let past = try await Self.body(gateway)
        #expect(past.contains("Seat 3") && !past.contains("An authority signed twice"))
        gateway.doubles[0] = DoubleVoteRecord(
            epoch: Epoch(9), seat: 3, authority: nil, value: .init())
        #expect(try await Self.body(gateway).contains("Seat 3"))
    }

    @Test("tells which block each authority signed last, and a block tells who signed it")
    func signatures() async throws {
        var gateway = try MemoryGateway.governed()
        gateway.blockRecords = gateway.blockRecords.map { record in
            var (header, finalization) = (record.header, record.finalization)
            header.proposer = 2
            // The last authority's signature comes too late from the sixth block on.
            finalization.signers = Data([header.height < 6 ? 0b1011 : 0b0111])
            return BlockRecord(
                hash: record.hash, header: header, finalization: finalization,
                firstEntry: record.firstEntry)
        }
        let rows = try matches("<tr><th scope=\"row\"><bdi>.*", in: try await Self.body(gateway))
        for (row, block) in zip(rows, [8, 8, 8, 5]) {
            #expect(row.contains("<td><a href=\"/blocks/\(block)\">"), "\(row)")
        }
        let block = try await fetch("/blocks/3", from: gateway).body
        #expect(block.contains("<dt>Proposed by</dt><dd><bdi>east</bdi></dd>"))
        #expect(
            block.contains(
                "3 authorities: <bdi>north &lt;b&gt;</bdi>, <bdi>south</bdi>, <bdi>west</bdi>"))
        let parent = MemoryGateway.digest(0xB2)
        #expect(block.contains("<a href=\"/blocks/\(parent)\"><code>\(parent)</code></a>"))
        // Of an epoch whose authorities are not known: places, and no names.
        gateway.blockRecords = gateway.blockRecords.map { record in
            var header = record.header
            header.epoch = .max
            return BlockRecord(
                hash: record.hash, header: header, finalization: record.finalization,
                firstEntry: record.firstEntry)
        }
        #expect(!(try await Self.body(gateway)).contains("/blocks/5\""))
        let other = try await fetch("/blocks/3", from: gateway).body
        #expect(other.contains("<dd>Authority 2</dd>") && !other.contains("east"))
    }

    @Test("is whole where nothing is known yet, and for an authority alone")
    func little() async throws {
        var gateway = try MemoryGateway.sample()
        #expect(try await Self.body(gateway).contains("None are known here."))
        gateway.sets = [
            AuthoritySetRecord(
                set: AuthoritySet(
                    epoch: Epoch(3),
                    value: .with { $0.authorities = [MemoryGateway.seat("one", 1)] }),
                isPresent: true)
        ]
        #expect(try await Self.body(gateway).contains("One authority decides alone."))
    }
}
