import Intake
import Ledger
import Primitives
import Wire

/// The recorded reads of one device that start or end where some rows do.
struct RecordedNear {
    /// Most reads that a node gives at once.
    private static let pageLimit = 200

    private(set) var starting: [Timestamp: RecordedReads.Read] = [:]
    private(set) var ending: [Timestamp: RecordedReads.Read] = [:]

    /// Asks the node, latest first: neighbours together, and nothing of what lies between rows that
    /// are far apart.
    init(_ records: [Intake.ReadRecord], of device: DeviceID, _ client: NodeClient) async throws {
        let starts = Set(records.compactMap(\.start))
        let ends = Set(records.filter { $0.start == nil }.map(\.end))
        // A window that ends at a moment starts before it: where one is wanted, look further.
        var wanted = (starts.map { ($0, false) } + ends.map { ($0, true) })
            .sorted { $0.0 > $1.0 }[...]
        var reach = Timestamp.maximum.rawValue
        while let (moment, _) = wanted.first {
            let before = min(reach, moment.rawValue + 1)
            let limit = min(RecordedNear.pageLimit, max(10, wanted.count + 1))
            let answer = try await client.json(
                "/v1/devices/\(device)/reads?before=\(before)&limit=\(limit)")
            var oldest: Timestamp?
            for item in answer["items"]?.array ?? [] {
                let read = try RecordedNear.read(item, of: device)
                let (start, end) = (read.row.start, read.row.end)
                if starts.contains(start) || ends.contains(start) { starting[start] = read }
                if ends.contains(end) { ending[end] = read }
                oldest = start
            }
            guard answer["next"]?.string != nil, let oldest, oldest.rawValue < before else {
                return
            }
            reach = oldest.rawValue
            wanted = wanted.drop { moment, isEnd in isEnd ? oldest < moment : oldest <= moment }
        }
    }

    /// What is recorded of the very window of a row, or of its end where it states no start.
    func window(of record: Intake.ReadRecord) -> RecordedReads.Read? {
        guard let start = record.start else {
            guard let read = ending[record.end], read.row.kind == record.kind else { return nil }
            return read
        }
        guard let read = starting[start], read.row.end == record.end else { return nil }
        return read
    }

    private static func read(
        _ item: CanonicalJSON, of device: DeviceID
    ) throws -> RecordedReads.Read {
        guard let start = Moment(argument: item.text("start"))?.timestamp,
            let end = Moment(argument: item.text("end"))?.timestamp,
            let energy = item.number("wattHours"), let entry = item.number("entry"),
            let place = item.number("row"),
            let kind: ProtoReadKind = Choice.word(item.text("kind"))
        else { throw CommandFailure.failed("the node's list of reads has a row unlike a read") }
        return RecordedReads.Read(
            row: ReadRow(
                device: device, start: start, end: end, energy: WattHours(energy), kind: kind),
            entry: LogIndex(entry), place: place)
    }
}
