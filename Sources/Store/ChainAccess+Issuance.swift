import Foundation
import GRDB
package import Ledger
package import Primitives
import Wire

extension ChainAccess {
    /// How much of a device's energy was issued and spent, by month.
    ///
    /// Placements are kept by the axis and not by device, so they are found through the entries
    /// that recorded the device's reads, and through the mints of those that were deferred. The
    /// newest entries come first, so that a limit leaves out the oldest.
    ///
    /// - Parameter first: the earliest month.
    package func issuance(
        of device: DeviceID, from first: CivilMonth, limits: IssuanceLimits = IssuanceLimits()
    ) throws -> IssuanceRecord {
        let entries = try Int64.fetchAll(
            db,
            sql: """
                SELECT DISTINCT entry FROM read WHERE device = ? AND end > ?
                ORDER BY entry DESC LIMIT ?
                """, arguments: [device.sql, Int64(first.start.rawValue), limits.entries + 1]
        ).map { LogIndex(unsigned($0)) }
        var sum = IssuanceSum(isComplete: entries.count <= limits.entries)
        var seen: UInt64 = 0
        for entry in entries.prefix(limits.entries) {
            guard let placed = try energyPlaced(by: entry, &sum) else { continue }
            let (next, overflow) = seen.addingReportingOverflow(UInt64(placed.placementsCount))
            guard !overflow, next <= limits.placements, sum.count < limits.own,
                sum.lots < limits.lots
            else {
                sum.isComplete = false
                break
            }
            seen = next
            for issue in placed.issues {
                try add(issue, of: device, from: first, lots: limits.lots, to: &sum)
            }
        }
        return sum.record
    }

    /// What an entry placed, or the mint of its deferred reads; nil while they are not minted.
    private func energyPlaced(
        by entry: LogIndex, _ sum: inout IssuanceSum
    ) throws -> ProtoEnergyPlaced? {
        var placing = entry
        if let evidence = try evidence(entry) {
            guard evidence.value.mintedAt > 0 else { return nil }
            placing = LogIndex(evidence.value.mintedAt - 1)
        }
        guard let transaction = try transaction(at: placing) else {
            // From before the blocks that are here.
            sum.isComplete = false
            return nil
        }
        for event in transaction.receipt.events {
            if case .energyPlaced(let placed) = event.event { return placed }
        }
        return nil
    }

    private func add(
        _ issue: ProtoSeriesIssue, of device: DeviceID, from first: CivilMonth,
        lots limit: Int, to sum: inout IssuanceSum
    ) throws {
        let series = SeriesID(project: ProjectID(issue.project), vintage: issue.vintage)
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT offset, length, start FROM placement
                WHERE project = ? AND vintage = ? AND offset >= ? AND offset < ? AND device = ?
                    AND start >= ?
                ORDER BY offset
                """,
            arguments: [
                series.project.sql, Int64(series.vintage), Int64(bitPattern: issue.offset),
                Int64(bitPattern: issue.offset &+ issue.length), device.sql,
                Int64(first.start.rawValue),
            ])
        var lot: LotRecord?
        while let row = try rows.next() {
            let start = unsigned(row[0])
            let place = start..<(start &+ unsigned(row[1]))
            let month = CivilMonth(Timestamp(unsigned(row[2])))
            sum.add(month, \.issued, place.upperBound - place.lowerBound)
            var next = place.lowerBound
            while next < place.upperBound {
                if !(lot?.range.energy.contains(next) ?? false) {
                    guard sum.lots < limit else {
                        sum.isComplete = false
                        break
                    }
                    sum.lots += 1
                    lot = try self.lot(at: next, on: series)
                }
                // What has not completed a D-REC yet is in no lot.
                guard let energy = lot?.range.energy, let status = lot?.status else { break }
                let end = min(place.upperBound, energy.upperBound)
                if status == .redeemed { sum.add(month, \.redeemed, end - next) }
                if status == .retired { sum.add(month, \.retired, end - next) }
                next = end
            }
        }
    }

    /// The lot of a watt-hour.
    private func lot(at wattHour: UInt64, on series: SeriesID) throws -> LotRecord? {
        let serial = DRECSerial(wattHour / WattHours.perDREC + 1)
        guard let (first, value) = try lot(holding: serial, of: series) else { return nil }
        return lotRecord(.lot(series, first: first), value)
    }
}

/// Adds up by months.
private struct IssuanceSum {
    var isComplete: Bool
    /// Placements so far.
    private(set) var count = 0
    /// Lots that were looked up so far.
    var lots = 0
    private var months: [CivilMonth: IssuanceRecord.Month] = [:]

    init(isComplete: Bool) { self.isComplete = isComplete }

    mutating func add(
        _ month: CivilMonth, _ part: WritableKeyPath<IssuanceRecord.Month, UInt64>,
        _ wattHours: UInt64
    ) {
        if part == \.issued { count += 1 }
        months[month, default: IssuanceRecord.Month(month: month)][keyPath: part] += wattHours
    }

    var record: IssuanceRecord {
        IssuanceRecord(
            months: months.values.sorted { $0.month < $1.month }, isComplete: isComplete)
    }
}
