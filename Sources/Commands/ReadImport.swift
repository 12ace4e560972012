import Foundation
import Intake
import Ledger
import Primitives
import Wire

/// Submits reads in batches: a dry run tells the rows that would be refused, the others are
/// submitted, and again where the state moved meanwhile (L9).
///
/// Memory is bounded by a batch, and by the number of devices.
struct ReadImport {
    private static let tries = 5

    /// Refusals of a row that may have been recorded before.
    private static let repetitions = Set(
        [RefusalCode.alreadyRecorded, .windowsOverlap, .counterNotLater, .windowEmpty]
            .map { UInt64($0.rawValue) })

    private let signing: SigningOptions
    private let isDeferred: Bool
    private var carryFile: CarryFile
    private var recorded: RecordedReads
    private var report: ReadReport

    /// Waits for another import that uses the same carry file.
    ///
    /// - Parameter isDeferred: whether the reads are recorded now and minted later (L5).
    init(
        signing: SigningOptions, quiet: Bool, isDeferred: Bool, carries path: String
    ) async throws {
        self.signing = signing
        self.isDeferred = isDeferred
        report = ReadReport(isJSON: signing.node.json, quiet: quiet)
        let account = try signing.account()
        // Of no account every meter is unknown.
        guard try await signing.client.find("/v1/accounts/\(account)") != nil else {
            let code = RefusalCode.accountUnknown
            throw CommandFailure.refused(
                "\(code.rawValue) \(code.sentence) There is no account \(account).")
        }
        recorded = RecordedReads(client: signing.client, owner: account)
        carryFile = try await CarryFile(path: path, network: try await signing.client.network())
    }

    mutating func submit(_ items: [Result<Intake.ReadRecord, RowProblem>]) async throws {
        let (records, repeated) = ReadImport.apart(try await ofKnownDevices(items))
        try await submit(records)
        // Recorded by now, unless they were refused.
        try await submit(repeated)
    }

    private mutating func submit(_ records: [Intake.ReadRecord]) async throws {
        guard !records.isEmpty else { return }
        var records = records
        let signing = signing
        for _ in 0..<ReadImport.tries {
            try await carryFile.settle(signing.client)
            records = try await withoutRefused(records)
            if records.isEmpty { return }
            let (whole, carries) = whole(records)
            var action = ProtoSubmitReads()
            action.deferMint = isDeferred
            do {
                let receipt = try await signing.submit(
                    .submitReads(action), reads: try rows(whole), channel: .csv
                ) { try carryFile.expect(carries, after: $0) }
                report.accept(whole, receipt, isDeferred: isDeferred)
                try carryFile.save(carries)
                return
            } catch CommandFailure.refused(let reason) {
                // The state moved between dry run and submission: look again.
                guard RowPath.index(in: reason, of: "reads") != nil else {
                    throw CommandFailure.refused(reason)
                }
            }
        }
        throw CommandFailure.refused("the same rows were refused again and again")
    }

    /// The records without those that say the same as one before them, and these.
    private static func apart(
        _ records: [Intake.ReadRecord]
    ) -> (records: [Intake.ReadRecord], repeated: [Intake.ReadRecord]) {
        struct Said: Hashable {
            let device: ExternalID
            let start: Timestamp?
            let end: Timestamp
            let energy: NanoWattHours
            let kind: ProtoReadKind
        }
        var said: Set<Said> = []
        var (first, repeated): ([Intake.ReadRecord], [Intake.ReadRecord]) = ([], [])
        for record in records {
            let isNew = said.insert(
                Said(
                    device: record.externalID, start: record.start, end: record.end,
                    energy: record.nanoWattHours, kind: record.kind)
            ).inserted
            if isNew { first.append(record) } else { repeated.append(record) }
        }
        return (first, repeated)
    }

    /// - Throws: exit code 1 where rows were refused.
    func finish() throws { try report.finish() }

    /// The records that can be asked about; the others are reported.
    private mutating func ofKnownDevices(
        _ items: [Result<Intake.ReadRecord, RowProblem>]
    ) async throws -> [Intake.ReadRecord] {
        recorded.forgetDevices()
        var records: [Intake.ReadRecord] = []
        for item in items {
            switch item {
            case .failure(let problem): report.refuse(problem.line, nil, "\(problem)")
            case .success(let record):
                if try await recorded.device(record.externalID) == nil {
                    report.refuse(
                        record.line, record.externalID,
                        "line \(record.line): unknown meter \(record.externalID)")
                } else if isDeferred, record.start == nil {
                    // The dry run does not know that the mint is deferred.
                    let code = RefusalCode.deferredWindowOpen
                    report.refuse(
                        record.line, record.externalID,
                        "line \(record.line), \(record.externalID): \(code.rawValue) "
                            + code.sentence, ["refusal": .integer(Int64(code.rawValue))])
                } else {
                    records.append(record)
                }
            }
        }
        return records
    }

    /// The records that the ledger would accept now; the others are reported.
    private mutating func withoutRefused(
        _ records: [Intake.ReadRecord]
    ) async throws -> [Intake.ReadRecord] {
        var records = records
        while !records.isEmpty {
            let (whole, _) = whole(records)
            let refusals = try await signing.client.dryRun(
                try rows(whole), account: try signing.account())
            if refusals.isEmpty { break }
            var refused: [(record: Intake.ReadRecord, refusal: [String: Any])] = []
            for refusal in refusals {
                guard let row = NodeClient.number(refusal["row"]), row < UInt64(whole.count)
                else { throw CommandFailure.failed("the node names a row that was not sent") }
                refused.append((whole[Int(row)].record, refusal))
            }
            let matches = try await recorded.find(
                refused.compactMap { record, refusal in
                    let code = NodeClient.number(refusal["refusal"]) ?? 0
                    return ReadImport.repetitions.contains(code) ? record : nil
                })
            for (record, refusal) in refused {
                let match = matches[record.line]
                if let match, match.isSame {
                    report.recognise(record, match)
                } else {
                    report.refuse(record, refusal, insteadOf: match)
                }
            }
            let lines = Set(refused.map(\.record.line))
            records.removeAll { lines.contains($0.line) }
        }
        return records
    }

    /// The records in whole watt-hours, and what their devices have left over after them.
    private func whole(
        _ records: [Intake.ReadRecord]
    ) -> (reads: [WholeRead], carries: [DeviceID: FractionCarry]) {
        var carries: [ExternalID: FractionCarry] = [:]
        for record in records {
            guard let device = recorded.known(record.externalID) else { continue }
            carries[record.externalID] = carryFile.carries[device]
        }
        let (reads, after) = WholeRead.reads(of: records, carries: carries)
        var changed: [DeviceID: FractionCarry] = [:]
        for (id, carry) in after {
            if let device = recorded.known(id) { changed[device] = carry }
        }
        return (reads, changed)
    }

    private func rows(_ reads: [WholeRead]) throws -> [ReadRow] {
        try reads.map { read in
            guard let device = recorded.known(read.record.externalID) else {
                throw CommandFailure.failed("unknown meter \(read.record.externalID)")
            }
            return ReadRow(
                device: device, start: read.record.start ?? Timestamp(0), end: read.record.end,
                energy: read.wattHours, kind: read.record.kind)
        }
    }
}
