import Foundation
import Primitives
import Wire

extension BlockExecution {
    /// Checks a window against L3 and L4 and gives its shares by month.
    ///
    /// Shares are by seconds, rounded down, the remainder to the last day.
    mutating func shares(
        of window: ReadWindow, device: ProtoDeviceValue, intake: inout ReadIntake
    ) throws -> [ReadIntake.MonthPart] {
        let capacity = Watts(device.details.capacityWatts)
        let seconds = window.end.rawValue - window.start.rawValue
        let energy = window.energy.rawValue
        let limit = Ceiling.window(
            capacity: capacity, seconds: seconds, parameters: context.parameters)
        guard energy <= limit else {
            throw Refusal(
                .aboveWindowLimit, "watt_hours",
                "\(energy) Wh in \(seconds) s, at most \(limit) Wh.", limit: limit,
                excess: energy - limit)
        }
        var parts: [ReadIntake.MonthPart] = []
        var month = CivilMonth(window.start)
        var left = energy
        var bounds = (start: month.start.rawValue, end: month.end.rawValue)
        while bounds.start < window.end.rawValue {
            let from = max(window.start.rawValue, bounds.start)
            let to = min(window.end.rawValue, bounds.end)
            var part = ReadIntake.MonthPart(
                month: month,
                window: UInt32(from - bounds.start)..<UInt32(to - bounds.start), days: [])
            let isLastMonth = to == window.end.rawValue
            var day = (from - bounds.start) / Timestamp.secondsPerDay
            var at = from
            while at < to {
                let dayEnd = min(to, bounds.start + (day + 1) * Timestamp.secondsPerDay)
                let isLastDay = isLastMonth && dayEnd == to
                let share =
                    isLastDay
                    ? left
                    : UInt64(UInt128(energy) * UInt128(dayEnd - at) / UInt128(seconds))
                part.days.append((Int(day), share))
                left -= share
                at = dayEnd
                day += 1
            }
            try check(part, of: window, device: device, intake: &intake)
            parts.append(part)
            month = month.next
            bounds = (bounds.end, month.end.rawValue)
        }
        return parts
    }

    /// One claim (L3) and the ceilings of days and month (L4 b, c).
    private mutating func check(
        _ part: ReadIntake.MonthPart, of window: ReadWindow, device: ProtoDeviceValue,
        intake: inout ReadIntake
    ) throws {
        let key = ReadIntake.MonthKey(device: window.device, month: part.month)
        if intake.months[key] == nil {
            let value =
                try state.message(
                    ProtoDeviceMonthValue.self, for: .deviceMonth(window.device, part.month))
                ?? .init()
            intake.months[key] = ReadIntake.Month(value)
        }
        guard let known = intake.months[key] else { return }
        if let other = known.covered.overlapping(part.window) {
            throw try overlapRefusal(window, other: other, month: part.month)
        }
        let yield = try countryYield(device.details.country, intake: &intake)
        let yieldMilli = Ceiling.yieldMilli(
            yield, month: part.month.month, parameters: context.parameters)
        let commissioned = Timestamp(device.details.commissioned)
        let capacity = Watts(device.details.capacityWatts)
        let monthStart = part.month.start.rawValue
        var added: UInt64 = 0
        for (day, share) in part.days {
            let dayEnd = Timestamp(monthStart + UInt64(day + 1) * Timestamp.secondsPerDay)
            let limit = ceilings.period(
                capacity: capacity, seconds: Timestamp.secondsPerDay,
                years: Ceiling.completedYears(from: commissioned, to: dayEnd),
                yieldMilli: yieldMilli, factorPpm: context.parameters.dayFactorPpm,
                parameters: context.parameters)
            let total = try checkedSum(known.days[day], share, "watt_hours")
            guard total <= limit else {
                let date = Timestamp(dayEnd.rawValue - Timestamp.secondsPerDay)
                throw Refusal(
                    .aboveDayLimit, "watt_hours",
                    "\(total) Wh on \(date.description.prefix(10)), at most \(limit) Wh.",
                    limit: limit, excess: total - limit)
            }
            added = try checkedSum(added, share, "watt_hours")
        }
        let limit = ceilings.period(
            capacity: capacity,
            seconds: UInt64(part.month.dayCount) * Timestamp.secondsPerDay,
            years: Ceiling.completedYears(from: commissioned, to: part.month.end),
            yieldMilli: yieldMilli, factorPpm: context.parameters.monthFactorPpm,
            parameters: context.parameters)
        let total = try checkedSum(known.total, added, "watt_hours")
        guard total <= limit else {
            throw Refusal(
                .aboveMonthLimit, "watt_hours",
                "\(total) Wh in \(part.month.start.description.prefix(7)), at most \(limit) Wh.",
                limit: limit, excess: total - limit)
        }
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
        for key in intake.months.keys.sorted() {
            guard let month = intake.months[key], month.isChanged else { continue }
            set(month.value, for: .deviceMonth(key.device, key.month))
        }
        for id in intake.devices.keys.sorted() {
            guard let device = intake.devices[id], device.isBaselineChanged else { continue }
            set(device.baseline, for: .baseline(id))
        }
    }
}
