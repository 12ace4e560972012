import Foundation
import Ledger
import Primitives
import SwiftProtobuf
import Testing
import Wire

/// A network with the accounts and devices that most tests need.
enum Inhabited {
    // A1 and A2 are the genesis document's.
    static let initiative: UInt64 = 1
    static let authority: UInt64 = 2
    static let developer: UInt64 = 3
    static let aggregator: UInt64 = 4
    static let buyer: UInt64 = 5
    /// A developer whom the aggregator registered and acts for in devices and metering.
    static let client: UInt64 = 6

    /// D1, the developer's: 100 kW, ZAF, commissioned 2019-01-01; D2, the client's: 50 kW, IND.
    static func network(
        now: Timestamp = time("2023-06-15T12:00:00Z"),
        parameters: ProtoParameters = GenesisDocument.localParameters,
        yields: [GenesisDocument.CountryYield] = []
    ) throws -> LedgerHarness {
        var ledger = try LedgerHarness(now: now, parameters: parameters, yields: yields)
        try ledger.apply(
            registration("developer", .developer), as: initiative, by: "initiative", "developer")
        try ledger.apply(
            registration("aggregator", .aggregator), as: initiative, by: "initiative",
            "aggregator")
        try ledger.apply(
            registration("buyer", .buyer), as: initiative, by: "initiative", "buyer")
        try ledger.apply(
            registration("client", .developer) {
                $0.delegate = aggregator
                $0.delegateRoles = KeyRoles([.devices, .metering]).rawValue
                $0.takeoverKey = publicKey("client takeover")
            }, as: aggregator, by: "aggregator", "client")
        try ledger.apply(
            devices([device("one")]), as: developer, by: "developer")
        try ledger.apply(
            devices([
                device("two") {
                    $0.country = "IND"
                    $0.capacityWatts = 50_000
                }
            ]), as: client, by: "aggregator")
        try ledger.seal()
        return ledger
    }

    static func registration(
        _ name: String, _ kind: ProtoAccountKind, roles: KeyRoles = .all,
        _ change: (inout ProtoRegisterAccount) -> Void = { _ in }
    ) -> Action {
        .registerAccount(
            .with {
                $0.kind = kind
                $0.legalName = name
                $0.country = "ZAF"
                $0.keys = [grant(name, roles)]
                change(&$0)
            })
    }

    static func grant(_ name: String, _ roles: KeyRoles = .all) -> ProtoKeyGrant {
        .with {
            $0.publicKey = publicKey(name)
            $0.roles = roles.rawValue
        }
    }

    static func details(
        _ change: (inout ProtoDeviceDetails) -> Void = { _ in }
    ) -> ProtoDeviceDetails {
        .with {
            $0.kind = .rooftop
            $0.country = "ZAF"
            $0.fuelCode = 100
            $0.typeCode = 120
            $0.capacityWatts = 100_000
            $0.commissioned = time("2019-01-01").rawValue
            $0.grid = .captive
            $0.offTaker = .industrial
            $0.source = .platform
            $0.latitudeE2 = -2_625
            $0.longitudeE2 = 2_810
            change(&$0)
        }
    }

    static func device(
        _ externalID: String, _ change: (inout ProtoDeviceDetails) -> Void = { _ in }
    ) -> ProtoDeviceRegistration {
        .with {
            $0.externalIDHash = hash("external \(externalID.lowercased())")
            $0.details = details(change)
        }
    }

    static func devices(_ devices: [ProtoDeviceRegistration]) -> Action {
        .registerDevices(.with { $0.devices = devices })
    }

    // MARK: Reads and certificates

    static func history(
        _ device: UInt64, _ start: String, _ end: String, _ wattHours: UInt64
    ) -> ReadRow {
        ReadRow(
            device: DeviceID(device), start: time(start), end: time(end),
            energy: WattHours(wattHours), kind: .history)
    }

    static func delta(
        _ device: UInt64, _ start: Timestamp, _ end: Timestamp, _ wattHours: UInt64
    ) -> ReadRow {
        ReadRow(
            device: DeviceID(device), start: start, end: end, energy: WattHours(wattHours),
            kind: .delta)
    }

    static func aggregate(_ device: UInt64, _ at: Timestamp, _ counter: UInt64) -> ReadRow {
        ReadRow(
            device: DeviceID(device), start: Timestamp(0), end: at, energy: WattHours(counter),
            kind: .aggregate)
    }

    static func range(
        _ first: UInt64, _ last: UInt64, project: UInt64 = 101, vintage: UInt32 = 2021
    ) -> ProtoRange {
        .with {
            $0.project = project
            $0.vintage = vintage
            $0.first = first
            $0.last = last
        }
    }

    static func trade(_ ranges: [ProtoRange], to account: UInt64) -> Action {
        .trade(
            .with {
                $0.ranges = ranges
                $0.to = account
            })
    }

    static func redeem(
        _ ranges: [ProtoRange], _ change: (inout ProtoRedeem) -> Void = { _ in }
    ) -> Action {
        .redeem(
            .with {
                $0.ranges = ranges
                $0.beneficiary = "A school"
                $0.location = "ZAF"
                $0.purpose = "Its electricity of a year"
                $0.periodStart = time("2021-01-01").rawValue
                $0.periodEnd = time("2022-01-01").rawValue
                change(&$0)
            })
    }

    static func retire(
        _ ranges: [ProtoRange], _ reason: ProtoRetirementReason = .voluntary
    ) -> Action {
        .retire(
            .with {
                $0.ranges = ranges
                $0.reason = reason
            })
    }
}
