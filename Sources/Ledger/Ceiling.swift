package import Primitives
package import Wire

/// The plausibility limits of rule L4, in whole numbers.
///
/// Seed formula: `kWhmax(t) = kWp × (1−μ)^(a−1) × t × yield/8760 × β`. Capacities are watts, so
/// that the result is watt-hours. Products stay below 2¹²⁸ for every value that
/// ``ParameterBounds`` and the capacity limit permit: 2.5·10⁵ × 10⁹ × 3.2·10⁷ × 10⁸ × 10⁸ < 10³⁸.
package enum Ceiling {
    private static let hoursPerYear: UInt128 = 8_760
    private static let secondsPerHour: UInt128 = 3_600
    private static let million: UInt128 = 1_000_000

    /// What the nameplate allows in a window: `factor × capacity × hours`, rounded down.
    package static func window(
        capacity: Watts, seconds: UInt64, parameters: ProtoParameters
    ) -> UInt64 {
        let product =
            UInt128(capacity.rawValue) * UInt128(seconds) * UInt128(parameters.windowFactorPpm)
        return UInt64(clamping: product / (secondsPerHour * million))
    }

    /// The ceiling of a period times a factor, rounded down.
    ///
    /// - Parameters:
    ///   - years: completed years from commissioning to the period's end, at least 1.
    ///   - yieldMilli: yield of the period's month, in thousandths of a kWh per kWp a year.
    ///   - factorPpm: the day's or the month's factor.
    package static func period(
        capacity: Watts, seconds: UInt64, years: Int, yieldMilli: UInt64, factorPpm: UInt64,
        parameters: ProtoParameters
    ) -> UInt64 {
        let scale = UInt128(parameters.scalerPpm) * UInt128(factorPpm) / million
        let remaining = UInt128(
            remainingPpb(degradation: parameters.degradationPpb, years: years))
        let product =
            UInt128(capacity.rawValue) * remaining * UInt128(seconds) * UInt128(yieldMilli)
            * scale
        let divisor =
            1_000_000_000 * 1_000 * hoursPerYear * secondsPerHour * million
        return UInt64(clamping: product / divisor)
    }

    /// `(1−μ)^(a−1)` in parts per 10⁹, rounded down at each step.
    package static func remainingPpb(degradation: UInt64, years: Int) -> UInt64 {
        var remaining: UInt64 = 1_000_000_000
        let kept = 1_000_000_000 - min(degradation, 1_000_000_000)
        for _ in 1..<max(2, min(years, 1_000)) where years > 1 {
            remaining = remaining * kept / 1_000_000_000
        }
        return remaining
    }

    /// Completed years between two moments, at least 1: the anniversary counts from its own moment.
    package static func completedYears(from start: Timestamp, to end: Timestamp) -> Int {
        let first = CivilDay(start)
        let last = CivilDay(end)
        var years = last.year - first.year
        let startSecond = start.rawValue % Timestamp.secondsPerDay
        let endSecond = end.rawValue % Timestamp.secondsPerDay
        if (last.month, last.day, endSecond) < (first.month, first.day, startSecond) {
            years -= 1
        }
        return max(1, years)
    }

    /// The yield of a month in thousandths of a kWh per kWp a year: the country's where it has one,
    /// times the month's factor, else the network's default.
    package static func yieldMilli(
        _ yield: ProtoYield?, month: Int, parameters: ProtoParameters
    ) -> UInt64 {
        guard let yield else { return parameters.defaultYieldKwhPerKwp * 1_000 }
        guard yield.monthFactorsPpm.count == 12 else { return yield.kwhPerKwp * 1_000 }
        return yield.kwhPerKwp * yield.monthFactorsPpm[month - 1] / 1_000
    }
}

/// Ceilings of a block, by what they depend on: thousands of reads ask for the same few.
struct CeilingCache {
    private struct Key: Hashable {
        let capacity: UInt64
        let seconds: UInt64
        let years: Int
        let yieldMilli: UInt64
        let factorPpm: UInt64
    }

    private var values: [Key: UInt64] = [:]

    mutating func period(
        capacity: Watts, seconds: UInt64, years: Int, yieldMilli: UInt64, factorPpm: UInt64,
        parameters: ProtoParameters
    ) -> UInt64 {
        let key = Key(
            capacity: capacity.rawValue, seconds: seconds, years: years, yieldMilli: yieldMilli,
            factorPpm: factorPpm)
        if let known = values[key] { return known }
        let value = Ceiling.period(
            capacity: capacity, seconds: seconds, years: years, yieldMilli: yieldMilli,
            factorPpm: factorPpm, parameters: parameters)
        values[key] = value
        return value
    }
}
