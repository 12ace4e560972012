import Foundation
import Ledger
import Primitives
import Testing
import Wire

@Suite("A timeline tells what happened in order")
struct TimelineTests {
    private func items(_ record: ProvenanceRecord) async throws -> [String] {
        var gateway = try MemoryGateway.sample()
        gateway.provenances[record.range] = record
        let page = try await fetch("/drecs/\(record.range)", from: gateway)
        let lists = page.body.components(separatedBy: "<ol class=\"timeline\">")
        guard lists.count == 2, let list = lists[1].components(separatedBy: "</ol>").first else {
            return []
        }
        return try matches("(?s)<li>.*?</li>", in: list)
    }

    private func step(
        _ kind: ProvenanceStep.Kind, _ entry: UInt64, _ range: DRECRange, to owner: UInt64
    ) -> ProvenanceStep {
        ProvenanceStep(
            kind: kind, entry: LogIndex(entry), transaction: MemoryGateway.digest(9),
            height: Height(1), time: Timestamp(1_637_539_200 + entry), account: AccountID(2),
            from: kind == .mint ? nil : AccountID(2), to: AccountID(owner), range: range,
            channel: .api)
    }

    @Test("Generation comes first, then each entry with all that it did for one owner")
    func order() async throws {
        let gateway = try MemoryGateway.sample()
        let range = try #require(MemoryGateway.drecs(1, 250))
        let items = try await items(try #require(gateway.provenances[range]))
        #expect(items.count == 5)
        for (item, words) in zip(
            items,
            [
                ["2021-11-22 00:00:00 UTC", "Generated", "250\u{A0}kWh by 3 devices"],
                ["Minted", "for <a href=\"/accounts/A2\">", "250\u{A0}kWh", "#3"],
                ["Traded", "by <a href=\"/accounts/A2\">", "to <a href=\"/accounts/A3\">", "#5"],
                ["Redeemed", "by <a href=\"/accounts/A3\">", "100\u{A0}kWh", "#6"],
                ["Retired", "by <a href=\"/accounts/A2\">", "20\u{A0}kWh", "#7"],
            ])
        {
            for word in words { #expect(item.contains(word), "\(word)") }
        }
    }

    @Test("Parts that one entry moved to one owner are one event with their sum")
    func sums() async throws {
        let whole = try #require(MemoryGateway.drecs(1, 9))
        let parts = try [(1, 2), (4, 4), (6, 9)].map {
            try #require(MemoryGateway.drecs(UInt64($0.0), UInt64($0.1)))
        }
        let steps = [step(.mint, 1, whole, to: 2)] + parts.map { step(.trade, 2, $0, to: 3) }
        let items = try await items(
            ProvenanceRecord(range: whole, sources: [], steps: steps, lots: [], redemptions: []))
        #expect(items.count == 2)
        #expect(items.last?.contains("7\u{A0}kWh") == true)
    }

    @Test("Of many events the first and the last are told, and how many are between")
    func bounded() async throws {
        let whole = try #require(MemoryGateway.drecs(1, 9))
        for (count, told, between) in [(40, 40, nil), (41, 41, 1), (500, 41, 460)]
            as [(
                Int, Int, Int?
            )]
        {
            let steps = (0..<UInt64(count)).map { step(.trade, $0, whole, to: 3) }
            let items = try await items(
                ProvenanceRecord(
                    range: whole, sources: [], steps: steps, lots: [], redemptions: []))
            #expect(items.count == told)
            #expect(items.last?.contains("#\(count - 1)<") == true)
            let words = between.map { "<li>and \($0) more events</li>" }
            #expect(items.filter { $0.contains("more events") } == [words].compactMap(\.self))
        }
    }

    @Test("Without reads and steps there is none")
    func empty() async throws {
        let whole = try #require(MemoryGateway.drecs(1, 9))
        let items = try await items(
            ProvenanceRecord(
                range: whole, sources: [], steps: [], lots: [], redemptions: [],
                truncation: [.history]))
        #expect(items.isEmpty)
    }
}
