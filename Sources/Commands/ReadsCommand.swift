import ArgumentParser
import Foundation
import Intake
import Primitives
import Wire

struct ReadsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reads", abstract: "Submit meter reads.", subcommands: [Submit.self])

    struct Submit: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Submit the reads of a CSV file; D-RECs are minted for what is accepted.",
            discussion: """
                Layouts, told apart by their header: id,timestamp,value,unit · \
                deviceExternalId,timezone,type,unit,value,startDate,endDate · \
                device,start,end,wh. Rows go in batches of 5000, each device's in the order of \
                time within a batch. Each row gets a receipt or a reason with its line number; \
                running the same file again changes nothing. What a device's reads leave over \
                below 1 Wh is kept in the carry file.

                Example: drec reads submit reads.csv --key developer.key --account A2
                """)
        @OptionGroup var signing: SigningOptions
        @Argument(help: "The file.") var file: String
        @Option(help: "The owner's id of the device, where the file names none.")
        var device: String?
        @Option(help: "Whether a lone timestamp is the window's start or end.")
        var timestamp = "start"
        @Option(help: "Seconds of the window of a lone timestamp.") var interval: UInt64 = 86_400
        @Option(help: "Time zone of times without one, such as Asia/Kolkata.")
        var timeZone = "UTC"
        @Option(help: "history, delta or aggregate, where the file does not say.")
        var kind = "history"
        @Option(help: "File of fractions below 1 Wh; default beside the key.")
        var carry: String?
        @Flag(help: "Say nothing of rows that were accepted.") var quiet = false

        func run() async throws {
            try await Output.run {
                var importer = try ReadImport(
                    signing: signing, quiet: quiet,
                    carries: CarryFile(path: carry ?? signing.key + ".carry"))
                var sheet = try SheetFile(
                    path: file, sheet: Sheet<ReadLayout>.reads(try options()),
                    batchSize: 5_000)
                var bar = ProgressBar("reads", isShown: !signing.node.json)
                while let batch = try sheet.nextBatch() {
                    try await importer.submit(batch)
                    bar.show(sheet.progress.bytesRead, of: sheet.progress.bytesTotal)
                }
                try importer.finish()
            }
        }

        private func options() throws -> ReadOptions {
            var options = ReadOptions()
            if let device {
                guard let id = ExternalID(device) else {
                    throw ValidationError("\(device) is no device id")
                }
                options.deviceExternalID = id
            }
            guard let meaning = ReadOptions.TimestampMeaning(rawValue: timestamp) else {
                throw ValidationError("--timestamp is start or end")
            }
            options.timestampMeans = meaning
            options.intervalSeconds = interval
            options.timeZone = try ReadOptions.timeZone(named: timeZone)
            switch kind.lowercased() {
            case "history": options.kind = .history
            case "delta": options.kind = .delta
            case "aggregate": options.kind = .aggregate
            default: throw ValidationError("--kind is history, delta or aggregate")
            }
            return options
        }
    }
}

/// What devices' reads left over below one watt-hour, kept between runs.
struct CarryFile {
    let path: String

    func load() throws -> [ExternalID: FractionCarry] {
        guard FileManager.default.fileExists(atPath: path) else { return [:] }
        guard
            let value = try? CanonicalJSON(
                parsing: try KeyFile.readFile(path), limit: 64 * 1_024 * 1_024),
            let members = value.object
        else { throw CommandFailure.failed("\(path) is not a carry file") }
        var carries: [ExternalID: FractionCarry] = [:]
        for (name, remainder) in members {
            guard let id = ExternalID(name), let value = remainder.unsigned,
                let carry = FractionCarry(remainderNanoWattHours: value)
            else { throw CommandFailure.failed("\(path) is not a carry file: \(name)") }
            carries[id] = carry
        }
        return carries
    }

    func save(_ carries: [ExternalID: FractionCarry]) throws {
        var members: [String: CanonicalJSON] = [:]
        for (id, carry) in carries where carry != .zero {
            members[id.folded] = .unsigned(carry.remainderNanoWattHours)
        }
        try Data(CanonicalJSON.object(members).canonicalBytes)
            .write(to: URL(fileURLWithPath: path), options: .atomic)
    }
}
