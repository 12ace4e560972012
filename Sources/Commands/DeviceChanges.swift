import ArgumentParser
import Foundation
import Intake
import Ledger
import Primitives
import Wire

/// What may change of a device, an option each.
struct DeviceChanges: ParsableArguments {
    @Option(help: "AC nameplate in kW.") var capacityKw: String?
    @Option(help: "TC110 to TC150.") var type: String?
    @Option(help: "Day or moment in UTC; only while no read was accepted.")
    var commissioned: Moment?
    // Degrees may be negative, which must not be read as another option.
    @Option(parsing: .unconditional, help: "Degrees, north positive.") var latitude: String?
    @Option(parsing: .unconditional, help: "Degrees, east positive.") var longitude: String?
    @Option(help: "As at registration, such as Rooftop Solar; Other needs the initiative too.")
    var kind: String?
    @Option(help: "Who uses the energy, such as School or Health Facility.") var offTaker: String?
    @Option(help: "off-grid, captive or export-allowed.") var grid: String?
    @Option(
        help: """
            platform, smart-meter, inverter, charge-controller, manual or payment-event.
            """)
    var source: String?

    var isGiven: Bool {
        [capacityKw, type, latitude, longitude, kind, offTaker, grid, source]
            .contains { $0 != nil } || commissioned != nil
    }

    /// The details after the changes. Numbers are read as a file's are, and a position is as coarse
    /// as the device needs it.
    func applied(to old: ProtoDeviceDetails) throws -> ProtoDeviceDetails {
        var details = old
        if let grid { details.grid = try Choice.named(grid, "--grid") }
        if let source { details.source = try Choice.named(source, "--source") }
        if let commissioned { details.commissioned = commissioned.timestamp.rawValue }
        let read = try read(old)
        if kind != nil { details.kind = read.kind }
        if offTaker != nil { details.offTaker = read.offTaker }
        if capacityKw != nil { details.capacityWatts = read.capacityWatts }
        if type != nil { details.typeCode = read.typeCode }
        if latitude != nil { details.latitudeE2 = read.latitudeE2 }
        if longitude != nil { details.longitudeE2 = read.longitudeE2 }
        if details.kind == .solarHomeSystem || details.offTaker == .residential
            || details.capacityWatts < 10_000
        {
            details.latitudeE2 = DeviceChanges.toHalfDegree(details.latitudeE2)
            details.longitudeE2 = DeviceChanges.toHalfDegree(details.longitudeE2)
        }
        return details
    }

    /// What is given by the same words and numbers as at registration.
    private func read(_ old: ProtoDeviceDetails) throws -> ProtoDeviceDetails {
        try DeviceArguments.row([
            ("externalId", "x"), ("latitude", latitude ?? "0"), ("longitude", longitude ?? "0"),
            ("countryCode", old.country), ("fuelCode", "ES100"),
            ("deviceTypeCode", type ?? "TC110"), ("capacity", capacityKw ?? "100"),
            ("commissioningDate", "2020-01-01"),
            ("gridInterconnection", old.grid == .offGrid ? "false" : "true"),
            ("offTaker", offTaker ?? ""), ("deviceDescription", kind ?? ""),
        ]).details
    }

    /// To the nearest 50 hundredths, halves away from zero.
    static func toHalfDegree(_ hundredths: Int32) -> Int32 {
        let rounded = (hundredths.magnitude + 25) / 50 * 50
        return hundredths < 0 ? -Int32(rounded) : Int32(rounded)
    }
}

extension ProtoDeviceDetails {
    /// A device's details as the public endpoint tells them; nil where one is missing or unknown.
    init?(_ json: CanonicalJSON) {
        guard let kind: ProtoDeviceKind = Choice.word(json.text("kind")),
            let grid: ProtoGridConnection = Choice.word(json.text("gridConnection")),
            let offTaker: ProtoOffTaker = Choice.word(json.text("offTaker")),
            let source: ProtoDataSource = Choice.word(json.text("dataSource")),
            let fuel = UInt32(json.text("fuelCode").dropFirst(2)),
            let type = UInt32(json.text("typeCode").dropFirst(2)),
            let capacity = json.number("capacityWatts"),
            let commissioned = Moment(argument: json.text("commissioned")),
            let latitude = json["latitudeHundredths"]?.integer.flatMap({ Int32(exactly: $0) }),
            let longitude = json["longitudeHundredths"]?.integer.flatMap({ Int32(exactly: $0) }),
            let meterHash = [UInt8](hex: json.text("meterHash")),
            let meterKey = [UInt8](hex: json.text("meterKey")),
            let profileRoot = [UInt8](hex: json.text("profileRoot"))
        else { return nil }
        self.init()
        self.kind = kind
        country = json.text("country")
        fuelCode = fuel
        typeCode = type
        capacityWatts = capacity
        self.commissioned = commissioned.timestamp.rawValue
        self.grid = grid
        self.offTaker = offTaker
        self.source = source
        latitudeE2 = latitude
        longitudeE2 = longitude
        self.meterHash = Data(meterHash)
        self.meterKey = Data(meterKey)
        self.profileRoot = Data(profileRoot)
    }
}
