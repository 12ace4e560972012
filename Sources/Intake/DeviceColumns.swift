import Foundation
import Primitives
import Wire

/// How each column of a device becomes what the ledger takes. The tables are published in the
/// target's DocC page.
enum DeviceColumns {
    /// Below this a position is told to half a degree only (ledger §4).
    static let finePosition = Watts(10_000)

    static func externalID(_ text: String) throws(ValueProblem) -> ExternalID {
        guard let id = ExternalID(text) else {
            throw ValueProblem(
                text.isEmpty
                    ? "no external id"
                    : "\(ValueProblem.shown(text)) is not 1 to 64 letters, digits, _, - or blanks")
        }
        return id
    }

    static func country(_ text: String) throws(ValueProblem) -> String {
        guard let code = CountryCode(text.uppercased()) else {
            throw ValueProblem(
                "\(ValueProblem.shown(text)) is not a three-letter country code as KEN")
        }
        return code.description
    }

    /// `ES100` → 100.
    static func code(_ text: String, prefix: String) throws(ValueProblem) -> UInt32 {
        guard text.uppercased().hasPrefix(prefix), text.utf8.count == 5,
            let number = UInt64(decimal: text.dropFirst(2)), let code = UInt32(exactly: number)
        else {
            throw ValueProblem(
                "\(ValueProblem.shown(text)) is not \(prefix) with three digits")
        }
        return code
    }

    /// Kilowatts to watts, exactly. Any number of watts passes: the range is the ledger's (L1).
    static func watts(_ text: String) throws(ValueProblem) -> Watts {
        let decimal = try DecimalText(text)
        guard !decimal.isNegative else { throw ValueProblem("negative capacity") }
        guard decimal.isExact(places: 3) else {
            throw ValueProblem("\(ValueProblem.shown(text)) kW is finer than a watt")
        }
        guard let watts = decimal.truncated(places: 3).flatMap({ UInt64(exactly: $0) }) else {
            throw ValueProblem("\(ValueProblem.shown(text)) kW is beyond 2⁶⁴ W")
        }
        return Watts(watts)
    }

    /// The moment of commissioning; UTC where no offset is written.
    static func day(_ text: String) throws(ValueProblem) -> Timestamp {
        try WrittenTime(text).moment(in: .gmt)
    }

    static func grid(_ text: String) throws(ValueProblem) -> ProtoGridConnection {
        switch text.lowercased() {
        case "true": return .captive
        case "false", "": return .offGrid
        default: throw ValueProblem("\(ValueProblem.shown(text)) is neither true nor false")
        }
    }

    static let offTakers: [String: ProtoOffTaker] = [
        "School": .school, "Education": .education, "Health Facility": .healthFacility,
        "Residential": .residential, "Commercial": .commercial, "Industrial": .industrial,
        "Public Sector": .publicSector, "Agriculture": .agriculture, "Utility": .utility,
        "Off-Grid Community": .community, "Community": .community,
    ]
    private static let offTakerKeys = keyed(offTakers)

    static func offTaker(_ text: String) throws(ValueProblem) -> ProtoOffTaker {
        guard !text.isEmpty else { return .community }
        guard let offTaker = offTakerKeys[text.nameKey] else {
            throw ValueProblem(
                "\(ValueProblem.shown(text)) is none of "
                    + offTakers.keys.sorted().joined(separator: ", "))
        }
        return offTaker
    }

    static let kinds: [String: ProtoDeviceKind] = [
        "Solar Home System": .solarHomeSystem, "SHS": .solarHomeSystem,
        "Mini-Grid": .miniGrid, "Micro-Grid": .microGrid,
        "Irrigation Pump": .irrigationPump, "Solar Pump": .irrigationPump,
        "Stand-Alone Battery": .standAloneBattery,
        "Rooftop Solar": .rooftop, "Rooftop": .rooftop, "C&I Rooftop": .rooftop,
        "Behind-the-Meter": .behindTheMeter,
        "Grid-Connected with Export": .gridWithExport,
        "Solar Lantern": .lantern, "Lantern": .lantern, "Other": .other,
    ]
    private static let kindKeys = keyed(kinds)
    private static let groundMount = "Ground Mount Solar"

    static func kind(
        _ text: String, watts: Watts, grid: ProtoGridConnection
    ) throws(ValueProblem) -> ProtoDeviceKind {
        let key = text.nameKey
        if text.isEmpty { return kind(watts: watts, grid: grid) }
        if key == groundMount.nameKey { return grid == .offGrid ? .miniGrid : .behindTheMeter }
        guard let kind = kindKeys[key] else {
            throw ValueProblem(
                "\(ValueProblem.shown(text)) is none of "
                    + (kinds.keys + [groundMount]).sorted().joined(separator: ", "))
        }
        return kind
    }

    /// What a device without description is taken for.
    private static func kind(watts: Watts, grid: ProtoGridConnection) -> ProtoDeviceKind {
        switch (grid, watts.rawValue) {
        case (.offGrid, ...10): .lantern
        case (.offGrid, ...1_000): .solarHomeSystem
        case (.offGrid, ...10_000): .microGrid
        case (.offGrid, _): .miniGrid
        default: .rooftop
        }
    }

    /// Decimal degrees to hundredths, halves away from zero; to half degrees when `isCoarse`.
    static func hundredths(
        _ text: String, limit: UInt128, isCoarse: Bool
    ) throws(ValueProblem) -> Int32 {
        let decimal = try DecimalText(text)
        // Cut to thousandths: the digit behind the hundredths decides the rounding.
        guard let thousandths = decimal.truncated(places: 3), thousandths <= limit * 1_000,
            thousandths < limit * 1_000 || decimal.isExact(places: 3)
        else { throw ValueProblem("\(ValueProblem.shown(text)) is beyond \(limit) degrees") }
        let rounded = isCoarse ? (thousandths + 250) / 500 * 50 : (thousandths + 5) / 10
        let value = Int32(truncatingIfNeeded: rounded)
        return decimal.isNegative ? -value : value
    }

    private static func keyed<Value>(_ table: [String: Value]) -> [String: Value] {
        Dictionary(
            table.map { ($0.key.nameKey, $0.value) }, uniquingKeysWith: { first, _ in first })
    }
}
