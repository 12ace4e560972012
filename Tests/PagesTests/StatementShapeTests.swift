import Ledger
import Primitives
import Testing
import Wire

@Suite("A redemption statement has one sheet and one sentence, whatever is in it")
struct StatementShapeTests {
    private func body(_ change: (inout ProtoRedemptionValue) -> Void) async throws -> String {
        var gateway = try MemoryGateway.sample()
        let record = try #require(gateway.redemptionRecords.first)
        var value = record.value
        change(&value)
        gateway.redemptionRecords = [
            RedemptionRecord(entry: record.entry, transaction: record.transaction, value: value)
        ]
        return try await fetch("/redemptions/6", from: gateway).body
    }

    @Test(
        "Long texts and many ranges are printed smaller",
        arguments: [
            ("Office", 1, "statement"), ("", 1, "statement"),
            (String(repeating: "i", count: 500), 1, "statement dense"),
            (String(repeating: "\u{202E}", count: 60), 1, "statement dense"),
            (String(repeating: "\u{202E}", count: 160), 1, "statement densest"),
            (String(repeating: "W", count: 500), 9, "statement densest"),
            ("Office", 9, "statement dense"), ("Office", 40, "statement densest"),
        ])
    func density(purpose: String, ranges: Int, expected: String) async throws {
        let body = try await body { value in
            value.purpose = purpose
            value.ranges = []
            for number in 1...UInt64(ranges) {
                value.ranges.append(MemoryGateway.proto(2 * number, 2 * number))
            }
        }
        #expect(body.contains("<article class=\"\(expected)\">"))
    }

    @Test(
        "The period is a part of the sentence",
        arguments: [
            (1_609_459_200, 1_640_995_200, "in 2021"),
            (1_609_459_200, 1_612_137_600, "in January 2021"),
            (1_609_459_200, 1_672_531_200, "in 2021–2022"),
            (1_609_459_200, 1_609_545_600, "on 1\u{A0}January 2021"),
            (1_609_459_200, 1_609_459_200, "on 1\u{A0}January 2021"),
            (1_609_545_600, 1_640_995_200, "from 2\u{A0}January 2021 to 31\u{A0}December 2021"),
            (1_609_459_200, 1_614_556_800, "from 1\u{A0}January 2021 to 28\u{A0}February 2021"),
        ] as [(UInt64, UInt64, String)])
    func period(start: UInt64, end: UInt64, expected: String) async throws {
        let body = try await body { value in
            value.periodStart = start
            value.periodEnd = end
        }
        #expect(body.contains("for the use of electricity \(expected)."))
    }
}
