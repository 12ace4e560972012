import ArgumentParser
import Foundation
import Intake
import Primitives
import Wire

struct ReadsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reads", abstract: "Submit meter reads.",
        subcommands: [Submit.self, Deferred.self])

    struct Submit: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Submit the reads of a CSV file; D-RECs are minted for what is accepted.",
            discussion: """
                Layouts, told apart by their header: id,timestamp,value,unit · \
                deviceExternalId,timezone,type,unit,value,startDate,endDate · \
                device,start,end,wh. Rows go in batches of 5000, each device's in the order of \
                time within a batch. Each row gets a receipt or a reason with its line number; \
                running the same file again changes nothing. What a device's reads leave over \
                below 1 Wh is kept in the carry file. With --defer the reads are recorded and \
                claimed now and minted later by drec mint. With --json each row is an object on a \
                line of its own, the last one a summary.

                Example: drec reads submit reads.csv --key developer.key --account A2
                """)
        @OptionGroup var signing: SigningOptions
        @Argument(help: "The file.") var file: String
        @OptionGroup var reading: ReadFileOptions
        @Option(help: "File of fractions below 1 Wh; default beside the key.")
        var carry: String?
        @Flag(name: .customLong("defer"), help: "Record the reads now, mint them later.")
        var isDeferred = false
        @Flag(help: "Say nothing of rows that were accepted or recorded before.")
        var quiet = false

        func run() async throws {
            try await Output.run {
                let options = try reading.options()
                _ = try signing.signingKey()
                var sheet = try SheetFile(
                    path: file, sheet: Sheet<ReadLayout>.reads(options), batchSize: 5_000)
                var importer = try await ReadImport(
                    signing: signing, quiet: quiet, isDeferred: isDeferred,
                    carries: carry ?? signing.key + ".carry")
                var bar = ProgressBar("reads", isShown: !signing.node.json)
                while let batch = try sheet.nextBatch() {
                    try await importer.submit(batch)
                    bar.show(sheet.progress.bytesRead, of: sheet.progress.bytesTotal)
                }
                try importer.finish()
            }
        }
    }

    struct Deferred: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List reads that were submitted with --defer and wait for their mint.",
            discussion: "Example: drec reads deferred --account A4")
        @OptionGroup var options: ListOptions
        @Option(help: "Only this account's.") var account: AccountID?
        @Flag(help: "List those too that were minted.") var all = false

        func run() async throws {
            try await Output.run {
                let isWanted: (CanonicalJSON) -> Bool = { item in
                    (all || item["mintedByEntry"] == .null)
                        && (account.map { item.text("account") == "\($0)" } ?? true)
                }
                let isWhole = all && account == nil
                try await Listing.show(
                    "/v1/evidence", options, where: isWhole ? nil : isWanted
                ) { item in
                    let mint = item.text("mintedByEntry")
                    return "#\(item.text("entry"))  \(item.text("account"))  "
                        + "\(item.text("readsCount")) reads  "
                        + (mint.isEmpty ? "not minted" : "minted by #\(mint)")
                }
            }
        }
    }
}

/// How a file of reads is read.
struct ReadFileOptions: ParsableArguments {
    @Option(help: "The owner's id of the device, where the file names none.")
    var device: String?
    @Option(help: "Whether a lone timestamp is the window's start or end.")
    var timestamp = "start"
    @Option(help: "Seconds of the window of a lone timestamp.") var interval: UInt64 = 86_400
    @Option(help: "Time zone of times without one, such as Asia/Kolkata.")
    var timeZone = "UTC"
    @Option(help: "history, delta or aggregate, where the file does not say.")
    var kind = "history"

    func options() throws -> ReadOptions {
        var options = ReadOptions()
        if let device {
            guard let id = ExternalID(device) else {
                throw ValidationError(
                    "--device: 1 to 64 letters, digits, _, - or blanks, not \(device)")
            }
            options.deviceExternalID = id
        }
        guard let meaning = ReadOptions.TimestampMeaning(rawValue: timestamp) else {
            throw ValidationError("--timestamp is start or end, not \(timestamp)")
        }
        guard (1...ReadOptions.maximumIntervalSeconds).contains(interval) else {
            throw ValidationError(
                "--interval is 1 to \(ReadOptions.maximumIntervalSeconds) seconds")
        }
        options.timestampMeans = meaning
        options.intervalSeconds = interval
        do {
            options.timeZone = try ReadOptions.timeZone(named: timeZone)
        } catch {
            throw ValidationError("--time-zone: \(timeZone) is no zone, such as Asia/Kolkata")
        }
        options.kind = try Choice.named(kind, "--kind")
        return options
    }
}
