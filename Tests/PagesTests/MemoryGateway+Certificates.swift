import Foundation
import Gateway
import Ledger
import Primitives
import Testing
import Wire

extension MemoryGateway {
    mutating func addCertificates() throws {
        let all = try #require(MemoryGateway.drecs(1, 250))
        let redeemed = try #require(MemoryGateway.drecs(1, 100))
        let retired = try #require(MemoryGateway.drecs(101, 120))
        let active = try #require(MemoryGateway.drecs(121, 250))
        lotRecords = [
            LotRecord(
                range: redeemed, owner: AccountID(3), status: .redeemed, entry: LogIndex(6)),
            LotRecord(range: retired, owner: AccountID(2), status: .retired, entry: LogIndex(7)),
            LotRecord(range: active, owner: AccountID(2), status: .active, entry: LogIndex(4)),
        ]
        var series = ProtoSeriesValue()
        series.issuedWattHours = 250_400
        series.active = 130
        series.redeemed = 100
        series.retired = 20
        series.owner = 2
        var project = ProtoProjectValue()
        project.owner = 2
        project.country = "IND"
        project.entry = 2
        project.kind = .default
        projects = [
            ProjectRecord(
                id: ProjectID(101), value: project,
                series: [SeriesRecord(id: MemoryGateway.series, value: series)])
        ]
        addRedemption()
        var retirement = ProtoRetirementValue()
        retirement.account = 2
        retirement.ranges = [MemoryGateway.proto(101, 120)]
        retirement.reason = .voluntary
        retirement.time = MemoryGateway.start.rawValue + 800_000
        retirements = [
            RetirementRecord(
                entry: LogIndex(7), transaction: MemoryGateway.digest(0x58), value: retirement)
        ]
        let sources = makeSources()
        let steps = [
            step(.mint, 3, all, from: nil, to: 2), step(.trade, 5, redeemed, from: 2, to: 3),
            step(.redeem, 6, redeemed, from: 3, to: 3), step(.retire, 7, retired, from: 2, to: 2),
        ]
        provenances[all] = ProvenanceRecord(
            range: all, sources: sources, steps: steps, lots: lotRecords,
            redemptions: redemptionRecords)
        provenances[redeemed] = ProvenanceRecord(
            range: redeemed, sources: Array(sources.prefix(9)),
            steps: [
                step(.mint, 3, redeemed, from: nil, to: 2),
                step(.trade, 5, redeemed, from: 2, to: 3),
                step(.redeem, 6, redeemed, from: 3, to: 3),
            ], lots: [lotRecords[0]], redemptions: redemptionRecords)
        provenances[active] = ProvenanceRecord(
            range: active, sources: Array(sources.suffix(11)),
            steps: [step(.mint, 3, active, from: nil, to: 2)], lots: [lotRecords[2]],
            redemptions: [])
    }

    private mutating func addRedemption() {
        var value = ProtoRedemptionValue()
        value.account = 3
        value.ranges = [MemoryGateway.proto(1, 100)]
        value.beneficiary = "Bank \"<b>\" of Tests"
        value.location = "DEU"
        value.purpose = "Office & branches"
        value.periodStart = 1_609_459_200
        value.periodEnd = 1_640_995_200
        value.time = MemoryGateway.start.rawValue + 700_000
        redemptionRecords = [
            RedemptionRecord(
                entry: LogIndex(6), transaction: MemoryGateway.redemptionID, value: value)
        ]
    }

    static func proto(_ first: UInt64, _ last: UInt64) -> ProtoRange {
        var range = ProtoRange()
        range.project = 101
        range.vintage = 2021
        range.first = first
        range.last = last
        return range
    }

    /// 21 reads, a day each, three devices in turn; 250 kWh of the axis between them.
    private mutating func makeSources() -> [EnergySource] {
        var left: UInt64 = 250_000
        var sources: [EnergySource] = []
        for index in UInt64(0)..<21 {
            let device = DeviceID(index % 3 + 1)
            let begin = MemoryGateway.start.rawValue + index / 3 * 86_400
            let share = index == 20 ? left : 11_000 + index * 90
            left -= share
            let window = ReadWindow(
                device: device, start: Timestamp(begin), end: Timestamp(begin + 86_400),
                energy: WattHours(share), kind: .delta)
            let entry = LogIndex(index < 12 ? 3 : 4)
            readRecords.append(ReadRecord(window: window, entry: entry, row: UInt32(index)))
            sources.append(
                EnergySource(
                    device: device, read: window, entry: entry, row: UInt32(index),
                    placedBy: entry, share: WattHours(share)))
        }
        return sources
    }

    private func step(
        _ kind: ProvenanceStep.Kind, _ entry: UInt64, _ range: DRECRange, from: UInt64?,
        to: UInt64
    ) -> ProvenanceStep {
        ProvenanceStep(
            kind: kind, entry: LogIndex(entry),
            transaction: MemoryGateway.digest(UInt8(0x51 + entry)), height: Height(entry + 1),
            time: Timestamp(MemoryGateway.start.rawValue + 604_800 + entry * 60),
            account: AccountID(from ?? to), from: from.map { AccountID($0) }, to: AccountID(to),
            range: range, channel: .api)
    }

    mutating func addTransactions() throws {
        let reads = ProtoTransactionBody.OneOf_Action.submitReads(ProtoSubmitReads())
        var trade = ProtoTrade()
        trade.ranges = [MemoryGateway.proto(1, 100)]
        trade.to = 3
        var redeem = ProtoRedeem()
        redeem.ranges = trade.ranges
        redeem.beneficiary = "Bank \"<b>\" of Tests"
        redeem.location = "DEU"
        redeem.purpose = "Office & branches"
        redeem.periodStart = 1_609_459_200
        redeem.periodEnd = 1_640_995_200
        var retire = ProtoRetire()
        retire.ranges = [MemoryGateway.proto(101, 120)]
        retire.reason = .voluntary
        var register = ProtoRegisterAccount()
        register.kind = .developer
        register.legalName = MemoryGateway.hostileName
        register.country = "IND"
        let actions: [(UInt64, ProtoTransactionBody.OneOf_Action)] = [
            (1, .registerAccount(register)), (1, .registerAccount(register)),
            (2, .registerDevices(ProtoRegisterDevices())), (2, reads), (2, reads),
            (2, .trade(trade)), (3, .redeem(redeem)), (2, .retire(retire)),
        ]
        for (index, row) in actions.enumerated() {
            addTransaction(UInt64(index), account: row.0, action: row.1)
        }
    }

    private mutating func addTransaction(
        _ index: UInt64, account: UInt64, action: ProtoTransactionBody.OneOf_Action
    ) {
        var body = ProtoTransactionBody()
        body.account = account
        body.action = action
        body.channel = .api
        body.notAfter = MemoryGateway.start.rawValue + 700_000
        var signer = ProtoSigner()
        signer.publicKey = Data(MemoryGateway.keyBytes)
        signer.nonce = index + 1
        body.signers = [signer]
        var receipt = ProtoReceipt()
        receipt.logIndex = index
        receipt.height = index + 1
        receipt.time = MemoryGateway.start.rawValue + index * 600
        receipt.events = MemoryGateway.events(of: action)
        transactionRecords.append(
            TransactionRecord(
                id: MemoryGateway.digest(UInt8(0x51 + index)), index: LogIndex(index),
                height: Height(index + 1), body: body, receipt: receipt))
    }

    private static func events(of action: ProtoTransactionBody.OneOf_Action) -> [ProtoEvent] {
        var event = ProtoEvent()
        switch action {
        case .submitReads:
            var issue = ProtoSeriesIssue()
            issue.project = 101
            issue.vintage = 2021
            issue.length = 250_400
            issue.first = 1
            issue.last = 250
            issue.owner = 2
            event.energyPlaced.issues = [issue]
        case .registerDevices:
            event.devicesRegistered.first = 1
            event.devicesRegistered.count = 3
        case .trade:
            var lot = ProtoLotRecord()
            lot.range = proto(1, 100)
            lot.owner = 3
            lot.status = .active
            event.lotsMoved.action = .trade
            event.lotsMoved.created = [lot]
            lot.range = proto(1, 250)
            event.lotsMoved.consumed = [lot]
        default: return []
        }
        return [event]
    }
}
