import Primitives
import SwiftProtobuf
import Wire

/// How single values are written; the records' own files build on these.
extension CanonicalJSON {
    /// An id in its text form.
    static func id(_ value: some CustomStringConvertible) -> CanonicalJSON {
        .string(value.description)
    }

    static func account(_ number: UInt64) -> CanonicalJSON { .id(AccountID(number)) }
    static func device(_ number: UInt64) -> CanonicalJSON { .id(DeviceID(number)) }
    static func project(_ number: UInt64) -> CanonicalJSON { .id(ProjectID(number)) }

    /// RFC 3339 in UTC.
    static func time(_ seconds: UInt64) -> CanonicalJSON { .id(Timestamp(seconds)) }

    /// RFC 3339 in UTC with milliseconds: `2026-01-01T00:00:00.250Z`.
    static func time(milliseconds: UInt64) -> CanonicalJSON {
        let fraction = String(milliseconds % 1_000)
        let padding = String(repeating: "0", count: 3 - fraction.count)
        let whole = Timestamp(milliseconds / 1_000).description.dropLast()
        return .string(whole + "." + padding + fraction + "Z")
    }

    static func hex(_ bytes: some Sequence<UInt8>) -> CanonicalJSON { .string(Array(bytes).hex) }

    /// Hexadecimal digits, or null where there are no bytes.
    static func hexOrNull(_ bytes: some Collection<UInt8>) -> CanonicalJSON {
        bytes.isEmpty ? .null : .hex(bytes)
    }

    /// The value's JSON, or null for zero, which stands for "none" in the ledger's formats.
    static func unlessZero(
        _ value: UInt64, _ json: (UInt64) -> CanonicalJSON = { .unsigned($0) }
    ) -> CanonicalJSON {
        value == 0 ? .null : json(value)
    }

    /// A log index that is kept as index + 1, 0 meaning none.
    static func entry(plusOne value: UInt64) -> CanonicalJSON {
        value == 0 ? .null : .unsigned(value - 1)
    }

    /// The case's name: `onSiteGenerator`; the number of a case that this version does not know.
    static func word(_ value: some SwiftProtobuf.Enum) -> CanonicalJSON {
        let name = String(describing: value)
        return name.hasPrefix("UNRECOGNIZED") ? .integer(Int64(value.rawValue)) : .string(name)
    }

    /// A set of roles by name.
    static func roles(_ bits: UInt32) -> CanonicalJSON {
        let names = ["admin", "devices", "metering", "trading", "attesting"]
        return .array(
            names.enumerated().filter { bits >> $0.offset & 1 == 1 }.map { .string($0.element) })
    }

    /// `DREC101-2021-1..5`; what is no range is written by its parts.
    init(_ range: ProtoRange) {
        let series = SeriesID(project: ProjectID(range.project), vintage: range.vintage)
        let known = DRECRange(
            series: series, first: DRECSerial(range.first), last: DRECSerial(range.last))
        self = known.map { .id($0) } ?? .string("DREC\(series)-\(range.first)..\(range.last)")
    }

    /// This object with further members.
    func with(_ members: [String: CanonicalJSON]) -> CanonicalJSON {
        .object((object ?? [:]).merging(members) { _, new in new })
    }
}
