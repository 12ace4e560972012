import Intake
import Ledger
import Primitives
import Wire

/// An owner's devices by their own ids and what the ledger has recorded of them, asked once each.
struct RecordedReads {
    struct Read {
        let row: ReadRow
        let entry: LogIndex
        /// The row's place in its entry, from 0.
        let place: UInt64
    }

    let client: NodeClient
    let owner: AccountID
    private var devices: [ExternalID: DeviceID?] = [:]
    private var reads: [DeviceID: [Timestamp: Read]] = [:]

    init(client: NodeClient, owner: AccountID) {
        self.client = client
        self.owner = owner
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

    /// This very read on the ledger: the same window, and energy that differs by no more than a
    /// carried fraction.
    mutating func read(_ record: Intake.ReadRecord) async throws -> Read? {
        guard let device = try await device(record.externalID), let start = record.start else {
            return nil
        }
        if reads[device] == nil { reads[device] = try await recorded(of: device) }
        guard let known = reads[device]?[start] else { return nil }
        let exact = record.nanoWattHours.wattHours.rawValue
        let (most, overflow) = exact.addingReportingOverflow(1)
        let isSame =
            known.row.end == record.end && known.row.energy.rawValue >= exact
            && (overflow || known.row.energy.rawValue <= most)
        return isSame ? known : nil
    }

    /// What is on the ledger is asked anew, because it changed.
    mutating func forgetReads() { reads = [:] }

    private func recorded(of device: DeviceID) async throws -> [Timestamp: Read] {
        var reads: [Timestamp: Read] = [:]
        try await Listing.forEach("/v1/devices/\(device)/reads", client) { item in
            guard let start = Moment(argument: item.text("start"))?.timestamp,
                let end = Moment(argument: item.text("end"))?.timestamp,
                let energy = item.number("wattHours"), let entry = item.number("entry"),
                let place = item.number("row"),
                let kind: ProtoReadKind = Choice.word(item.text("kind"))
            else { throw CommandFailure.failed("the node's list of reads has a row unlike a read") }
            reads[start] = Read(
                row: ReadRow(
                    device: device, start: start, end: end, energy: WattHours(energy), kind: kind),
                entry: LogIndex(entry), place: place)
            return true
        }
        return reads
    }
}
