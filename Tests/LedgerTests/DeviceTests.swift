import Foundation
import Ledger
import Primitives
import SampleNetworks
import SwiftProtobuf
import Testing
import Wire

/// L1.
struct DeviceTests {
    private typealias Change = (inout ProtoDeviceDetails) -> Void

    private func register(_ name: String, _ change: Change = { _ in }) -> Action {
        SampleNetwork.devices([SampleNetwork.device(name, change)])
    }

    private func update(
        _ device: UInt64 = 1, _ effective: UInt64 = 0, _ change: Change = { _ in }
    ) -> Action {
        .updateDevice(
            .with {
                $0.device = device
                $0.effective = effective
                $0.details = SampleNetwork.details(change)
            })
    }

    private func close(_ device: UInt64, _ effective: UInt64 = 0) -> Action {
        .closeDevice(
            .with {
                $0.device = device
                $0.effective = effective
            })
    }

    private func handOver(_ device: UInt64, _ meter: Data, _ key: Data = Data()) -> Action {
        .handOverMeter(
            .with {
                $0.device = device
                $0.meterHash = meter
                $0.meterKey = key
            })
    }

    @Test("each limit of a device, on both sides")
    func limits() throws {
        let outside = Data([0xed] + [UInt8](repeating: 0xff, count: 30) + [0x7f])
        var ledger = try Inhabited.network()
        let now = ledger.now.rawValue
        let home: Change = {
            $0.kind = .solarHomeSystem
            $0.latitudeE2 = -2_600
            $0.longitudeE2 = 2_850
        }
        let cases: [(String, RefusalCode?, String, Change)] = [
            (
                "1 W", nil, "",
                {
                    home(&$0)
                    $0.capacityWatts = 1
                }
            ),
            ("250 kW", nil, "", { $0.capacityWatts = 250_000 }),
            ("0 W", .capacityOutOfRange, "capacity_watts", { $0.capacityWatts = 0 }),
            ("250 001 W", .capacityOutOfRange, "capacity_watts", { $0.capacityWatts = 250_001 }),
            ("all W", .capacityOutOfRange, "capacity_watts", { $0.capacityWatts = .max }),
            ("no kind", .deviceKindInvalid, "kind", { $0.kind = .unspecified }),
            ("kind 11", .deviceKindInvalid, "kind", { $0.kind = .UNRECOGNIZED(11) }),
            ("other", .deviceKindInvalid, "kind", { $0.kind = .other }),
            ("fuel 0", .fuelNotSolar, "fuel_code", { $0.fuelCode = 0 }),
            ("fuel 200", .fuelNotSolar, "fuel_code", { $0.fuelCode = 200 }),
            ("TC110", nil, "", { $0.typeCode = 110 }), ("TC150", nil, "", { $0.typeCode = 150 }),
            ("TC100", .typeCodeInvalid, "type_code", { $0.typeCode = 100 }),
            ("TC111", .typeCodeInvalid, "type_code", { $0.typeCode = 111 }),
            ("TC160", .typeCodeInvalid, "type_code", { $0.typeCode = 160 }),
            ("commissioned now", nil, "", { $0.commissioned = now }),
            (
                "commissioned later", .commissionedInFuture, "commissioned",
                { $0.commissioned = now + 1 }
            ),
            ("never commissioned", .commissionedInFuture, "commissioned", { $0.commissioned = 0 }),
            ("no grid", .gridConnectionInvalid, "grid", { $0.grid = .unspecified }),
            ("grid 4", .gridConnectionInvalid, "grid", { $0.grid = .UNRECOGNIZED(4) }),
            ("export", nil, "", { $0.grid = .exportAllowed }),
            ("no off-taker", .gridConnectionInvalid, "grid", { $0.offTaker = .unspecified }),
            ("no source", .gridConnectionInvalid, "grid", { $0.source = .unspecified }),
            ("a pole", nil, "", { $0.latitudeE2 = 9_000 }),
            ("beyond it", .positionInvalid, "latitude_e2", { $0.latitudeE2 = 9_001 }),
            ("-181 degrees", .positionInvalid, "latitude_e2", { $0.longitudeE2 = -18_001 }),
            ("far off", .positionInvalid, "latitude_e2", { $0.longitudeE2 = .min }),
            ("an exact home", .positionTooExact, "latitude_e2", { $0.kind = .solarHomeSystem }),
            ("an exact 9 999 W", .positionTooExact, "latitude_e2", { $0.capacityWatts = 9_999 }),
            ("an exact 10 kW", nil, "", { $0.capacityWatts = 10_000 }),
            ("a coarse home", nil, "", home),
            ("no country", .countryInvalid, "country", { $0.country = "" }),
            ("a short meter hash", .commitmentInvalid, "meter_hash", { $0.meterHash = Data([1]) }),
            (
                "a long profile", .commitmentInvalid, "profile_root",
                {
                    $0.profileRoot = Data(repeating: 1, count: 33)
                }
            ),
            ("a weak meter key", .meterKeyInvalid, "meter_key", { $0.meterKey = outside }),
            ("a short meter key", .meterKeyInvalid, "meter_key", { $0.meterKey = Data([1]) }),
            ("a meter key", nil, "", { $0.meterKey = publicKey("meter") }),
        ]
        for (index, (name, code, field, change)) in cases.enumerated() {
            // The bad one stands second, and takes the good one before it along.
            let action = SampleNetwork.devices([
                SampleNetwork.device("good \(index)"),
                SampleNetwork.device("limit \(index)", change),
            ])
            let refusal = try ledger.refusal(action, as: 3, by: ["developer"])
            #expect(refusal?.code == code, "\(name): \(refusal as Any)")
            if code != nil { #expect(refusal?.field == "devices[1].details.\(field)", "\(name)") }
        }
        let other = register("other") { $0.kind = .other }
        #expect(try ledger.refusal(other, as: 3, by: ["developer", "initiative"]) == nil)
        try ledger.seal()
    }

    @Test("a device of another kind needs an admin key of the initiative, no lesser one")
    func otherKind() throws {
        var ledger = try Inhabited.network()
        let lesser = KeyRoles([.devices, .metering, .trading, .attesting])
        try ledger.apply(
            .changeKeys(.with { $0.add = [SampleNetwork.grant("clerk", lesser)] }), as: 1,
            by: "initiative", "clerk")
        try ledger.seal()
        let other = register("other") { $0.kind = .other }
        for signers in [["developer"], ["developer", "clerk"], ["developer", "aggregator"]] {
            let refusal = try ledger.refusal(other, as: 3, by: signers)
            #expect(refusal?.code == .deviceKindInvalid, "\(signers)")
        }
        #expect(try ledger.refusal(other, as: 3, by: ["developer", "initiative"]) == nil)
        try ledger.seal()
    }

    @Test("1 to 1000 devices at once, each with a hash of its id")
    func counts() throws {
        var ledger = try Inhabited.network()
        func many(_ count: Int) -> Action {
            SampleNetwork.devices((0..<count).map { SampleNetwork.device("many \($0)") })
        }
        #expect(try ledger.refusal(many(0), as: 3, by: ["developer"])?.code == .countInvalid)
        #expect(try ledger.refusal(many(1_001), as: 3, by: ["developer"])?.code == .countInvalid)
        for bytes in [Data(), Data([1]), Data(repeating: 1, count: 33)] {
            var device = SampleNetwork.device("x")
            device.externalIDHash = bytes
            let refusal = try ledger.refusal(
                SampleNetwork.devices([device]), as: 3, by: ["developer"])
            #expect(refusal?.code == .commitmentInvalid)
            #expect(refusal?.field == "devices[0].external_id_hash")
        }
        let applied = try ledger.apply(many(1_000), as: 3, by: "developer")
        #expect(applied.receipt.events[0].devicesRegistered.first == 3)
        #expect(applied.receipt.events[0].devicesRegistered.count == 1_000)
        try ledger.seal()
    }

    @Test("an external id is taken once, in whatever case; a meter once at a time")
    func uniqueness() throws {
        var ledger = try Inhabited.network()
        for name in ["one", "ONE", "One"] {
            let refusal = try ledger.refusal(register(name), as: 3, by: ["developer"])
            #expect(refusal?.code == .externalIDInUse)
            #expect(refusal?.field == "devices[0].external_id_hash")
        }
        let twice = SampleNetwork.devices([SampleNetwork.device("x"), SampleNetwork.device("X")])
        #expect(
            try ledger.refusal(twice, as: 3, by: ["developer"])?.field
                == "devices[1].external_id_hash")
        func metered(_ name: String) -> Action { register(name) { $0.meterHash = hash("m") } }
        try ledger.apply(metered("three"), as: 3, by: "developer")
        #expect(try ledger.refusal(metered("four"), as: 3, by: ["developer"])?.code == .meterInUse)
        let foreign = try ledger.refusal(metered("five"), as: 6, by: ["client"])
        #expect(foreign?.code == .meterInUse)
        try ledger.apply(close(3), as: 3, by: "developer")
        try ledger.apply(metered("four"), as: 3, by: "developer")
        // The closed device's external id stays taken.
        #expect(
            try ledger.refusal(register("three"), as: 3, by: ["developer"])?.code
                == .externalIDInUse)
        try ledger.seal()
        for action in [update(3), close(3), handOver(3, hash("n"))] {
            #expect(try ledger.refusal(action, as: 3, by: ["developer"])?.code == .deviceClosed)
        }
        for action in [update(2), close(2), handOver(2, hash("n"))] {
            #expect(try ledger.refusal(action, as: 3, by: ["developer"])?.code == .deviceForeign)
        }
        for action in [update(0), close(99), handOver(.max, hash("n"))] {
            #expect(try ledger.refusal(action, as: 3, by: ["developer"])?.code == .deviceUnknown)
        }
    }

    @Test("an update never reaches back over an accepted read, and fixes what must not change")
    func updates() throws {
        var ledger = try Inhabited.network()
        // Nothing was read: commissioning may move.
        try ledger.apply(
            update { $0.commissioned = time("2020-01-01").rawValue }, as: 3, by: "developer")
        #expect(
            try ledger.refusal(of: [SampleNetwork.history(1, "2019-12-31", "2020-01-01", 1)])?.code
                == .beforeCommissioning)
        try ledger.submit([SampleNetwork.history(1, "2021-12-17", "2021-12-18", 1)])
        let same: Change = { $0.commissioned = time("2020-01-01").rawValue }
        let cases: [(String, RefusalCode?, UInt64, Change)] = [
            ("commissioning", .commissioningFixed, 0, { _ in }),
            (
                "country", .ownershipFixed, 0,
                {
                    same(&$0)
                    $0.country = "IND"
                }
            ),
            (
                "meter", .meterInUse, 0,
                {
                    same(&$0)
                    $0.meterHash = hash("m")
                }
            ),
            (
                "too large", .capacityOutOfRange, 0,
                {
                    same(&$0)
                    $0.capacityWatts = 250_001
                }
            ),
            ("over the read", .effectiveDateInvalid, time("2021-12-18").rawValue - 1, same),
            ("before all", .effectiveDateInvalid, 1, same),
            ("right after the read", nil, time("2021-12-18").rawValue, same),
            ("the same date again", .effectiveDateInvalid, time("2021-12-18").rawValue, same),
            ("now", nil, 0, same),
            ("before now", .effectiveDateInvalid, ledger.now.rawValue - 1, same),
            ("later", nil, ledger.now.rawValue + 86_400, same),
        ]
        for (name, code, effective, change) in cases {
            let refusal = try ledger.refusal(
                update(1, effective, change), as: 3, by: ["developer"])
            #expect(refusal?.code == code, "\(name): \(refusal as Any)")
        }
        try ledger.seal()
    }

    @Test("a closed device's reads end where it closed")
    func closing() throws {
        var ledger = try Inhabited.network()
        try ledger.apply(close(1, time("2022-01-01").rawValue), as: 3, by: "developer")
        let cases: [(String, String, RefusalCode?)] = [
            ("2021-12-30", "2022-01-02", .windowStraddlesChange),
            ("2022-01-01", "2022-01-02", .deviceClosed),
            ("2022-05-01", "2022-05-02", .deviceClosed), ("2021-12-31", "2022-01-01", nil),
        ]
        for (start, end, code) in cases {
            #expect(
                try ledger.refusal(of: [SampleNetwork.history(1, start, end, 1)])?.code == code)
        }
        try ledger.seal()
    }

    @Test("a handover starts a new baseline and frees the old meter")
    func handover() throws {
        var ledger = try Inhabited.network()
        try ledger.apply(handOver(1, hash("m1"), publicKey("meter 1")), as: 3, by: "developer")
        try ledger.seal(at: Timestamp(ledger.now.rawValue + 86_400))
        let at = ledger.now
        func counter(_ seconds: UInt64, _ value: UInt64) -> ReadRow {
            SampleNetwork.aggregate(1, Timestamp(at.rawValue + seconds), value)
        }
        try ledger.submit([counter(0, 1_000_000)])
        try ledger.seal(at: Timestamp(at.rawValue + 36_000))
        try ledger.submit([counter(3_600, 1_050_000)])
        #expect(try ledger.refusal(of: [counter(7_200, 1_049_999)])?.code == .counterLower)
        try ledger.seal(at: Timestamp(at.rawValue + 36_001))
        try ledger.apply(handOver(1, hash("m2")), as: 3, by: "developer")
        #expect(try ledger.state.value(for: .meterSerial(.sha256(Array("m1".utf8)))) == nil)
        let baseline = try ledger.submit([counter(36_000, 5)])
        #expect(baseline.windows[0].energy == .zero && baseline.placements.isEmpty)
        try ledger.seal(at: Timestamp(at.rawValue + 72_000))
        let next = try ledger.submit([counter(72_000, 100_005)])
        #expect(next.windows[0].energy == WattHours(100_000))
        try ledger.seal()
        let bad: [(Data, Data, RefusalCode)] = [
            (Data([1]), Data(), .commitmentInvalid), (hash("m3"), Data([1]), .meterKeyInvalid),
        ]
        for (meter, key, code) in bad {
            #expect(
                try ledger.refusal(handOver(1, meter, key), as: 3, by: ["developer"])?.code == code)
        }
    }
}
