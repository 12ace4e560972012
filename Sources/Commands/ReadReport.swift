import ArgumentParser
import Intake
import Ledger
import Primitives

/// What became of each row of a file of reads, told as it becomes known and counted.
struct ReadReport {
    private let tell: RowReport
    private let quiet: Bool
    private var accepted = 0
    private var known = 0
    private var refused = 0
    private var wattHours: UInt64 = 0

    /// - Parameter quiet: whether to say nothing of rows that were accepted or recorded before.
    init(isJSON: Bool, quiet: Bool) {
        tell = RowReport(isJSON: isJSON)
        self.quiet = quiet
    }

    mutating func accept(_ reads: [WholeRead], _ receipt: FinalReceipt, isDeferred: Bool) {
        accepted += reads.count
        wattHours &+= NodeClient.number(receipt.event("readsAccepted")?["wattHours"]) ?? 0
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

    /// A row that the ledger has already.
    mutating func recognise(_ record: Intake.ReadRecord, _ match: RecordedReads.Match) {
        known += 1
        guard !quiet else { return }
        let place = match.read.map { "entry \($0.entry)" } ?? "the counter's first value"
        tell.row(
            "line \(record.line)  \(record.externalID)  already recorded  \(place)",
            [
                "line": .integer(Int64(record.line)), "status": "known",
                "device": .string(record.externalID.text),
                "entry": match.read.map { .unsigned($0.entry.rawValue) } ?? .null,
            ])
    }

    /// A row that the node refused, by its answer.
    ///
    /// - Parameter match: what is recorded in the row's place, where that is something else.
    mutating func refuse(
        _ record: Intake.ReadRecord, _ refusal: [String: Any], insteadOf match: RecordedReads.Match?
    ) {
        let code = NodeClient.number(refusal["refusal"]) ?? 0
        var reason = "\(code) \(refusal.text("title")) \(refusal.text("detail"))"
        var members: [String: CanonicalJSON] = ["refusal": .unsigned(code)]
        // A counter that is too low exceeds nothing.
        if code != UInt64(RefusalCode.counterLower.rawValue),
            let limit = NodeClient.number(refusal["limit"]),
            let excess = NodeClient.number(refusal["excess"])
        {
            reason += " Limit \(limit) Wh, exceeded by \(excess) Wh."
            members["limitWattHours"] = .unsigned(limit)
            members["excessWattHours"] = .unsigned(excess)
        }
        if let match {
            let place = match.read.map { " in entry \($0.entry)" } ?? ""
            reason += " Recorded are \(match.energy.rawValue) Wh\(place)."
            members["recordedWattHours"] = .unsigned(match.energy.rawValue)
        }
        refuse(
            record.line, record.externalID,
            "line \(record.line), \(record.externalID): \(reason)", members)
    }

    mutating func refuse(
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
            "\(accepted) accepted (\(wattHours) Wh), \(known) already recorded, "
                + "\(refused) refused" + (accepted == 0 ? "\nnothing changed" : ""),
            [
                "status": "summary", "accepted": .integer(Int64(accepted)),
                "wattHours": .unsigned(wattHours), "known": .integer(Int64(known)),
                "refused": .integer(Int64(refused)),
            ])
        if refused > 0 { throw ExitCode(1) }
    }
}
