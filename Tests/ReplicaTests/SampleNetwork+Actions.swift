import Foundation
import Ledger
import Primitives
import SwiftProtobuf
import Wire

extension SampleNetwork {
    static func registration(
        _ name: String, _ kind: ProtoAccountKind, profile: Digest? = nil
    ) -> Action {
        .registerAccount(
            .with {
                $0.kind = kind
                $0.legalName = name
                $0.country = "ZAF"
                $0.keys = [
                    .with {
                        $0.publicKey = Data(key(name).publicKey.bytes)
                        $0.roles = KeyRoles.all.rawValue
                    }
                ]
                if let profile { $0.profileRoot = Data(profile.bytes) }
            })
    }

    /// Rooftops of 100 kW in South Africa, commissioned on 2019-01-01.
    static func devices(_ externalIDs: [String], profile: Digest? = nil) -> Action {
        .registerDevices(
            .with {
                $0.devices = externalIDs.map { id in
                    .with {
                        $0.externalIDHash = Data(Digest.sha256(Array("external \(id)".utf8)).bytes)
                        $0.details = details(profile: profile)
                    }
                }
            })
    }

    static func details(profile: Digest?) -> ProtoDeviceDetails {
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
        }
    }

    /// A history read of some noon hours of a day.
    static func history(
        _ device: UInt64, _ day: String, _ wattHours: UInt64, hours: Range<UInt64> = 9..<15
    ) -> ReadRow {
        let midnight = time(day).rawValue
        return ReadRow(
            device: DeviceID(device), start: Timestamp(midnight + hours.lowerBound * 3_600),
            end: Timestamp(midnight + hours.upperBound * 3_600), energy: WattHours(wattHours),
            kind: .history)
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

    static func redeem(_ ranges: [ProtoRange]) -> Action {
        .redeem(
            .with {
                $0.ranges = ranges
                $0.beneficiary = "A school"
                $0.location = "ZAF"
                $0.purpose = "Its electricity of a year"
                $0.periodStart = time("2021-01-01").rawValue
                $0.periodEnd = time("2022-01-01").rawValue
            })
    }

    static func retire(_ ranges: [ProtoRange]) -> Action {
        .retire(
            .with {
                $0.ranges = ranges
                $0.reason = .voluntary
            })
    }
}

/// A signing key from a name, the same one in every run.
func key(_ name: String) -> SigningKey {
    let seed = Digest.sha256(Array("drec test key \(name)".utf8)).bytes
    guard let key = SigningKey(seed: seed) else { preconditionFailure("no key from a seed") }
    return key
}

/// `2021-12-17` or `2021-12-17T08:00:00Z`.
func time(_ text: String) -> Timestamp {
    let numbers = text.split { !$0.isNumber }.map { UInt64($0) ?? 0 }
    guard numbers.count >= 3,
        let day = CivilDay(year: Int(numbers[0]), month: Int(numbers[1]), day: Int(numbers[2]))
    else { preconditionFailure("not a date: \(text)") }
    var seconds = day.start.rawValue
    for (number, unit) in zip(numbers.dropFirst(3), [3_600, 60, 1] as [UInt64]) {
        seconds += number * unit
    }
    return Timestamp(seconds)
}
