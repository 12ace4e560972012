import Foundation
import Ledger
import Primitives
import Wire

extension SampleRecords {
    /// One of each status, the latest first.
    var parameters: [ParametersRecord] {
        let rows: [(UInt64, GovernanceStatus)] = [
            (1_900_000_000, .pending), (1_640_000_000, .inForce), (0, .past),
        ]
        return rows.map { effective, status in
            var value = ProtoParameters()
            value.minimumDelaySeconds = 60
            value.dayFactorPpm = 1_500_000
            return ParametersRecord(
                effective: Timestamp(effective), status: status, value: value)
        }
    }

    /// Kenya's of the beginning and a pending one, and South Africa's.
    var yields: [YieldRecord] {
        let rows: [(String, UInt64, GovernanceStatus)] = [
            ("KEN", 0, .inForce), ("KEN", 1_900_000_000, .pending), ("ZAF", 0, .inForce),
        ]
        return rows.compactMap { country, effective, status in
            var value = ProtoYield()
            value.kwhPerKwp = 1_650
            value.source = "A table"
            return CountryCode(country).map {
                YieldRecord(
                    position: YieldRecord.Position(
                        country: $0, effective: Timestamp(effective)),
                    status: status, value: value)
            }
        }
    }

    /// Of A2: one in force, one that ended.
    var delegations: [DelegationRecord] {
        [(UInt64(1), UInt64(0)), (3, 7)].map { delegate, removed in
            var value = ProtoDelegationValue()
            value.roles = 6
            value.addedAt = 2
            value.removedAt = removed
            return DelegationRecord(delegate: AccountID(delegate), value: value)
        }
    }

    /// Newest first; the older one is minted.
    var evidence: [EvidenceRecord] {
        [(UInt64(2), UInt64(0)), (0, 2)].map { entry, minted in
            var value = ProtoEvidenceValue()
            value.readsRoot = Data(SampleRecords.digest(0x55).bytes)
            value.count = 4
            value.account = 2
            value.mintedAt = minted
            return EvidenceRecord(entry: LogIndex(entry), value: value)
        }
    }

    /// Two of each device, the latest first.
    func revisions(of device: DeviceID) -> [DeviceRecord] {
        guard let record = devices.first(where: { $0.id == device }) else { return [] }
        var later = record.value
        later.details.capacityWatts = 6_000
        return [
            DeviceRecord(
                id: device, effective: Timestamp(1_650_000_000), value: later,
                energy: record.energy, readCount: record.readCount),
            record,
        ]
    }
}
