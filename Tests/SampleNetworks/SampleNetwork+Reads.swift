package import Ledger
package import Primitives
import Wire

extension SampleNetwork {
    /// A history read between two times, each `2021-12-17` or `2021-12-17T08:00:00Z`.
    package static func history(
        _ device: UInt64, _ start: String, _ end: String, _ wattHours: UInt64
    ) -> ReadRow {
        ReadRow(
            device: DeviceID(device), start: time(start), end: time(end),
            energy: WattHours(wattHours), kind: .history)
    }

    /// A history read of some noon hours of a day.
    package static func history(
        _ device: UInt64, _ day: String, _ wattHours: UInt64, hours: Range<UInt64> = 9..<15
    ) -> ReadRow {
        let midnight = time(day).rawValue
        return ReadRow(
            device: DeviceID(device), start: Timestamp(midnight + hours.lowerBound * 3_600),
            end: Timestamp(midnight + hours.upperBound * 3_600), energy: WattHours(wattHours),
            kind: .history)
    }

    package static func delta(
        _ device: UInt64, _ start: Timestamp, _ end: Timestamp, _ wattHours: UInt64
    ) -> ReadRow {
        ReadRow(
            device: DeviceID(device), start: start, end: end, energy: WattHours(wattHours),
            kind: .delta)
    }

    package static func aggregate(
        _ device: UInt64, _ at: Timestamp, _ counter: UInt64
    ) -> ReadRow {
        ReadRow(
            device: DeviceID(device), start: Timestamp(0), end: at, energy: WattHours(counter),
            kind: .aggregate)
    }
}
