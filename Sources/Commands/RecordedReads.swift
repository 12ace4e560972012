import Foundation
import Intake
import Ledger
import Primitives
import Wire

/// An owner's devices by their own ids, and what the ledger has recorded of them.
///
/// Reads are asked for the times of some rows only, so that memory is bounded by those rows.
struct RecordedReads {
    struct Read {
        /// As recorded: for a counter the window and energy that the rules made of it.
        let row: ReadRow
        let entry: LogIndex
        /// The row's place in its entry, from 0.
        let place: UInt64
    }

    /// What the ledger has where a row would go.
    struct Match {
        /// The energy, or the counter, is one that the row can have counted.
        let isSame: Bool
        /// Energy of the window; for a counter its value.
        let energy: WattHours
        /// Nil for a counter that only began to count: the ledger keeps no window of it.
        let read: Read?
    }

    /// Most devices that are remembered.
    private static let deviceLimit = 100_000
    /// Most entries whose rows are remembered.
    private static let entryLimit = 4

    let client: NodeClient
    let owner: AccountID
    private var devices: [ExternalID: DeviceID?] = [:]
    private var entries: [LogIndex: [ReadRow]] = [:]

    init(client: NodeClient, owner: AccountID) {
        self.client = client
        self.owner = owner
    }

    // MARK: Devices

    /// Makes room where too many devices are remembered; none of a batch must be in use.
    mutating func forgetDevices() {
        if devices.count > RecordedReads.deviceLimit { devices = [:] }
    }

    /// The device that the owner calls so, nil where there is none.
    mutating func device(_ id: ExternalID) async throws -> DeviceID? {
        if let known = devices[id] { return known }
        let device = try await DeviceNaming.device(DeviceNaming.hash(of: id, owner: owner), client)
        devices[id] = .some(device)
        return device
    }

    /// As ``device(_:)``, of those that were asked for.
    func known(_ id: ExternalID) -> DeviceID? { devices[id] ?? nil }

    // MARK: Reads

    /// What the ledger has of these records, by line: the same device and window; where the row
    /// states no start, the same end and kind.
    mutating func find(_ records: [Intake.ReadRecord]) async throws -> [Int: Match] {
        var wanted: [DeviceID: [Intake.ReadRecord]] = [:]
        for record in records {
            guard let device = try await device(record.externalID) else { continue }
            wanted[device, default: []].append(record)
        }
        var matches: [Int: Match] = [:]
        for (device, records) in wanted.sorted(by: { $0.key < $1.key }) {
            let near = try await RecordedNear(records, of: device, client)
            var counters: [Intake.ReadRecord] = []
            for record in records {
                if record.kind == .aggregate {
                    matches[record.line] = try await counter(record, near)
                    if matches[record.line] == nil { counters.append(record) }
                } else if let read = near.window(of: record) {
                    matches[record.line] = Match(
                        isSame: record.mayCount(as: read.row.energy), energy: read.row.energy,
                        read: read)
                }
            }
            let last = try await lastCounter(counters, of: device)
            matches.merge(last) { $1 }
        }
        return matches
    }

    /// The counter at a moment: that of the row which recorded it, or what the next one counted
    /// from.
    private mutating func counter(
        _ record: Intake.ReadRecord, _ near: RecordedNear
    ) async throws -> Match? {
        if let read = near.ending[record.end], read.row.kind == .aggregate,
            let row = try await submitted(read)
        {
            return Match(
                isSame: record.mayCount(as: row.energy), energy: row.energy, read: read)
        }
        if let next = near.starting[record.end], next.row.kind == .aggregate,
            let row = try await submitted(next), row.energy >= next.row.energy
        {
            let energy = WattHours(row.energy.rawValue - next.row.energy.rawValue)
            return Match(isSame: record.mayCount(as: energy), energy: energy, read: nil)
        }
        return nil
    }

    /// Matches for the device's last counter, of which no window tells: a dry run of counters that
    /// must be refused names its moment and its value.
    private func lastCounter(
        _ records: [Intake.ReadRecord], of device: DeviceID
    ) async throws -> [Int: Match] {
        guard let end = records.map(\.end).max(), end < .maximum else { return [:] }
        let rows = [end, Timestamp(end.rawValue + 1)].map { moment in
            ReadRow(
                device: device, start: Timestamp(0), end: moment, energy: .zero, kind: .aggregate)
        }
        var limits: [UInt64: (code: UInt64?, limit: UInt64?)] = [:]
        for refusal in try await client.dryRun(rows, account: owner) {
            guard let row = NodeClient.number(refusal["row"]) else { continue }
            limits[row] = (
                NodeClient.number(refusal["refusal"]), NodeClient.number(refusal["limit"])
            )
        }
        guard let first = limits[0], first.limit == end.rawValue,
            first.code == UInt64(RefusalCode.counterNotLater.rawValue)
        else { return [:] }
        // Only a counter of zero has none below it.
        let isLower = limits[1]?.code == UInt64(RefusalCode.counterLower.rawValue)
        let energy = WattHours(isLower ? limits[1]?.limit ?? 0 : 0)
        var matches: [Int: Match] = [:]
        for record in records where record.end == end {
            matches[record.line] = Match(
                isSame: record.mayCount(as: energy), energy: energy, read: nil)
        }
        return matches
    }

    /// The row of a read as it was submitted.
    private mutating func submitted(_ read: Read) async throws -> ReadRow? {
        if entries[read.entry] == nil {
            if entries.count >= RecordedReads.entryLimit { entries = [:] }
            entries[read.entry] = try await RecordedReads.rows(of: read.entry, client)
        }
        guard let rows = entries[read.entry], read.place < UInt64(rows.count) else { return nil }
        return rows[Int(read.place)]
    }

    /// The reads of an entry as they were submitted.
    static func rows(of entry: LogIndex, _ client: NodeClient) async throws -> [ReadRow] {
        let id = try await client.json("/v1/entries/\(entry.rawValue)").text("id")
        let bytes = Data(try await client.get("/v1/transactions/\(id)/bytes"))
        guard
            let envelope = try? ProtoSignedTransaction(
                canonical: bytes, limit: LedgerLimits.transactionBytes),
            let rows = envelope.reads.rows()
        else { throw CommandFailure.failed("the node's transaction \(id) is damaged") }
        return rows
    }
}
