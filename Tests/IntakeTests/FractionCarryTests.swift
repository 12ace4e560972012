import Intake
import Primitives
import Testing
import Wire

@Suite("Fractions of a watt-hour")
struct FractionCarryTests {
    private func record(
        _ id: String, line: Int, start: UInt64?, end: UInt64, nano: UInt128,
        kind: ProtoReadKind = .history
    ) throws -> ReadRecord {
        ReadRecord(
            line: line, externalID: try #require(ExternalID(id)),
            start: start.map { Timestamp($0) }, end: Timestamp(end),
            nanoWattHours: try #require(NanoWattHours(nano)), kind: kind)
    }

    @Test("Whole watt-hours of any series add up to the floor of the exact sum")
    func sums() throws {
        var carry = FractionCarry.zero
        var (exact, whole) = (UInt128(0), UInt128(0))
        var state: UInt64 = 1
        for _ in 0..<10_000 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let energy = try #require(NanoWattHours(UInt128(state >> 20)))
            exact += energy.rawValue
            whole += UInt128(carry.wattHours(of: energy).rawValue)
            #expect(whole == exact / 1_000_000_000)
        }
        #expect(UInt128(carry.remainderNanoWattHours) == exact % 1_000_000_000)
    }

    @Test(
        "A read with a fraction may count one watt-hour more, and no other",
        arguments: [
            (1_000, UInt64(0), UInt64(1_000), ProtoReadKind.history, true),
            (1_000, 0, 1_001, .history, false), (1_000, 0, 999, .history, false),
            (1_000, 1, 1_001, .history, true), (1_000, 1, 1_000, .delta, true),
            (1_000, 999_999_999, 1_001, .delta, true), (1_000, 1, 1_002, .delta, false),
            (1_000, 1, 999, .delta, false), (1_000, 1, 1_001, .aggregate, false),
            (1_000, 1, 1_000, .aggregate, true), (0, 0, 1, .history, false),
            (.max, 0, .max, .history, true), (.max, 0, 0, .history, false),
        ] as [(UInt64, UInt64, UInt64, ProtoReadKind, Bool)])
    func counted(
        whole: UInt64, nano: UInt64, energy: UInt64, kind: ProtoReadKind, isSame: Bool
    ) throws {
        let exact = NanoWattHours(WattHours(whole)).rawValue + UInt128(nano)
        let read = try record("a", line: 2, start: 10, end: 20, nano: exact, kind: kind)
        #expect(read.mayCount(as: WattHours(energy)) == isSame)
    }

    @Test("The largest energy and the largest remainder do not overflow")
    func largest() throws {
        var carry = try #require(FractionCarry(remainderNanoWattHours: 999_999_999))
        #expect(carry.wattHours(of: .maximum).rawValue == .max)
        #expect(carry.remainderNanoWattHours == 999_999_999)
        #expect(NanoWattHours(NanoWattHours.maximum.rawValue + 1) == nil)
        #expect(FractionCarry(remainderNanoWattHours: 1_000_000_000) == nil)
    }

    @Test("Rows count in time order whatever their order in the file, each device by itself")
    func order() throws {
        let records = [
            try record("b", line: 2, start: 10, end: 20, nano: 700_000_000),
            try record("A", line: 3, start: 20, end: 30, nano: 600_000_000),
            try record("a", line: 4, start: 10, end: 20, nano: 600_000_000),
            try record("B", line: 5, start: nil, end: 30, nano: 700_000_000, kind: .delta),
        ]
        let whole = WholeRead.reads(of: records, carries: [:])
        #expect(whole.reads.map(\.record.line) == [4, 3, 2, 5])
        #expect(whole.reads.map(\.wattHours.rawValue) == [0, 1, 0, 1])
        let id = try #require(ExternalID("A"))
        #expect(whole.carries[id]?.remainderNanoWattHours == 200_000_000)
        #expect(WholeRead.reads(of: records.reversed(), carries: [:]).reads == whole.reads)
    }

    @Test("A row that the ledger refused leaves no trace when the others are counted again")
    func refusedRow() throws {
        let id = try #require(ExternalID("a"))
        let carries = [id: try #require(FractionCarry(remainderNanoWattHours: 500_000_000))]
        let rows = try (0..<3).map {
            try record("a", line: $0 + 2, start: UInt64($0), end: UInt64($0 + 1), nano: 500_000_000)
        }
        #expect(
            WholeRead.reads(of: rows, carries: carries).reads.map(\.wattHours.rawValue)
                == [1, 0, 1])
        let again = WholeRead.reads(of: [rows[0], rows[2]], carries: carries)
        #expect(again.reads.map(\.wattHours.rawValue) == [1, 0])
        #expect(again.carries[id]?.remainderNanoWattHours == 500_000_000)
    }

    @Test("A counter is rounded down by itself and carries nothing")
    func counter() throws {
        let rows = try [1_900_000_000, 2_900_000_000].enumerated().map {
            try record(
                "a", line: $0 + 2, start: nil, end: UInt64($0), nano: $1, kind: .aggregate)
        }
        let whole = WholeRead.reads(of: rows, carries: [:])
        #expect(whole.reads.map(\.wattHours.rawValue) == [1, 2])
        #expect(whole.carries.isEmpty)
    }
}
