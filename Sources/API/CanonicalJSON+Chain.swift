import Gateway
import Ledger
import Primitives
import Wire

extension CanonicalJSON {
    init(_ status: NodeStatus, network: NetworkIdentity) {
        self = [
            "network": ["name": .string(network.name), "hash": .id(network.hash)],
            "height": .unsigned(status.height.rawValue),
            "headHash": .id(status.headHash),
            "headTime": .time(milliseconds: status.headTimeMilliseconds),
            "logSize": .unsigned(status.logSize),
            "logRoot": .id(status.logRoot),
            "stateRoot": .id(status.stateRoot),
            "epoch": .unsigned(status.epoch.rawValue),
            "view": .unsigned(status.view.rawValue),
            "authorities": .array(status.authorities.map { .string($0) }),
            "pendingTransactions": .integer(Int64(status.pendingTransactions)),
            "ready": .boolean(status.notReadyBecause == nil),
            "notReadyBecause": status.notReadyBecause.map { .string($0) } ?? .null,
            "version": .string(status.version),
            "history": .history(after: status.base),
        ]
    }

    /// Where the history begins that a node holds; null where it holds all of it.
    static func history(after base: FinalHeader?) -> CanonicalJSON {
        guard let base else { return .null }
        return [
            "afterBlock": .unsigned(base.header.height),
            "firstEntry": .unsigned(base.header.logSize),
            "time": .time(milliseconds: base.header.timeMilliseconds),
        ]
    }

    /// - Parameter base: after which reads are counted; all the rest is of all time.
    init(_ totals: NetworkTotals, after base: FinalHeader?) {
        self = [
            "accounts": .unsigned(totals.accounts),
            "devices": .unsigned(totals.devices),
            "projects": .unsigned(totals.projects),
            "reads": .unsigned(totals.reads),
            "issuedWattHours": .unsigned(totals.issuedWattHours),
            "activeKilowattHours": .unsigned(totals.active),
            "redeemedKilowattHours": .unsigned(totals.redeemed),
            "retiredKilowattHours": .unsigned(totals.retired),
            "transactions": .unsigned(totals.transactions),
            "height": .unsigned(totals.height),
            "history": .history(after: base),
        ]
    }

    init(_ record: BlockRecord) {
        let header = record.header
        let first = record.firstEntry.rawValue
        self = [
            "hash": .id(record.hash),
            "height": .unsigned(header.height),
            "epoch": .unsigned(header.epoch),
            "view": .unsigned(header.view),
            "parentHash": .hex(header.parentHash),
            "time": .time(milliseconds: header.timeMilliseconds),
            "proposer": .integer(Int64(header.proposer)),
            "firstEntry": .unsigned(first),
            "transactionCount": .unsigned(header.logSize > first ? header.logSize - first : 0),
            "logSize": .unsigned(header.logSize),
            "logRoot": .hex(header.logRoot),
            "stateRoot": .hex(header.stateRoot),
            "authoritiesHash": .hex(header.authoritiesHash),
            "nextAuthoritiesHash": .hex(header.nextAuthoritiesHash),
            "parametersHash": .hex(header.parametersHash),
            "finalization": CanonicalJSON(record.finalization),
        ]
    }

    private init(_ finalization: ProtoFinalization) {
        var signers: [CanonicalJSON] = []
        for (offset, byte) in finalization.signers.enumerated() {
            for bit in 0..<8 where byte >> UInt8(bit) & 1 == 1 {
                signers.append(.integer(Int64(8 * offset + bit)))
            }
        }
        self = [
            "epoch": .unsigned(finalization.epoch),
            "view": .unsigned(finalization.view),
            "parentView": .unsigned(finalization.parentView),
            "signers": .array(signers),
            "signatures": .array(finalization.signatures.map { .hex($0) }),
        ]
    }

    init(_ record: TransactionRecord) {
        let body = record.body
        self = [
            "id": .id(record.id),
            "status": "final",
            "entry": .unsigned(record.index.rawValue),
            "block": .unsigned(record.height.rawValue),
            "time": .time(record.receipt.time),
            "account": .account(body.account),
            "channel": .word(body.channel),
            "notAfter": .time(body.notAfter),
            "signers": .array(
                body.signers.map {
                    ["publicKey": .hex($0.publicKey), "nonce": .unsigned($0.nonce)]
                }),
            "readsRoot": .hexOrNull(body.readsRoot),
            "readsCount": .integer(Int64(body.readsCount)),
            "action": body.action.map { CanonicalJSON($0) } ?? .null,
            "events": .array(record.receipt.events.compactMap(\.event).map { CanonicalJSON($0) }),
        ]
    }
}
