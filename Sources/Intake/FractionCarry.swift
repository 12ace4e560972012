package import Primitives
import Wire

/// What a device's reads have left over below one watt-hour.
///
/// With *S* the exact sum of all accepted reads so far, read *i* counts `⌊Sᵢ⌋ − ⌊Sᵢ₋₁⌋` Wh (ledger
/// §2), so less than 1 Wh of a device is ever open. Only the fraction of *S* is needed for that.
package struct FractionCarry: Hashable, Sendable {
    /// 0 to 999 999 999: what to persist.
    package private(set) var remainderNanoWattHours: UInt64

    package static let zero = FractionCarry()

    private init() { remainderNanoWattHours = 0 }

    /// A persisted remainder; nil for a whole watt-hour or more.
    package init?(remainderNanoWattHours: UInt64) {
        guard remainderNanoWattHours < NanoWattHours.perWattHour else { return nil }
        self.remainderNanoWattHours = remainderNanoWattHours
    }

    /// Adds a read's energy and gives the whole watt-hours that it completes.
    package mutating func wattHours(of energy: NanoWattHours) -> WattHours {
        let (whole, rest) = (UInt128(remainderNanoWattHours) + energy.rawValue)
            .quotientAndRemainder(dividingBy: NanoWattHours.perWattHour)
        remainderNanoWattHours = UInt64(truncatingIfNeeded: rest)
        return WattHours(UInt64(truncatingIfNeeded: whole))
    }
}

/// A read in whole watt-hours, as the ledger takes it.
package struct WholeRead: Hashable, Sendable {
    package let record: ReadRecord
    package let wattHours: WattHours

    /// Turns reads to whole watt-hours, each device's in time order, fractions carried.
    ///
    /// Pure: when the ledger refuses some of the rows, call it again with the same `carries` and
    /// the others, and keep the carries of the call whose rows were all accepted. A counter
    /// (aggregate) is rounded down by itself and carries nothing: differences of rounded counters
    /// are the formula already.
    ///
    /// - Parameters:
    ///   - records: in any order; none must be refused yet.
    ///   - carries: of the devices' earlier reads; a missing one is zero.
    /// - Returns: the reads by device, then time, then line; and the carries of all devices.
    package static func reads(
        of records: some Sequence<ReadRecord>, carries: [ExternalID: FractionCarry]
    ) -> (reads: [WholeRead], carries: [ExternalID: FractionCarry]) {
        var carries = carries
        let reads = records.sorted(by: precedes).map { record in
            guard record.kind != .aggregate else {
                return WholeRead(record: record, wattHours: record.nanoWattHours.wattHours)
            }
            let energy = record.nanoWattHours
            return WholeRead(
                record: record,
                wattHours: carries[record.externalID, default: .zero].wattHours(of: energy))
        }
        return (reads, carries)
    }

    private static func precedes(_ left: ReadRecord, _ right: ReadRecord) -> Bool {
        if left.externalID != right.externalID { return left.externalID < right.externalID }
        // A delta without start comes where it ends: it starts at the end of the one before.
        let (leftTime, rightTime) = (left.start ?? left.end, right.start ?? right.end)
        return (leftTime, left.end, left.line) < (rightTime, right.end, right.line)
    }
}
