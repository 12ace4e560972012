import Gateway
import Ledger
package import Primitives
import Wire

/// One event, ready to be told: the same bytes for every listener.
package struct ToldEvent: Sendable {
    package let kind: EventKind
    package let place: EventPlace
    /// Canonical JSON.
    package let json: [UInt8]
    /// Whom and what it concerns.
    let accounts: Set<AccountID>
    let devices: Set<DeviceID>

    /// As the stream has it: `id`, `event`, `data` and an empty line.
    func frame(in network: Digest) -> [UInt8] {
        let id = EventID(place, of: network).text
        return Array("id: \(id)\nevent: \(kind.rawValue)\ndata: ".utf8) + json + [10, 10]
    }

    /// That a block is final.
    init(_ block: BlockRecord) {
        kind = .block
        place = .block(Height(block.header.height))
        accounts = []
        devices = []
        let first = block.firstEntry.rawValue
        let end = block.header.logSize
        json =
            CanonicalJSON.object([
                "kind": .string(kind.rawValue), "block": .unsigned(block.header.height),
                "hash": .id(block.hash), "time": .time(milliseconds: block.header.timeMilliseconds),
                "firstEntry": .unsigned(first),
                "transactionCount": .unsigned(end > first ? end - first : 0),
                "logSize": .unsigned(end), "logRoot": .hex(block.header.logRoot),
            ]).canonicalBytes
    }

    /// One of the events of a transaction.
    ///
    /// - Parameters:
    ///   - number: which one, from 0.
    ///   - devices: those whose reads the transaction has.
    init(
        _ event: ProtoEvent.OneOf_Event, number: UInt64, of record: TransactionRecord,
        devices: Set<DeviceID>
    ) {
        kind = EventKind(event)
        place = .event(record.index, number: number)
        accounts = event.accounts.union([AccountID(record.body.account)])
        self.devices = kind == .reads || kind == .mint ? devices : event.devices
        json =
            CanonicalJSON.object([
                "kind": .string(kind.rawValue), "block": .unsigned(record.height.rawValue),
                "entry": .unsigned(record.index.rawValue), "number": .unsigned(number),
                "time": .time(record.receipt.time), "transaction": .id(record.id),
                "account": .account(record.body.account), "event": CanonicalJSON(event),
            ]).canonicalBytes
    }
}

/// The events of one final block, the block itself last.
package struct ToldBlock: Sendable {
    package let height: Height
    /// Entries of the log up to and with this block.
    let logSize: UInt64
    package let events: [ToldEvent]
    /// Bytes that it holds, more or less.
    let size: Int

    init(_ block: BlockRecord, events: [ToldEvent]) {
        height = Height(block.header.height)
        logSize = block.header.logSize
        self.events = events + [ToldEvent(block)]
        size = self.events.reduce(0) {
            $0 + $1.json.count + 8 * ($1.accounts.count + $1.devices.count) + 128
        }
    }
}

extension ProtoEvent.OneOf_Event {
    /// The accounts that it names.
    fileprivate var accounts: Set<AccountID> {
        let numbers: [UInt64] =
            switch self {
            case .accountRegistered(let value): [value.account]
            case .accountStatusChanged(let value): [value.account]
            case .keyChanged(let value): [value.account]
            case .delegationChanged(let value): [value.account, value.delegate]
            case .profileCommitted(let value): [value.account]
            case .projectCreated(let value): [value.owner]
            case .energyPlaced(let value): value.issues.map(\.owner)
            case .lotsMoved(let value): (value.consumed + value.created).map(\.owner)
            case .authorityJoined(let value): [value.account]
            default: []
            }
        return Set(numbers.lazy.filter { $0 != 0 }.map { AccountID($0) })
    }

    /// The devices that it names, but for those of reads.
    fileprivate var devices: Set<DeviceID> {
        switch self {
        case .devicesRegistered(let value):
            let (end, isOver) = value.first.addingReportingOverflow(UInt64(value.count))
            return isOver ? [] : Set((value.first..<end).map { DeviceID($0) })
        case .deviceChanged(let value): return [DeviceID(value.device)]
        case .profileCommitted(let value):
            return value.device == 0 ? [] : [DeviceID(value.device)]
        default: return []
        }
    }
}
