import Intake
import Primitives
import Testing
import Wire

@Suite("Devices from CSV")
struct DeviceLayoutTests {
    private static let header =
        "externalId,latitude,longitude,countryCode,fuelCode,"
        + "deviceTypeCode,capacity,commissioningDate,gridInterconnection,offTaker,"
        + "deviceDescription,organizationId,SDGBenefits"
    private static let good = [
        "externalId": "D 1", "latitude": "-1.2349", "longitude": "36.965", "countryCode": "ken",
        "fuelCode": "ES100", "deviceTypeCode": "TC120", "capacity": "187.5",
        "commissioningDate": "2022-11-03T00:00:00.000Z", "gridInterconnection": "TRUE",
        "offTaker": "Industrial", "deviceDescription": "Rooftop Solar", "SDGBenefits": "7;9",
    ]

    private func read(_ changes: [String: String] = [:]) throws -> Sheet<DeviceLayout>.Item {
        let row = DeviceLayoutTests.good.merging(changes) { $1 }
        let cells = DeviceLayoutTests.header.split(separator: ",").map { row[String($0)] ?? "" }
        let text = DeviceLayoutTests.header + "\n" + cells.joined(separator: ",")
        return try #require(try items(text, .devices()).first)
    }

    @Test("A device is mapped to what the ledger takes")
    func mapped() throws {
        let row = try #require(try read().value)
        #expect(row.line == 2)
        #expect(row.externalID.text == "D 1")
        let details = row.details
        #expect(details.country == "KEN")
        #expect((details.fuelCode, details.typeCode) == (100, 120))
        #expect(details.capacityWatts == 187_500)
        #expect(Timestamp(details.commissioned).description == "2022-11-03T00:00:00Z")
        #expect((details.grid, details.offTaker, details.kind) == (.captive, .industrial, .rooftop))
        #expect(details.source == .platform)
        #expect((details.latitudeE2, details.longitudeE2) == (-123, 3_697))
        #expect(details.meterHash.isEmpty && details.meterKey.isEmpty)
        #expect(details.profileRoot.isEmpty)
        #expect(
            row.profile.map(\.name)
                == ["externalId", "latitude", "longitude", "deviceDescription", "SDGBenefits"])
        #expect(
            row.profile.map(\.value)
                == ["D 1", "-1.2349", "36.965", "Rooftop Solar", "7;9"])
    }

    @Test(
        "The kind follows the description, else size and grid",
        arguments: [
            ("Ground Mount Solar", "true", "50", ProtoDeviceKind.behindTheMeter),
            ("ground-mount solar", "", "50", .miniGrid),
            ("Mini Grid", "false", "50", .miniGrid), ("Micro-Grid", "", "50", .microGrid),
            ("Solar Home System", "", "0.2", .solarHomeSystem),
            ("Irrigation Pump", "", "5.5", .irrigationPump), ("Lantern", "", "0.005", .lantern),
            ("Stand-Alone Battery", "", "5", .standAloneBattery), ("Other", "", "5", .other),
            ("", "", "0.01", .lantern), ("", "", "0.011", .solarHomeSystem),
            ("", "", "1", .solarHomeSystem), ("", "", "1.001", .microGrid),
            ("", "", "10", .microGrid), ("", "", "10.001", .miniGrid), ("", "true", "1", .rooftop),
        ])
    func kinds(text: String, grid: String, capacity: String, kind: ProtoDeviceKind) throws {
        let row = try read([
            "deviceDescription": text, "gridInterconnection": grid, "capacity": capacity,
        ])
        #expect(row.value?.details.kind == kind)
    }

    @Test("A device with export is one that may export")
    func export() throws {
        let row = try read(["deviceDescription": "Grid-connected with export"])
        #expect(row.value?.details.kind == .gridWithExport)
        #expect(row.value?.details.grid == .exportAllowed)
    }

    @Test(
        "Every off-taker is known, blank is a community",
        arguments: [
            ("School", ProtoOffTaker.school), ("education", .education),
            ("HealthFacility", .healthFacility), ("Residential", .residential),
            ("COMMERCIAL", .commercial), ("Public Sector", .publicSector),
            ("Agriculture", .agriculture), ("Utility", .utility),
            ("Off-Grid Community", .community), ("", .community),
        ])
    func offTakers(text: String, offTaker: ProtoOffTaker) throws {
        #expect(try read(["offTaker": text]).value?.details.offTaker == offTaker)
    }

    @Test(
        "Positions are rounded, to half degrees for homes and below 10 kW",
        arguments: [
            ("90", "10", "", 9_000), ("-90.000", "10", "", -9_000), ("0.005", "10", "", 1),
            ("0.00499", "10", "", 0), ("-0.005", "10", "", -1), ("1.2", "9.999", "", 100),
            ("1.25", "9.999", "", 150), ("-1.2499", "9.999", "", -100),
            ("1.76", "50", "Residential", 200),
        ])
    func positions(text: String, capacity: String, offTaker: String, expected: Int32) throws {
        let row = try read(["latitude": text, "capacity": capacity, "offTaker": offTaker])
        #expect(row.value?.details.latitudeE2 == expected)
    }

    @Test("What the ledger has a rule for is passed on", arguments: ["319", "0", "99999"])
    func passedOn(capacity: String) throws {
        #expect(try read(["capacity": capacity]).value != nil)
    }

    @Test(
        "A value that cannot be read is refused with its column",
        arguments: [
            ("externalId", "", "no external id"), ("externalId", "a/b", "“a/b”"),
            ("externalId", String(repeating: "x", count: 65), "1 to 64"),
            ("latitude", "90.0001", "beyond 90"), ("longitude", "-180.01", "beyond 180"),
            ("latitude", "1°", "not a decimal"), ("latitude", "", "no value"),
            ("countryCode", "KE", "three-letter"), ("fuelCode", "100", "ES with three digits"),
            ("fuelCode", "", "ES with"), ("deviceTypeCode", "TC12", "TC with three digits"),
            ("deviceTypeCode", "TC+12", "TC with"), ("capacity", "12.3456", "finer than a watt"),
            ("capacity", "-1", "negative"), ("capacity", "250 kW", "not a decimal"),
            ("capacity", "18446744073709551.616", "beyond 2⁶⁴"),
            ("commissioningDate", "", "no time"),
            ("commissioningDate", "2022-13-01", "no day"),
            ("commissioningDate", "2022-11-03T24:00:00Z", "not a time"),
            ("commissioningDate", "1969-12-31", "no day"),
            ("gridInterconnection", "maybe", "neither true nor false"),
            ("offTaker", "Nobody", "none of"), ("deviceDescription", "Windmill", "none of"),
        ])
    func refused(column: String, text: String, message: String) throws {
        let problem = try #require(try read([column: text]).problem)
        #expect((problem.line, problem.column) == (2, column))
        #expect(problem.message.contains(message))
    }

    @Test("Missing mandatory columns are one error that names them all")
    func missingColumns() {
        #expect(
            throws: IntakeError.missingColumns(
                ["fuelCode", "deviceTypeCode", "capacity", "commissioningDate"], layout: "devices")
        ) { try items("EXTERNALID,longitude,Latitude,countrycode\n", .devices()) }
        #expect(throws: IntakeError.duplicateColumn("capacity")) {
            try items(DeviceLayoutTests.header + ",Capacity\n", .devices())
        }
    }
}
