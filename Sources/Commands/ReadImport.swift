import ArgumentParser
import Foundation
import Intake
import Ledger
import Primitives
import Wire

/// Submits reads in batches: a dry run tells the rows that would be refused, the others are
/// submitted, and again where the state moved meanwhile (L9).
struct ReadImport {
    private static let tries = 5

    private let signing: SigningOptions
    private let quiet: Bool
    private let isDeferred: Bool
    private let tell: RowReport
    private let carryFile: CarryFile
    private var carries: [ExternalID: FractionCarry]
    private var recorded: RecordedReads
    private var accepted = 0
    private var alreadyRecorded = 0
    private var refused = 0
    private var wattHours: UInt64 = 0

    /// - Parameter isDeferred: whether the reads are recorded now and minted later (L5).
    init(
        signing: SigningOptions, quiet: Bool, isDeferred: Bool, carries file: CarryFile
    ) throws {
        self.signing = signing
        self.quiet = quiet
        self.isDeferred = isDeferred
        tell = RowReport(isJSON: signing.node.json)
        recorded = RecordedReads(client: signing.client, owner: try signing.account())
        carryFile = file
        carries = try file.load()
    }

    mutating func submit(_ items: [Result<Intake.ReadRecord, RowProblem>]) async throws {
        var records: [Intake.ReadRecord] = []
        for item in items {
            switch item {
            case .failure(let problem): refuse(problem.line, nil, "\(problem)")
            case .success(let record):
                if try await recorded.device(record.externalID) == nil {
                    refuse(
                        record.line, record.externalID,
                        "line \(record.line): unknown meter \(record.externalID)")
                } else if isDeferred, record.start == nil {
                    // The dry run does not know that the mint is deferred.
                    let code = RefusalCode.deferredWindowOpen
                    refuse(
                        record.line, record.externalID,
                        "line \(record.line), \(record.externalID): \(code.rawValue) "
                            + code.sentence, ["refusal": .integer(Int64(code.rawValue))])
                } else {
                    records.append(record)
                }
            }
        }
        for _ in 0..<ReadImport.tries {
            records = try await withoutRefused(records)
            if records.isEmpty { return }
            let (whole, after) = WholeRead.reads(of: records, carries: carries)
            var action = ProtoSubmitReads()
            action.deferMint = isDeferred
            do {
                let receipt = try await signing.submit(
                    .submitReads(action), reads: try rows(whole), channel: .csv)
                report(whole, receipt)
                recorded.forgetReads()
                carries = after
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

    /// The records that the ledger would accept now; the others are reported.
    private mutating func withoutRefused(
        _ records: [Intake.ReadRecord]
    ) async throws -> [Intake.ReadRecord] {
        var records = records
        while !records.isEmpty {
            let (whole, _) = WholeRead.reads(of: records, carries: carries)
            let refusals = try await signing.client.dryRun(
                try rows(whole), account: try signing.account())
            if refusals.isEmpty { break }
            var lines: Set<Int> = []
            for refusal in refusals {
                guard let row = NodeClient.number(refusal["row"]).map(Int.init),
                    whole.indices.contains(row)
                else { throw CommandFailure.failed("the node names a row that was not sent") }
                lines.insert(whole[row].record.line)
                try await report(whole[row], refusal)
            }
            records.removeAll { lines.contains($0.line) }
        }
        return records
    }

    private mutating func report(_ read: WholeRead, _ refusal: [String: Any]) async throws {
        let code = NodeClient.number(refusal["refusal"]).map { UInt16(truncatingIfNeeded: $0) }
        let known =
            code == RefusalCode.alreadyRecorded.rawValue
            || code == RefusalCode.windowsOverlap.rawValue
        let line = read.record.line
        if known, let entry = try await recorded.read(read.record)?.entry {
            alreadyRecorded += 1
            guard !quiet else { return }
            tell.row(
                "line \(line)  \(read.record.externalID)  already recorded  entry \(entry)",
                [
                    "line": .integer(Int64(line)), "status": "known",
                    "device": .string(read.record.externalID.text),
                    "entry": .unsigned(entry.rawValue),
                ])
            return
        }
        let reason = refusal.text("title") + " " + refusal.text("detail")
        var numbers = ""
        var members: [String: CanonicalJSON] = ["refusal": .integer(Int64(code ?? 0))]
        if let limit = NodeClient.number(refusal["limit"]),
            let excess = NodeClient.number(refusal["excess"])
        {
            numbers = " Limit \(limit) Wh, exceeded by \(excess) Wh."
            members["limitWattHours"] = .unsigned(limit)
            members["excessWattHours"] = .unsigned(excess)
        }
        refuse(
            line, read.record.externalID,
            "line \(line), \(read.record.externalID): \(code ?? 0) \(reason)\(numbers)", members)
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

    private mutating func report(_ reads: [WholeRead], _ receipt: FinalReceipt) {
        accepted += reads.count
        wattHours += NodeClient.number(receipt.event("readsAccepted")?["wattHours"]) ?? 0
        MintReport(tell: tell).issues(of: receipt)
        if isDeferred {
            tell.row(
                "recorded  \(reads.count) reads, not minted  (entry \(receipt.entry)); "
                    + "mint them with: drec mint '\(receipt.entry)' FILE",
                [
                    "status": "deferred", "reads": .integer(Int64(reads.count)),
                    "entry": .unsigned(receipt.index.rawValue),
                ])
        }
        guard !quiet else { return }
        for read in reads {
            let record = read.record
            tell.row(
                "line \(record.line)  \(record.externalID)  \(read.wattHours.rawValue) Wh"
                    + "  entry \(receipt.entry)",
                [
                    "line": .integer(Int64(record.line)), "status": "accepted",
                    "device": .string(record.externalID.text),
                    "wattHours": .unsigned(read.wattHours.rawValue),
                    "entry": .unsigned(receipt.index.rawValue),
                ])
        }
    }

    private mutating func refuse(
        _ line: Int, _ device: ExternalID?, _ reason: String,
        _ members: [String: CanonicalJSON] = [:]
    ) {
        refused += 1
        var object = members
        object["line"] = .integer(Int64(line))
        object["status"] = "refused"
        object["device"] = device.map { .string($0.text) } ?? .null
        object["reason"] = .string(reason)
        tell.row("\(reason)  refused", .object(object))
    }

    /// - Throws: exit code 1 where rows were refused.
    func finish() throws {
        tell.row(
            "\(accepted) accepted (\(wattHours) Wh), \(alreadyRecorded) already recorded, "
                + "\(refused) refused" + (accepted == 0 ? "\nnothing changed" : ""),
            [
                "status": "summary", "accepted": .integer(Int64(accepted)),
                "wattHours": .unsigned(wattHours), "known": .integer(Int64(alreadyRecorded)),
                "refused": .integer(Int64(refused)),
            ])
        if refused > 0 { throw ExitCode(1) }
    }
}
