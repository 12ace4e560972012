package import Primitives

/// Energy in units of 10⁻⁹ Wh: fine enough for every decimal that a meter's file has been seen to
/// hold, and exact.
package struct NanoWattHours: Hashable, Comparable, Sendable {
    package let rawValue: UInt128

    package static let perWattHour: UInt128 = 1_000_000_000
    /// As much as whole watt-hours in 64 bits can say; one more remainder never overflows it.
    package static let maximum = NanoWattHours(unchecked: UInt128(UInt64.max) * perWattHour)

    /// Nil beyond ``maximum``.
    package init?(_ value: UInt128) {
        guard value <= NanoWattHours.maximum.rawValue else { return nil }
        rawValue = value
    }

    package init(_ value: WattHours) {
        rawValue = UInt128(value.rawValue) * NanoWattHours.perWattHour
    }

    private init(unchecked value: UInt128) { rawValue = value }

    /// Rounded down.
    package var wattHours: WattHours {
        WattHours(UInt64(truncatingIfNeeded: rawValue / NanoWattHours.perWattHour))
    }

    package static func < (left: NanoWattHours, right: NanoWattHours) -> Bool {
        left.rawValue < right.rawValue
    }
}

/// The units of energy that files may use (L2), named without regard to case.
enum EnergyUnit: String, CaseIterable {
    case wattHour = "wh"
    case kilowattHour = "kwh"
    case megawattHour = "mwh"
    case gigawattHour = "gwh"

    /// - Throws: ``ValueProblem`` for any other unit.
    init(name: String) throws(ValueProblem) {
        guard !name.isEmpty else { throw ValueProblem("no unit") }
        guard let unit = EnergyUnit(rawValue: name.lowercased()) else {
            throw ValueProblem("\(ValueProblem.shown(name)) is none of Wh, kWh, MWh, GWh")
        }
        self = unit
    }

    /// Decimal places that 10⁻⁹ Wh allows in this unit.
    private var places: Int {
        switch self {
        case .wattHour: 9
        case .kilowattHour: 12
        case .megawattHour: 15
        case .gigawattHour: 18
        }
    }

    /// A file's value in this unit, exactly.
    ///
    /// - Throws: ``ValueProblem`` when it is no number, negative, finer than 10⁻⁹ Wh or too large.
    func energy(_ text: String) throws(ValueProblem) -> NanoWattHours {
        let decimal = try DecimalText(text)
        guard !decimal.isNegative else { throw ValueProblem("negative energy") }
        guard decimal.isExact(places: places) else {
            throw ValueProblem(
                "\(ValueProblem.shown(text)) has more than \(places) decimal places")
        }
        guard let energy = decimal.truncated(places: places).flatMap(NanoWattHours.init) else {
            throw ValueProblem("\(ValueProblem.shown(text)) is beyond 2⁶⁴ Wh")
        }
        return energy
    }
}
