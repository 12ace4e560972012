import Foundation
import Primitives
import Wire

extension BlockExecution {
    /// Checks a window against L3 and L4 and gives its shares by month.
    ///
    /// Shares are by seconds, rounded down, the remainder to the last day.
    mutating func shares(
        of window: ReadWindow, device: ReadIntake.Device, revision: ProtoDeviceValue,
        intake: inout ReadIntake
    ) throws -> [ReadIntake.MonthPart] {
        let seconds = window.end.rawValue - window.start.rawValue
        let energy = window.energy.rawValue
        let limit = Ceiling.window(
            capacity: Watts(revision.details.capacityWatts), seconds: seconds,
            parameters: context.parameters)
        guard energy <= limit else {
            throw Refusal(
                .aboveWindowLimit, "watt_hours",
                "\(energy) Wh in \(seconds) s, at most \(limit) Wh.", limit: limit,
                excess: energy - limit)
        }
        var parts: [ReadIntake.MonthPart] = []
        var left = energy
        var at = window.start.rawValue
        // Rows of a device mostly go on in the month of the row before.
        var month: ReadIntake.Month
        if let latest = device.months.last, latest.start <= at, at < latest.end {
            month = latest
        } else {
            month = try intakeMonth(CivilMonth(window.start), of: device)
        }
        while true {
            let to = min(window.end.rawValue, month.end)
            var part = ReadIntake.MonthPart(
                month: month, window: UInt32(at - month.start)..<UInt32(to - month.start),
                firstDay: Int((at - month.start) / Timestamp.secondsPerDay), shares: [])
            while at < to {
                let day = (at - month.start) / Timestamp.secondsPerDay
                let dayEnd = min(to, month.start + (day + 1) * Timestamp.secondsPerDay)
                let share =
                    dayEnd == window.end.rawValue
                    ? left
                    : UInt64(UInt128(energy) * UInt128(dayEnd - at) / UInt128(seconds))
                part.shares.append(share)
                left -= share
                at = dayEnd
            }
            try check(part, of: window, revision: revision, intake: &intake)
            parts.append(part)
            guard to < window.end.rawValue else { return parts }
            month = try intakeMonth(month.month.next, of: device)
        }
    }

    private func intakeMonth(
        _ month: CivilMonth, of device: ReadIntake.Device
    ) throws -> ReadIntake.Month {
        if let known = device.month(month) { return known }
        let value = try state.message(
            ProtoDeviceMonthValue.self, for: .deviceMonth(device.id, month))
        return device.add(ReadIntake.Month(month, value ?? .init()))
    }

    /// One claim (L3) and the ceilings of days and month (L4 b, c).
    private mutating func check(
        _ part: ReadIntake.MonthPart, of window: ReadWindow, revision: ProtoDeviceValue,
        intake: inout ReadIntake
    ) throws {
        let month = part.month
        if let other = month.covered.overlapping(part.window) {
            throw try overlapRefusal(window, other: other, month: month.month)
        }
        // One leaf holds them all (L10).
        let most = LedgerLimits.intervalsPerDeviceMonth
        guard month.covered.hasRoom(for: part.window, limit: most) else {
            throw Refusal(.tooManyIntervals, "start", "At most \(most).", limit: UInt64(most))
        }
        try prepareLimits(of: month, revision: revision, intake: &intake)
        var added: UInt64 = 0
        for (offset, share) in part.shares.enumerated() {
            let day = part.firstDay + offset
            let limit = dayLimit(day, of: month)
            let total = try checkedSum(month.days[day], share, "watt_hours")
            guard total <= limit else {
                let date = Timestamp(month.start + UInt64(day) * Timestamp.secondsPerDay)
                throw Refusal(
                    .aboveDayLimit, "watt_hours",
                    "\(total) Wh on \(date.description.prefix(10)), at most \(limit) Wh.",
                    limit: limit, excess: total - limit)
            }
            added = try checkedSum(added, share, "watt_hours")
        }
        let limit = month.limits?.month ?? 0
        let total = try checkedSum(month.total, added, "watt_hours")
        guard total <= limit else {
            throw Refusal(
                .aboveMonthLimit, "watt_hours",
                "\(total) Wh in \(month.month.start.description.prefix(7)), at most \(limit) Wh.",
                limit: limit, excess: total - limit)
        }
    }

    /// Computes the month's limits unless they are known for this capacity and commissioning.
    private mutating func prepareLimits(
        of month: ReadIntake.Month, revision: ProtoDeviceValue, intake: inout ReadIntake
    ) throws {
        let capacity = revision.details.capacityWatts
        let commissioned = revision.details.commissioned
        if let known = month.limits, known.capacity == capacity,
            known.commissioned == commissioned
        {
            return
        }
        let yieldMilli = Ceiling.yieldMilli(
            try countryYield(revision.details.country, intake: &intake),
            month: month.month.month, parameters: context.parameters)
        month.limits = ReadIntake.MonthLimits(
            capacity: capacity, commissioned: commissioned, yieldMilli: yieldMilli,
            month: ceilings.period(
                capacity: Watts(capacity),
                seconds: UInt64(month.month.dayCount) * Timestamp.secondsPerDay,
                years: Ceiling.completedYears(
                    from: Timestamp(commissioned), to: month.month.end),
                yieldMilli: yieldMilli, factorPpm: context.parameters.monthFactorPpm,
                parameters: context.parameters))
    }

    private mutating func dayLimit(_ day: Int, of month: ReadIntake.Month) -> UInt64 {
        guard let limits = month.limits else { return 0 }
        if let known = limits.days[day] { return known }
        let dayEnd = Timestamp(month.start + UInt64(day + 1) * Timestamp.secondsPerDay)
        let limit = ceilings.period(
            capacity: Watts(limits.capacity), seconds: Timestamp.secondsPerDay,
            years: Ceiling.completedYears(from: Timestamp(limits.commissioned), to: dayEnd),
            yieldMilli: limits.yieldMilli, factorPpm: context.parameters.dayFactorPpm,
            parameters: context.parameters)
        month.limits?.days[day] = limit
        return limit
    }

    /// "Already recorded" for the very same read, "overlaps" for any other.
    private func overlapRefusal(
        _ window: ReadWindow, other: Range<UInt32>, month: CivilMonth
    ) throws -> Refusal {
        if let recorded = try state.recordedWindow(of: window.device, from: window.start),
            recorded.end == window.end, recorded.energy == window.energy
        {
            return Refusal(.alreadyRecorded, "start", "By entry \(recorded.entry).")
        }
        let start = Timestamp(month.start.rawValue + UInt64(other.lowerBound))
        let end = Timestamp(month.start.rawValue + UInt64(other.upperBound))
        return Refusal(.windowsOverlap, "start", "Recorded from \(start) to \(end).")
    }

    private func countryYield(
        _ country: String, intake: inout ReadIntake
    ) throws -> ProtoYield? {
        if let known = intake.yields[country] { return known }
        let code = try self.country(country, "country")
        let yield = try state.yield(of: code, at: context.time)
        intake.yields[country] = yield
        return yield
    }

    /// Writes what the intake changed, in ascending order of keys.
    mutating func write(_ intake: ReadIntake) {
        let devices = intake.sortedDevices
        for device in devices {
            for month in device.months.sorted(by: { $0.month < $1.month }) where month.isChanged {
                set(month.value, for: .deviceMonth(device.id, month.month))
            }
        }
        for device in devices where device.isBaselineChanged {
            set(device.baseline, for: .baseline(device.id))
        }
    }
}
