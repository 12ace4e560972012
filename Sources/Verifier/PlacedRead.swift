import Foundation
import Primitives

/// A placement on a series' axis and the record of the read that it is from.
struct PlacedRead {
    let series: SeriesID
    /// Wh on the axis.
    let offset: UInt64
    /// Wh, at least 1.
    let length: UInt64
    /// The row of the read.
    let readIndex: UInt64
    /// The part of the read's window, seconds.
    let start: UInt64
    let end: UInt64
    /// The entry that placed it.
    let entry: UInt64
    let device: UInt64
    private let window: Range<UInt64>?
    private let recordEnd: UInt64
    /// Of the record: the read's, or a counter's.
    let watthours: UInt64

    private static let history: UInt8 = 1
    private static let delta: UInt8 = 2
    private static let aggregate: UInt8 = 3
    private static let longestWindow: UInt64 = 366 * 86_400

    var energy: Range<UInt64> { offset..<offset + length }

    /// Nil unless placement and record have their fixed forms.
    init?(_ read: ProofFile.Read) {
        let bytes = Array(read.placement)
        let record = Array(read.record)
        guard bytes.count == 48, record.count == 33 || record.count == 97 else { return nil }
        func number(_ bytes: [UInt8], _ place: Int, _ width: Int) -> UInt64 {
            bytes[place..<place + width].reduce(0) { $0 << 8 | UInt64($1) }
        }
        series = SeriesID(
            project: ProjectID(number(bytes, 0, 8)),
            vintage: UInt32(truncatingIfNeeded: number(bytes, 8, 4)))
        offset = number(bytes, 12, 8)
        length = number(bytes, 20, 8)
        readIndex = number(bytes, 28, 4)
        start = number(bytes, 32, 8)
        end = number(bytes, 40, 8)
        entry = read.entry
        device = number(record, 0, 8)
        let recordStart = number(record, 8, 8)
        recordEnd = number(record, 16, 8)
        watthours = number(record, 24, 8)
        let kind = record[32]
        guard length > 0, !offset.addingReportingOverflow(length).overflow, start < end,
            end <= Timestamp.maximum.rawValue, recordEnd <= Timestamp.maximum.rawValue,
            (PlacedRead.history...PlacedRead.aggregate).contains(kind)
        else { return nil }
        // A counter's window begins where the one before ended, and so does that of a delta without
        // a start: where that is, the record does not say.
        let isOpen = kind == PlacedRead.aggregate || kind == PlacedRead.delta && recordStart == 0
        guard isOpen || recordStart < recordEnd else { return nil }
        window = isOpen ? nil : recordStart..<recordEnd
    }

    /// Whether the placement is the read's energy, or a year's part of it.
    var agreesWithRecord: Bool {
        guard CivilDay(Timestamp(start)).year == Int(series.vintage),
            end <= PlacedRead.newYear(after: start)
        else { return false }
        guard let window else {
            return (end == recordEnd || end == PlacedRead.newYear(after: start))
                && end <= recordEnd && length <= watthours
        }
        // A range's own count is an Int, which a record may exceed.
        let seconds = window.upperBound - window.lowerBound
        guard seconds <= PlacedRead.longestWindow else { return false }
        // The read's energy by years, by seconds, rounded down but for the last.
        var left = watthours
        var at = window.lowerBound
        while at < window.upperBound {
            let partEnd = min(PlacedRead.newYear(after: at), window.upperBound)
            let share =
                partEnd == window.upperBound
                ? left
                : UInt64(UInt128(watthours) * UInt128(partEnd - at) / UInt128(seconds))
            if at == start { return partEnd == end && share == length }
            left -= share
            at = partEnd
        }
        return false
    }

    /// The first moment of the year after a moment's.
    private static func newYear(after moment: UInt64) -> UInt64 {
        let year = CivilDay(Timestamp(moment)).year
        return CivilDay(year: year + 1, month: 1, day: 1)?.start.rawValue ?? .max
    }
}
