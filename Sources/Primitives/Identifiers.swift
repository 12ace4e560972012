/// The devices' energy of one project and one vintage year, issued on one axis.
package struct SeriesID: Hashable, Comparable, Sendable {
    package let project: ProjectID
    /// The year (UTC) in which the energy was generated.
    package let vintage: UInt32

    package init(project: ProjectID, vintage: UInt32) {
        self.project = project
        self.vintage = vintage
    }

    package static func < (left: SeriesID, right: SeriesID) -> Bool {
        (left.project, left.vintage) < (right.project, right.vintage)
    }
}

/// Consecutive D-RECs of one series, `first...last`, never empty.
package struct DRECRange: Hashable, Comparable, Sendable {
    package let series: SeriesID
    package let first: DRECSerial
    package let last: DRECSerial

    /// Nil when reversed, or when a serial is zero or beyond ``maximumSerial``.
    package init?(series: SeriesID, first: DRECSerial, last: DRECSerial) {
        guard first.rawValue >= 1, first <= last, last.rawValue <= DRECRange.maximumSerial
        else { return nil }
        self.series = series
        self.first = first
        self.last = last
    }

    /// The largest serial whose energy interval still fits in 64 bits.
    package static let maximumSerial = UInt64.max / WattHours.perDREC

    /// Number of D-RECs, each 1 kWh.
    package var count: UInt64 { last.rawValue - first.rawValue + 1 }

    /// The energy interval `[start, end)` in Wh on the series' axis.
    package var energy: Range<UInt64> {
        (first.rawValue - 1) * WattHours.perDREC..<last.rawValue * WattHours.perDREC
    }

    package static func < (left: DRECRange, right: DRECRange) -> Bool {
        (left.series, left.first, left.last) < (right.series, right.first, right.last)
    }
}

extension AccountID: CustomStringConvertible {
    package var description: String { "A\(rawValue)" }
}

extension DeviceID: CustomStringConvertible {
    package var description: String { "D\(rawValue)" }
}

extension ProjectID: CustomStringConvertible {
    package var description: String { "P\(rawValue)" }
}

extension LogIndex: CustomStringConvertible {
    package var description: String { "#\(rawValue)" }
}

extension Epoch: CustomStringConvertible {
    package var description: String { String(rawValue) }
}

extension View: CustomStringConvertible {
    package var description: String { String(rawValue) }
}

extension Height: CustomStringConvertible {
    package var description: String { String(rawValue) }
}

extension SeriesID: CustomStringConvertible {
    /// `101-2021`
    package var description: String { "\(project.rawValue)-\(vintage)" }
}

extension DRECRange: CustomStringConvertible {
    /// `DREC101-2021-42` for one, `DREC101-2021-42..99` for several.
    package var description: String {
        let head = "DREC\(series)-\(first.rawValue)"
        return first == last ? head : "\(head)..\(last.rawValue)"
    }
}

/// Anything that has an id in text.
package enum Identifier: Hashable, Sendable {
    case account(AccountID)
    case device(DeviceID)
    case project(ProjectID)
    case drecs(DRECRange)
    case logEntry(LogIndex)
    case block(Height)
    /// A transaction's id or a block's hash: both are 64 hexadecimal digits.
    case digest(Digest)

    /// Reads any id as people write it: `A17`, `D2045`, `P101`, `DREC101-2021-42`,
    /// `DREC101-2021-42..99`, `#1234`, a block's number, or 64 hexadecimal digits. Letters may be
    /// in either case; numbers have no leading zeros and fit in 64 bits. Nil for anything else.
    package init?(_ text: some StringProtocol) {
        // Some letters outside of ASCII become ASCII in upper case.
        guard text.utf8.allSatisfy({ $0 < 0x80 }) else { return nil }
        let upper = text.uppercased()
        if upper.hasPrefix("DREC") {
            guard let range = DRECRange(text) else { return nil }
            self = .drecs(range)
        } else if upper.utf8.count == 64, let digest = Digest(hex: upper) {
            self = .digest(digest)
        } else if let number = UInt64(decimal: upper) {
            self = .block(Height(number))
        } else {
            guard let mark = upper.first, let number = UInt64(decimal: upper.dropFirst())
            else { return nil }
            switch mark {
            case "A" where number > 0: self = .account(AccountID(number))
            case "D" where number > 0: self = .device(DeviceID(number))
            case "P" where number >= ProjectID.first.rawValue: self = .project(ProjectID(number))
            case "#": self = .logEntry(LogIndex(number))
            default: return nil
            }
        }
    }
}

extension DRECRange {
    /// Reads `DREC101-2021-42` or `DREC101-2021-42..99`; nil for anything else.
    package init?(_ text: some StringProtocol) {
        guard text.utf8.allSatisfy({ $0 < 0x80 }) else { return nil }
        let upper = text.uppercased()
        guard upper.hasPrefix("DREC") else { return nil }
        let parts = upper.dropFirst(4).split(
            separator: "-", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3,
            let project = UInt64(decimal: parts[0]), project >= ProjectID.first.rawValue,
            let year = UInt64(decimal: parts[1]), let vintage = UInt32(exactly: year)
        else { return nil }
        let ends = parts[2].split(separator: ".", omittingEmptySubsequences: false)
        let last: Substring
        switch ends.count {
        case 1: last = ends[0]
        case 3 where ends[1].isEmpty: last = ends[2]
        default: return nil
        }
        guard let firstSerial = UInt64(decimal: ends[0]), let lastSerial = UInt64(decimal: last)
        else { return nil }
        self.init(
            series: SeriesID(project: ProjectID(project), vintage: vintage),
            first: DRECSerial(firstSerial), last: DRECSerial(lastSerial))
    }
}

extension UInt64 {
    /// Reads decimal digits without sign, blanks or leading zeros; nil for anything else or when
    /// the number does not fit.
    package init?(decimal text: some StringProtocol) {
        let digits = text.utf8
        guard let first = digits.first, digits.count <= 20,
            digits.count == 1 || first != UInt8(ascii: "0")
        else { return nil }
        var value: UInt64 = 0
        for digit in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
            let (shifted, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = shifted.addingReportingOverflow(UInt64(digit - UInt8(ascii: "0")))
            guard !overflow, !carry else { return nil }
            value = sum
        }
        self = value
    }
}
