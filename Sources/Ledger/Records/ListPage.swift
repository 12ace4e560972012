package import Primitives

/// A page of a list.
///
/// It may have fewer items than were asked for, none even, and still go on: a page costs a bounded
/// number of looks into an index, however rare what it is filtered for.
package struct ListPage<Item: Sendable, Position: Sendable>: Sendable {
    package let items: [Item]
    /// Where the list goes on; nil at its end.
    package let next: Position?

    package init(items: [Item], next: Position?) {
        self.items = items
        self.next = next
    }

    /// Of up to one item more than a page has, which tells whether there is a next one.
    package init(_ found: [Item], limit: Int, position: (Item) -> Position) {
        items = Array(found.prefix(limit))
        next = found.count > limit ? items.last.map(position) : nil
    }
}

/// Where a list of lots goes on: behind a serial, at which a lot may or may not begin.
package struct LotPosition: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let series: SeriesID
    package let serial: DRECSerial

    package init(series: SeriesID, serial: DRECSerial) {
        self.series = series
        self.serial = serial
    }

    /// Behind the beginning of a lot.
    package init(_ range: DRECRange) {
        self.init(series: range.series, serial: range.first)
    }

    /// Reads `101-2021-42`; nil for anything else.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, let project = UInt64(decimal: parts[0]),
            let vintage = UInt64(decimal: parts[1]).flatMap({ UInt32(exactly: $0) }),
            let serial = UInt64(decimal: parts[2]), serial <= DRECRange.maximumSerial
        else { return nil }
        self.init(
            series: SeriesID(project: ProjectID(project), vintage: vintage),
            serial: DRECSerial(serial))
    }

    package var description: String { "\(series)-\(serial.rawValue)" }

    package static func < (left: LotPosition, right: LotPosition) -> Bool {
        (left.series, left.serial) < (right.series, right.serial)
    }
}

/// How many items a list has, as far as they were counted.
package struct ListCount: Equatable, Sendable {
    package let number: UInt64
    /// Whether there are no more than that.
    package let isExact: Bool

    package init(number: UInt64, isExact: Bool) {
        self.number = number
        self.isExact = isExact
    }
}
