import ArgumentParser
import Foundation
import Intake
import Ledger
import Primitives
import Wire

struct MintCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mint", abstract: "Mint reads that were submitted with --defer.",
        discussion: """
            The reads travel again: from the files that they came from, read with the same \
            options, or without a file from the node, which keeps them. Either way they must be \
            those that the entry recorded, all of them and no other. Rows of the files that the \
            entry did not record are left out.

            Example: drec mint '#1234' reads.csv --key developer.key --account A2
            """)
    @OptionGroup var signing: SigningOptions
    @Argument(help: "The entry that recorded the reads, #1234 or 1234.") var entry: LogIndex
    @Argument(help: "Files of the reads.") var files: [String] = []
    @OptionGroup var reading: ReadFileOptions

    func run() async throws {
        try await Output.run {
            let evidence = try await signing.client.json("/v1/evidence/\(entry.rawValue)")
            let rows =
                try await files.isEmpty
                ? RecordedReads.rows(of: entry, signing.client) : rowsOfFiles()
            guard let count = evidence.number("readsCount"), count == UInt64(rows.count) else {
                throw CommandFailure.refused(
                    "entry \(entry) recorded \(evidence.text("readsCount")) reads; "
                        + "\(rows.count) of them are here")
            }
            guard Transaction.readsRoot(of: rows).hex == evidence.text("readsRoot") else {
                throw CommandFailure.refused("these are not the reads that \(entry) recorded")
            }
            var action = ProtoMint()
            action.evidence = entry.rawValue
            let receipt = try await signing.submit(.mint(action), reads: rows)
            if signing.node.json { return Output.raw(receipt.bytes) }
            MintReport(tell: RowReport(isJSON: false)).issues(of: receipt)
            signing.report(receipt, "\(rows.count) reads of entry \(entry) minted")
        }
    }

    /// The rows of the files that the entry recorded, in the entry's order.
    private func rowsOfFiles() async throws -> [ReadRow] {
        var recorded = RecordedReads(client: signing.client, owner: try signing.account())
        var rows: [UInt64: ReadRow] = [:]
        for file in files {
            var sheet = try SheetFile(
                path: file, sheet: Sheet<ReadLayout>.reads(try reading.options()),
                batchSize: 5_000)
            while let batch = try sheet.nextBatch() {
                recorded.forgetDevices()
                let records = batch.compactMap { try? $0.get() }.filter { $0.start != nil }
                for (_, match) in try await recorded.find(records) where match.isSame {
                    guard let read = match.read, read.entry == entry else { continue }
                    rows[read.place] = read.row
                }
            }
        }
        return rows.keys.sorted().compactMap { rows[$0] }
    }
}

/// Tells which D-RECs a transaction minted.
struct MintReport {
    let tell: RowReport

    func issues(of receipt: FinalReceipt) {
        let issues = receipt.event("energyPlaced")?["issues"] as? [[String: Any]] ?? []
        for issue in issues {
            guard let range = DRECRange(issue.text("range")) else { continue }
            tell.row(
                "minted \(range)  \(range.count) kWh  for \(issue.text("owner"))"
                    + "  (entry \(receipt.entry))",
                [
                    "status": "minted", "range": .string("\(range)"),
                    "kilowattHours": .unsigned(range.count),
                    "owner": .string(issue.text("owner")),
                    "entry": .unsigned(receipt.index.rawValue),
                ])
        }
    }
}
