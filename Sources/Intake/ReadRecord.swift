package import Foundation
package import Primitives
package import Wire

/// One meter read as a file has it, in units that every file can be told in.
package struct ReadRecord: Hashable, Sendable {
    /// Line in the file, from 1.
    package let line: Int
    package let externalID: ExternalID
    /// Nil for an aggregate, and for a delta that starts where the last one ended (L2).
    package let start: Timestamp?
    /// For an aggregate the moment of the counter. Later than ``start``.
    package let end: Timestamp
    /// For an aggregate the counter's value.
    package let nanoWattHours: NanoWattHours
    package let kind: ProtoReadKind

    package init(
        line: Int, externalID: ExternalID, start: Timestamp?, end: Timestamp,
        nanoWattHours: NanoWattHours, kind: ProtoReadKind
    ) {
        self.line = line
        self.externalID = externalID
        self.start = start
        self.end = end
        self.nanoWattHours = nanoWattHours
        self.kind = kind
    }

    /// Whether the read can have counted so many watt-hours: its own, rounded down, or one more
    /// where it has a fraction, to which a carried one may have been added. A counter carries none.
    package func mayCount(as energy: WattHours) -> Bool {
        let whole = nanoWattHours.wattHours.rawValue
        if energy.rawValue == whole { return true }
        let hasFraction = nanoWattHours.rawValue % NanoWattHours.perWattHour != 0
        return hasFraction && kind != .aggregate && whole < .max && energy.rawValue == whole + 1
    }
}

/// What a file of reads leaves unsaid.
package struct ReadOptions: Sendable {
    /// Which end of its window a lone timestamp is.
    package enum TimestampMeaning: String, CaseIterable, Sendable {
        case start, end
    }

    /// The device of rows that name none.
    package var deviceExternalID: ExternalID?
    /// Which end of the window the one timestamp of layout (a) is.
    package var timestampMeans: TimestampMeaning
    /// Length of the windows of layout (a) in seconds. A whole number of days means calendar days
    /// where the timestamp has no offset, so that the windows of a place with summer time touch.
    package var intervalSeconds: UInt64
    /// The zone of times without offset, where the row itself names none.
    package var timeZone: TimeZone
    /// The kind of rows that name none.
    package var kind: ProtoReadKind

    /// Longest interval: the 366 days that a read may last (L2).
    package static let maximumIntervalSeconds: UInt64 = 366 * Timestamp.secondsPerDay

    package init(
        deviceExternalID: ExternalID? = nil, timestampMeans: TimestampMeaning = .start,
        intervalSeconds: UInt64 = Timestamp.secondsPerDay, timeZone: TimeZone = .gmt,
        kind: ProtoReadKind = .history
    ) {
        self.deviceExternalID = deviceExternalID
        self.timestampMeans = timestampMeans
        self.intervalSeconds = intervalSeconds
        self.timeZone = timeZone
        self.kind = kind
    }

    /// The zone of an option as text.
    ///
    /// - Throws: ``IntakeError/invalidOption(_:reason:)`` unless it is blank (UTC), `UTC` or an
    ///   IANA name.
    package static func timeZone(named name: String) throws(IntakeError) -> TimeZone {
        do {
            return try TimeZone.named(name.trimmed) ?? .gmt
        } catch {
            throw .invalidOption("timeZone", reason: error.message)
        }
    }

    func check() throws(IntakeError) {
        guard (1...ReadOptions.maximumIntervalSeconds).contains(intervalSeconds) else {
            throw .invalidOption(
                "interval",
                reason: "\(intervalSeconds) is not 1 to \(ReadOptions.maximumIntervalSeconds) s")
        }
        guard [.history, .delta, .aggregate].contains(kind) else {
            throw .invalidOption("kind", reason: "is none of history, delta, aggregate")
        }
    }
}
