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
    private let carryFile: CarryFile
    private var carries: [ExternalID: FractionCarry]
    private var devices: [ExternalID: DeviceID?] = [:]
    private var recorded: [DeviceID: [Timestamp: Recorded]] = [:]
    private var accepted = 0
    private var alreadyRecorded = 0
    private var refused = 0
    private var wattHours: UInt64 = 0

    private struct Recorded {
        let end: Timestamp
        let energy: UInt64
    }

    init(signing: SigningOptions, quiet: Bool, carries file: CarryFile) throws {
        self.signing = signing
        self.quiet = quiet
        carryFile = file
        carries = try file.load()
    }

    mutating func submit(_ items: [Result<Intake.ReadRecord, RowProblem>]) async throws {
        var records: [Intake.ReadRecord] = []
        for item in items {
            switch item {
            case .failure(let problem): refuse("\(problem)")
            case .success(let record):
                if try await device(record.externalID) == nil {
                    refuse("line \(record.line): unknown meter \(record.externalID)")
                } else {
                    records.append(record)
                }
            }
        }
        for _ in 0..<ReadImport.tries {
            records = try await withoutRefused(records)
            if records.isEmpty { return }
            let (whole, after) = WholeRead.reads(of: records, carries: carries)
            do {
                let receipt = try await signing.submit(
                    .submitReads(ProtoSubmitReads()), reads: try rows(whole), channel: .csv)
                report(whole, receipt)
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
        if known, try await isRecorded(read) {
            alreadyRecorded += 1
            return
        }
        let reason = refusal.text("title") + " " + refusal.text("detail")
        var numbers = ""
        if let limit = NodeClient.number(refusal["limit"]),
            let excess = NodeClient.number(refusal["excess"])
        {
            numbers = " Limit \(limit) Wh, exceeded by \(excess) Wh."
        }
        refuse(
            "line \(read.record.line), \(read.record.externalID): \(code ?? 0) \(reason)\(numbers)")
    }

    /// Whether this very read is on the ledger: the same window, and energy that differs by no more
    /// than a carried fraction.
    private mutating func isRecorded(_ read: WholeRead) async throws -> Bool {
        guard let device = try await device(read.record.externalID),
            let start = read.record.start
        else { return false }
        if recorded[device] == nil { recorded[device] = try await readsOnLedger(of: device) }
        guard let known = recorded[device]?[start] else { return false }
        let exact = read.record.nanoWattHours.wattHours.rawValue
        return known.end == read.record.end && known.energy >= exact && known.energy <= exact + 1
    }

    private func readsOnLedger(of device: DeviceID) async throws -> [Timestamp: Recorded] {
        var reads: [Timestamp: Recorded] = [:]
        var path: String? = "/v1/devices/\(device)/reads?limit=200"
        while let page = path {
            let object = try await signing.client.object(page)
            for item in object["items"] as? [[String: Any]] ?? [] {
                guard let start = ReadImport.time(item.text("start")),
                    let end = ReadImport.time(item.text("end")),
                    let energy = NodeClient.number(item["wattHours"])
                else { continue }
                reads[start] = Recorded(end: end, energy: energy)
            }
            path = (object["next"] as? String).map {
                "/v1/devices/\(device)/reads?limit=200&cursor=\($0)"
            }
        }
        return reads
    }

    private static func time(_ text: String) -> Timestamp? {
        guard let date = try? Date(text, strategy: .iso8601), date.timeIntervalSince1970 >= 0
        else { return nil }
        return Timestamp(UInt64(date.timeIntervalSince1970))
    }

    private mutating func device(_ id: ExternalID) async throws -> DeviceID? {
        if let known = devices[id] { return known }
        let hash = DeviceNaming.hash(of: id, owner: try signing.account())
        let device = try await DeviceNaming.device(hash, signing.client)
        devices[id] = device
        return device
    }

    private func rows(_ reads: [WholeRead]) throws -> [ReadRow] {
        try reads.map { read in
            guard let known = devices[read.record.externalID], let device = known else {
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
        let issues = receipt.event("energyPlaced")?["issues"] as? [[String: Any]] ?? []
        for issue in issues {
            guard let range = DRECRange(issue.text("range")) else { continue }
            Output.line(
                "minted \(range)  \(range.count) kWh  for \(issue.text("owner"))"
                    + "  (entry \(receipt.entry))")
        }
        guard !quiet else { return }
        for read in reads {
            Output.line(
                "line \(read.record.line)  \(read.record.externalID)  \(read.wattHours.rawValue) Wh"
                    + "  entry \(receipt.entry)")
        }
    }

    private mutating func refuse(_ reason: String) {
        refused += 1
        Output.line("\(reason)  refused")
    }

    /// - Throws: exit code 1 where rows were refused.
    func finish() throws {
        Output.line(
            "\(accepted) accepted (\(wattHours) Wh), \(alreadyRecorded) already recorded, "
                + "\(refused) refused")
        if accepted == 0, refused == 0 { Output.line("nothing changed") }
        if refused > 0 { throw ExitCode(1) }
    }
}
