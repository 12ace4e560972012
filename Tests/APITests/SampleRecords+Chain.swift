import Foundation
import Ledger
import Primitives
import Wire

extension SampleRecords {
    var redemption: RedemptionRecord {
        var value = ProtoRedemptionValue()
        value.account = 3
        value.ranges = [range(6, 7)].compactMap { $0 }.map { ProtoRange($0) }
        value.beneficiary = "A school"
        value.location = "ZAF"
        return RedemptionRecord(
            entry: LogIndex(2), transaction: SampleRecords.digest(0x12), value: value)
    }

    func provenance(of asked: DRECRange) -> ProvenanceRecord {
        let held = lots.filter { $0.range.first <= asked.last && $0.range.last >= asked.first }
        let source = EnergySource(
            device: DeviceID(1), read: reads[0].window, entry: LogIndex(0), row: 1,
            placedBy: LogIndex(0), share: WattHours(2_000))
        let mint = ProvenanceStep(
            kind: .mint, entry: LogIndex(0), transaction: SampleRecords.digest(0x10),
            height: Height(1), time: Timestamp(1_640_000_000), account: AccountID(2), from: nil,
            to: AccountID(2), range: asked, channel: .csv)
        let trade = ProvenanceStep(
            kind: .trade, entry: LogIndex(1), transaction: SampleRecords.digest(0x11),
            height: Height(2), time: Timestamp(1_640_000_060), account: AccountID(2),
            from: AccountID(2), to: AccountID(3), range: asked, channel: .web)
        return ProvenanceRecord(
            range: asked, sources: [source], steps: [mint, trade], lots: held,
            redemptions: [redemption])
    }

    var transactions: [TransactionRecord] {
        (0...2).map { transaction(UInt64($0), id: SampleRecords.digest(0x10 + UInt8($0))) }
    }

    func transaction(_ index: UInt64, id: Digest) -> TransactionRecord {
        var body = ProtoTransactionBody()
        body.version = 1
        body.account = index == 0 ? 2 : 3
        body.channel = .csv
        body.notAfter = 1_640_003_600
        var signer = ProtoSigner()
        signer.publicKey = Data(repeating: 0x44, count: 32)
        signer.nonce = .max
        body.signers = [signer]
        var trade = ProtoTrade()
        trade.ranges = [range(6, 10)].compactMap { $0 }.map { ProtoRange($0) }
        trade.to = 3
        body.trade = trade
        var receipt = ProtoReceipt()
        receipt.time = 1_640_000_000 + index
        var event = ProtoEvent()
        event.lotsMoved.action = .trade
        receipt.events = [event]
        return TransactionRecord(
            id: id, index: LogIndex(index), height: Height(index == 0 ? 1 : 2), body: body,
            receipt: receipt)
    }

    var blocks: [BlockRecord] {
        (1...2).map { number in
            var header = ProtoHeader()
            header.height = UInt64(number)
            header.timeMilliseconds = 1_640_000_000_250
            header.logSize = number == 1 ? 1 : 3
            let some = Data(SampleRecords.digest(0x77).bytes)
            header.parentHash = some
            header.logRoot = some
            header.stateRoot = some
            header.authoritiesHash = some
            header.nextAuthoritiesHash = some
            header.parametersHash = some
            var finalization = ProtoFinalization()
            finalization.signers = Data([0b101])
            return BlockRecord(
                hash: SampleRecords.digest(UInt8(number)), header: header,
                finalization: finalization, firstEntry: LogIndex(number == 1 ? 0 : 1))
        }
    }
}
