import Foundation
import Ledger
import Primitives
import Wire

/// Three accounts, two devices, one series of ten D-RECs in three lots, three entries, two blocks.
struct SampleRecords: Sendable {
    /// 32 times the same byte.
    static func digest(_ byte: UInt8) -> Digest {
        Digest(bytes: [UInt8](repeating: byte, count: 32)) ?? .zero
    }

    static let pending = digest(0xaa)
    static let publicKey = PublicKey(bytes: [UInt8](repeating: 0x44, count: 32))

    let series = SeriesID(project: ProjectID(101), vintage: 2021)

    var accounts: [AccountRecord] {
        (1...3).map { number in
            var value = ProtoAccountValue()
            value.kind = number == 1 ? .initiative : .onSiteGenerator
            value.legalName = "Account \"\(number)\""
            value.country = "ZAF"
            value.status = .active
            value.registeredAt = UInt64(number - 1)
            value.channel = .api
            return AccountRecord(id: AccountID(UInt64(number)), value: value)
        }
    }

    var key: KeyRecord {
        var value = ProtoKeyValue()
        value.account = 2
        value.roles = 5
        value.highestNonce = 7
        return KeyRecord(
            key: SampleRecords.publicKey ?? SigningKey.sample.publicKey, value: value)
    }

    var devices: [DeviceRecord] {
        (1...2).map { number in
            var value = ProtoDeviceValue()
            value.owner = 2
            value.status = .active
            value.details.kind = .solarHomeSystem
            value.details.country = "ZAF"
            value.details.fuelCode = 100
            value.details.typeCode = 110
            value.details.capacityWatts = 5_000
            value.details.latitudeE2 = -3_350
            value.externalIDHash = Data(SampleRecords.digest(0x33).bytes)
            return DeviceRecord(
                id: DeviceID(UInt64(number)), effective: Timestamp(1_600_000_000), value: value,
                energy: WattHours(10_400), readCount: 3)
        }
    }

    /// Newest first.
    var reads: [ReadRecord] {
        [UInt64(3), 2, 1].map { day in
            let start = 1_630_000_000 + day * Timestamp.secondsPerDay
            return ReadRecord(
                window: ReadWindow(
                    device: DeviceID(1), start: Timestamp(start),
                    end: Timestamp(start + Timestamp.secondsPerDay), energy: WattHours(3_000),
                    kind: .history), entry: LogIndex(0), row: UInt32(day))
        }
    }

    var project: ProjectRecord {
        var value = ProtoProjectValue()
        value.owner = 2
        value.country = "ZAF"
        value.kind = .default
        var totals = ProtoSeriesValue()
        totals.issuedWattHours = 10_400
        totals.active = 8
        totals.redeemed = 2
        totals.owner = 2
        return ProjectRecord(
            id: ProjectID(101), value: value, series: [SeriesRecord(id: series, value: totals)])
    }

    func range(_ first: UInt64, _ last: UInt64) -> DRECRange? {
        DRECRange(series: series, first: DRECSerial(first), last: DRECSerial(last))
    }

    var lots: [LotRecord] {
        let parts: [(UInt64, UInt64, UInt64, ProtoLotStatus)] = [
            (1, 5, 2, .active), (6, 7, 3, .redeemed), (8, 10, 3, .active),
        ]
        return parts.compactMap { first, last, owner, status in
            range(first, last).map {
                LotRecord(range: $0, owner: AccountID(owner), status: status, entry: LogIndex(1))
            }
        }
    }
}

extension SigningKey {
    /// A key of a fixed seed.
    static var sample: SigningKey {
        guard let key = SigningKey(seed: [UInt8](repeating: 7, count: 32)) else {
            preconditionFailure("libsodium does not start")
        }
        return key
    }
}
