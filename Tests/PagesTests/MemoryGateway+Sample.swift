import Foundation
import Gateway
import Ledger
import Primitives
import Wire

extension MemoryGateway {
    static let hostileName = "Sunrise <script>alert(\"x\")</script> & 'Sons' \u{202E}dtL"
    static let series = SeriesID(project: ProjectID(101), vintage: 2021)
    static let start = Timestamp(1_637_539_200)  // 2021-11-22T00:00:00Z
    static let redemptionID = digest(0x57)
    static let pendingID = digest(0xEE)
    static let keyBytes = digest(0x60).bytes

    static func drecs(_ first: UInt64, _ last: UInt64) -> DRECRange? {
        DRECRange(series: series, first: DRECSerial(first), last: DRECSerial(last))
    }

    /// Three devices in India, 250 kWh minted, 100 of them traded and redeemed, 20 retired.
    static func sample() throws -> MemoryGateway {
        var gateway = MemoryGateway()
        gateway.addAccounts()
        gateway.addDevices()
        gateway.addMonths()
        try gateway.addCertificates()
        try gateway.addTransactions()
        gateway.addBlocks()
        gateway.pending = [pendingID]
        gateway.sums.accounts = 4
        gateway.sums.devices = 3
        gateway.sums.projects = 1
        gateway.sums.reads = 21
        gateway.sums.issuedWattHours = 1_250_400
        gateway.sums.active = 130
        gateway.sums.redeemed = 100
        gateway.sums.retired = 20
        gateway.sums.transactions = 8
        gateway.sums.height = 8
        return gateway
    }

    private mutating func addAccounts() {
        let rows: [(String, ProtoAccountKind)] = [
            ("D-REC Initiative", .initiative), (MemoryGateway.hostileName, .developer),
            ("شركة الشمس", .buyer), ("", .onSiteGenerator),
        ]
        for (index, row) in rows.enumerated() {
            var value = ProtoAccountValue()
            value.kind = row.1
            value.legalName = row.0
            value.country = "IND"
            value.status = .active
            value.sponsor = index == 0 ? 0 : 1
            value.registeredAt = index == 0 ? 0 : UInt64(index)
            value.keys = index == 1 ? [Data(MemoryGateway.keyBytes)] : []
            accounts.append(AccountRecord(id: AccountID(UInt64(index + 1)), value: value))
        }
        if let key = PublicKey(bytes: MemoryGateway.keyBytes) {
            var value = ProtoKeyValue()
            value.account = 2
            value.roles = 15
            keys.append(KeyRecord(key: key, value: value))
        }
    }

    private mutating func addDevices() {
        for number in UInt64(1)...3 {
            var value = ProtoDeviceValue()
            value.owner = 2
            value.status = number == 3 ? .closed : .active
            value.externalIDHash = Data(MemoryGateway.digest(UInt8(0x70 + number)).bytes)
            value.registered = MemoryGateway.start.rawValue - 86_400
            value.entry = 2
            value.channel = .csv
            value.details.kind = number == 2 ? .miniGrid : .rooftop
            value.details.country = "IND"
            value.details.fuelCode = 100
            value.details.typeCode = 110
            value.details.capacityWatts = 27_600 * number
            value.details.commissioned = 1_577_836_800
            value.details.grid = .captive
            value.details.offTaker = .school
            value.details.source = .smartMeter
            value.details.latitudeE2 = 1_297
            value.details.longitudeE2 = -7_705
            devices.append(
                DeviceRecord(
                    id: DeviceID(number), effective: MemoryGateway.start, value: value,
                    energy: WattHours(83_333), readCount: 7))
        }
    }

    private mutating func addMonths() {
        for offset in UInt32(0)..<4 {
            let month = CivilMonth(ordinal: 12 * 2021 + 11 - offset)
            let shift = Int(offset) * 104_729
            let days = (0..<month.dayCount).map { day -> UInt64 in
                let noise: Int = (day * 7_919 + shift) % 70_000
                return UInt64(90_000 + noise)
            }
            monthRecords.append(
                DeviceMonthRecord(
                    month: month, days: days, dayLimit: 227_000 - UInt64(offset) * 9_000,
                    monthLimit: 4_692_000))
        }
    }

    private mutating func addBlocks() {
        for height in UInt64(1)...8 {
            var header = ProtoHeader()
            header.version = 1
            header.height = height
            header.view = height
            header.timeMilliseconds = (MemoryGateway.start.rawValue + height * 600) * 1_000
            header.logSize = height
            header.logRoot = Data(MemoryGateway.digest(UInt8(0x90 + height)).bytes)
            header.stateRoot = Data(MemoryGateway.digest(UInt8(0xA0 + height)).bytes)
            header.parentHash = Data(MemoryGateway.digest(UInt8(0xB0 + height - 1)).bytes)
            var finalization = ProtoFinalization()
            finalization.signatures = Array(repeating: Data(count: 64), count: 3)
            blockRecords.append(
                BlockRecord(
                    hash: MemoryGateway.digest(UInt8(0xB0 + height)), header: header,
                    finalization: finalization, firstEntry: LogIndex(height - 1)))
        }
    }
}
