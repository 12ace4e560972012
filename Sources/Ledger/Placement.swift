package import Primitives

/// A read, or a part of one, on a series' energy axis: `[offset, offset + length)` Wh.
package struct Placement: Hashable, Sendable {
    package let series: SeriesID
    /// On the axis, in Wh.
    package let offset: UInt64
    /// In Wh, at least 1.
    package let length: UInt64
    /// Which row of the submission.
    package let readIndex: UInt32
    /// The part of the read's window that this energy is from.
    package let start: Timestamp
    package let end: Timestamp

    package static let recordByteCount = 48

    package init(
        series: SeriesID, offset: UInt64, length: UInt64, readIndex: UInt32, start: Timestamp,
        end: Timestamp
    ) {
        self.series = series
        self.offset = offset
        self.length = length
        self.readIndex = readIndex
        self.start = start
        self.end = end
    }

    /// The record that is a leaf under `placements_root`: project 8 bytes, vintage 4, offset 8,
    /// length 8, read index 4, start 8, end 8, all big-endian.
    package func appendRecord(to buffer: inout [UInt8]) {
        buffer.append(bigEndian: series.project.rawValue)
        buffer.append(bigEndian: series.vintage)
        buffer.append(bigEndian: offset)
        buffer.append(bigEndian: length)
        buffer.append(bigEndian: readIndex)
        buffer.append(bigEndian: start.rawValue)
        buffer.append(bigEndian: end.rawValue)
    }
}
