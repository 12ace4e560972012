import Foundation
package import Ledger
package import Primitives
import SwiftProtobuf
package import Wire

extension SampleNetwork {
    package static func registration(
        _ name: String, _ kind: ProtoAccountKind, roles: KeyRoles = .all, profile: Digest? = nil,
        _ change: (inout ProtoRegisterAccount) -> Void = { _ in }
    ) -> Action {
        .registerAccount(
            .with {
                $0.kind = kind
                $0.legalName = name
                $0.country = "ZAF"
                $0.keys = [grant(name, roles)]
                if let profile { $0.profileRoot = Data(profile.bytes) }
                change(&$0)
            })
    }

    package static func grant(_ name: String, _ roles: KeyRoles = .all) -> ProtoKeyGrant {
        .with {
            $0.publicKey = publicKey(name)
            $0.roles = roles.rawValue
        }
    }

    // MARK: Devices

    /// A rooftop of 100 kW in South Africa, commissioned on 2019-01-01.
    package static func details(
        profile: Digest? = nil, _ change: (inout ProtoDeviceDetails) -> Void = { _ in }
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
            if let profile { $0.profileRoot = Data(profile.bytes) }
            change(&$0)
        }
    }

    package static func device(
        _ externalID: String, profile: Digest? = nil,
        _ change: (inout ProtoDeviceDetails) -> Void = { _ in }
    ) -> ProtoDeviceRegistration {
        .with {
            $0.externalIDHash = hash("external \(externalID.lowercased())")
            $0.details = details(profile: profile, change)
        }
    }

    package static func devices(_ devices: [ProtoDeviceRegistration]) -> Action {
        .registerDevices(.with { $0.devices = devices })
    }

    package static func devices(named externalIDs: [String], profile: Digest? = nil) -> Action {
        devices(externalIDs.map { device($0, profile: profile) })
    }

    // MARK: Certificates

    package static func range(
        _ first: UInt64, _ last: UInt64, project: UInt64 = 101, vintage: UInt32 = 2021
    ) -> ProtoRange {
        .with {
            $0.project = project
            $0.vintage = vintage
            $0.first = first
            $0.last = last
        }
    }

    package static func trade(_ ranges: [ProtoRange], to account: UInt64) -> Action {
        .trade(
            .with {
                $0.ranges = ranges
                $0.to = account
            })
    }

    package static func redeem(
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

    package static func retire(
        _ ranges: [ProtoRange], _ reason: ProtoRetirementReason = .voluntary
    ) -> Action {
        .retire(
            .with {
                $0.ranges = ranges
                $0.reason = reason
            })
    }
}
