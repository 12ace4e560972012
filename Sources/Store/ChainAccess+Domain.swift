import Foundation
import GRDB
package import Ledger
package import Primitives
import Wire

/// Queries about accounts, devices, projects and lots.
extension ChainAccess {
    /// A device as it is in force at a moment, or as it will first be.
    package func deviceRecord(_ id: DeviceID, at time: Timestamp) throws -> DeviceRecord? {
        guard let (effective, value) = try device(id, at: time) ?? lastRevision(of: id)
        else { return nil }
        let row = try Row.fetchOne(
            db, sql: "SELECT wh, reads FROM device_total WHERE device = ?", arguments: [id.sql])
        return DeviceRecord(
            id: id, effective: Timestamp(effective), value: value,
            energy: WattHours(row.map { unsigned($0[0]) } ?? 0),
            readCount: row.map { unsigned($0[1]) } ?? 0)
    }

    /// The latest months of a device before another one, with the ceilings of now.
    package func months(
        of device: DeviceID, before: CivilMonth? = nil, limit: Int, at time: Timestamp
    ) throws -> [DeviceMonthRecord] {
        let last = before.map { UInt64($0.ordinal) } ?? .max
        guard last > 0 else { return [] }
        guard let (_, value) = try self.device(device, at: time) ?? lastRevision(of: device),
            let parameters = try parameters(at: time),
            let country = CountryCode(value.details.country)
        else { return [] }
        let yield = try self.yield(of: country, at: time)
        return try leaves(
            from: StateKey(.deviceMonth, device.rawValue, 0),
            upTo: StateKey(.deviceMonth, device.rawValue, last - 1), limit: limit,
            descending: true
        ).map { leaf in
            let month = CivilMonth(ordinal: UInt32(truncatingIfNeeded: leaf.key.word1))
            let stored = try decode(ProtoDeviceMonthValue.self, leaf.value, leaf.key)
            let days =
                stored.dayWattHours
                + Array(repeating: 0, count: max(0, month.dayCount - stored.dayWattHours.count))
            func ceiling(seconds: UInt64, factor: UInt64) -> UInt64 {
                Ceiling.period(
                    capacity: Watts(value.details.capacityWatts), seconds: seconds,
                    years: Ceiling.completedYears(
                        from: Timestamp(value.details.commissioned), to: month.end),
                    yieldMilli: Ceiling.yieldMilli(
                        yield, month: month.month, parameters: parameters),
                    factorPpm: factor, parameters: parameters)
            }
            return DeviceMonthRecord(
                month: month, days: days,
                dayLimit: ceiling(
                    seconds: Timestamp.secondsPerDay, factor: parameters.dayFactorPpm),
                monthLimit: ceiling(
                    seconds: UInt64(month.dayCount) * Timestamp.secondsPerDay,
                    factor: parameters.monthFactorPpm))
        }
    }

    package func reads(
        of device: DeviceID, before: Timestamp?, limit: Int
    ) throws -> [ReadRecord] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT device, start, end, wh, kind, entry, row FROM read
                WHERE device = ? AND start < ? ORDER BY start DESC LIMIT ?
                """,
            arguments: [
                device.sql, before.map { min($0.rawValue, maximumRow) } ?? maximumRow, limit,
            ]
        ).map { readRecord($0) }
    }

    func readRecord(_ row: Row) -> ReadRecord {
        ReadRecord(
            window: ReadWindow(
                device: DeviceID(unsigned(row[0])), start: Timestamp(unsigned(row[1])),
                end: Timestamp(unsigned(row[2])), energy: WattHours(unsigned(row[3])),
                kind: ProtoReadKind(rawValue: row[4]) ?? .unspecified),
            entry: LogIndex(unsigned(row[5])), row: row[6])
    }

    package func project(_ id: ProjectID) throws -> ProjectRecord? {
        guard let value = try message(ProtoProjectValue.self, for: .project(id)) else {
            return nil
        }
        let series = try leaves(
            from: StateKey(.series, id.rawValue, 0), upTo: StateKey(.series, id.rawValue, .max),
            limit: 10_000
        ).map {
            SeriesRecord(
                id: $0.key.series, value: try decode(ProtoSeriesValue.self, $0.value, $0.key))
        }
        return ProjectRecord(id: id, value: value, series: series)
    }

    func lotRecord(_ key: StateKey, _ value: ProtoLotValue) -> LotRecord? {
        DRECRange(
            series: key.series, first: DRECSerial(key.word2), last: DRECSerial(value.last)
        ).map {
            LotRecord(
                range: $0, owner: AccountID(value.owner), status: value.status,
                entry: LogIndex(value.entry))
        }
    }

    package func redemption(_ entry: LogIndex) throws -> RedemptionRecord? {
        guard let value = try message(ProtoRedemptionValue.self, for: .redemption(entry)) else {
            return nil
        }
        return RedemptionRecord(
            entry: entry, transaction: try transactionID(at: entry), value: value)
    }

    func transactionID(at index: LogIndex) throws -> Digest? {
        try Data.fetchOne(
            db, sql: "SELECT id FROM entry WHERE idx = ?", arguments: [index.sql]
        ).flatMap { Digest(bytes: $0) }
    }
}
