import ArgumentParser
import Foundation
import Ledger
import Primitives
import Wire

struct ParametersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "parameters",
        abstract: "Show the network's parameters and, as the initiative, change them.",
        subcommands: [Show.self, Change.self])

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show the parameters in force and those that wait.",
            discussion: "Example: drec parameters show")
        @OptionGroup var node: NodeOptions
        @Flag(help: "Show those of the past too.") var all = false

        func run() async throws {
            try await Output.run {
                let items = try await Listing.all("/v1/parameters", node.client).filter {
                    all || $0.text("status") != "past"
                }
                if node.json {
                    let list: CanonicalJSON = ["items": .array(items)]
                    return Output.json(list)
                }
                // The oldest first: each is told by what it changes.
                var before: CanonicalJSON?
                for item in items.reversed() {
                    Output.line(
                        "\(ParametersCommand.since(item.text("effective")))  "
                            + (item.text("status") == "inForce" ? "in force" : item.text("status")))
                    for field in ParameterOptions.fields {
                        let value = item["parameters"]?.text(field.name) ?? ""
                        if before?["parameters"]?.text(field.name) == value { continue }
                        Output.line("  --\(field.option)  \(value)")
                    }
                    before = item
                }
            }
        }
    }

    struct Change: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "set",
            abstract: "Change some parameters from a moment on, as the initiative.",
            discussion: """
                Those that are not named stay as they are at that moment.

                Example: drec parameters set --day-factor-ppm 1600000 --effective 2027-01-01 \
                --key initiative.key --account A1
                """)
        @OptionGroup var signing: SigningOptions
        @OptionGroup var options: ParameterOptions
        @Option(
            help: """
                Day or moment in UTC, 2027-01-01 or 2027-01-01T12:00:00Z; as soon as the network \
                permits where it is not given.
                """)
        var effective: Moment?

        func run() async throws {
            try await Output.run {
                guard options.isGiven else {
                    throw ValidationError("name a parameter, such as --day-factor-ppm 1600000")
                }
                let items = try await Listing.all("/v1/parameters", signing.client)
                var action = ProtoSetParameters()
                let (before, later) = try ParametersCommand.base(items, at: effective?.timestamp)
                action.parameters = before
                let changes = options.apply(to: &action.parameters)
                action.effective = effective?.timestamp.rawValue ?? 0
                let receipt = try await signing.submit(.setParameters(action))
                let time = receipt.event("governanceChanged")?.text("effective") ?? ""
                signing.report(receipt, "from \(time): \(changes.joined(separator: ", "))")
                if later {
                    Output.note("note: a change that waits takes the place of this one later")
                }
            }
        }
    }

    /// What holds when a change takes effect, and whether something that waits comes after it.
    static func base(
        _ items: [CanonicalJSON], at requested: Timestamp?
    ) throws -> (ProtoParameters, hasLater: Bool) {
        let rows = items.compactMap { item in
            Moment(argument: item.text("effective")).map { ($0.timestamp, item) }
        }
        guard let inForce = rows.first(where: { $0.1.text("status") == "inForce" }) else {
            throw CommandFailure.failed("the node tells no parameters in force")
        }
        let delay = inForce.1["parameters"]?.number("minimumDelaySeconds") ?? 0
        let earliest = SystemClock.milliseconds() / 1_000 + delay
        let time = requested ?? Timestamp(earliest)
        // Latest first: the first one that begins by then.
        let base = rows.first { $0.0 <= time } ?? inForce
        guard let parameters = base.1["parameters"].flatMap({ ProtoParameters($0) }) else {
            throw CommandFailure.failed("the node's parameters are not those of this program")
        }
        return (parameters, rows.contains { $0.0 > time })
    }

    /// The moment from which something holds; what genesis says holds from the beginning.
    static func since(_ effective: String) -> String {
        effective == Timestamp(0).description ? "from the beginning" : "from \(effective)"
    }
}

/// One option for each parameter.
struct ParameterOptions: ParsableArguments {
    @Option(help: "Between a governance transaction and its effect.")
    var minimumDelaySeconds: UInt64?
    @Option(help: "How long before registration a history read may start.")
    var historyLimitSeconds: UInt64?
    @Option(help: "Of the nameplate, for any window; parts per million.")
    var windowFactorPpm: UInt64?
    @Option(help: "Of the ceiling, for a UTC day; parts per million.") var dayFactorPpm: UInt64?
    @Option(help: "Of the ceiling, for a UTC month; parts per million.")
    var monthFactorPpm: UInt64?
    @Option(help: "Loss of the panels in a year; parts per 10⁹.") var degradationPpb: UInt64?
    @Option(help: "β of the ceiling; parts per million.") var scalerPpm: UInt64?
    @Option(help: "A year's kWh per kWp where a country has no yield of its own.")
    var defaultYieldKwhPerKwp: UInt64?
    @Option(help: "Signatures that a block may hold.") var blockSignatures: UInt64?
    @Option(help: "State leaves that a block may write.") var blockLeaves: UInt64?
    @Option(help: "Lots that a block may touch.") var blockLots: UInt64?
    @Option(help: "Reads that a block may hold.") var blockReads: UInt64?
    @Option(help: "Least time between two blocks.")
    var minimumBlockIntervalMilliseconds: UInt64?
    @Option(help: "Most time between two blocks without work; 0: no block without work.")
    var heartbeatMilliseconds: UInt64?

    struct Field {
        /// Without its two hyphens.
        let option: String
        /// In the public endpoint's JSON.
        let name: String
        let value: WritableKeyPath<ProtoParameters, UInt64>
        let given: KeyPath<ParameterOptions, UInt64?>
    }

    static var fields: [Field] {
        [
            Field(
                option: "minimum-delay-seconds", name: "minimumDelaySeconds",
                value: \.minimumDelaySeconds, given: \.minimumDelaySeconds),
            Field(
                option: "history-limit-seconds", name: "historyLimitSeconds",
                value: \.historyLimitSeconds, given: \.historyLimitSeconds),
            Field(
                option: "window-factor-ppm", name: "windowFactorPPM", value: \.windowFactorPpm,
                given: \.windowFactorPpm),
            Field(
                option: "day-factor-ppm", name: "dayFactorPPM", value: \.dayFactorPpm,
                given: \.dayFactorPpm),
            Field(
                option: "month-factor-ppm", name: "monthFactorPPM", value: \.monthFactorPpm,
                given: \.monthFactorPpm),
            Field(
                option: "degradation-ppb", name: "degradationPPB", value: \.degradationPpb,
                given: \.degradationPpb),
            Field(
                option: "scaler-ppm", name: "scalerPPM", value: \.scalerPpm, given: \.scalerPpm),
            Field(
                option: "default-yield-kwh-per-kwp",
                name: "defaultYieldKilowattHoursPerKilowattPeak", value: \.defaultYieldKwhPerKwp,
                given: \.defaultYieldKwhPerKwp),
            Field(
                option: "block-signatures", name: "blockSignatures", value: \.blockSignatures,
                given: \.blockSignatures),
            Field(
                option: "block-leaves", name: "blockLeaves", value: \.blockLeaves,
                given: \.blockLeaves),
            Field(
                option: "block-lots", name: "blockLots", value: \.blockLots, given: \.blockLots),
            Field(
                option: "block-reads", name: "blockReads", value: \.blockReads,
                given: \.blockReads),
            Field(
                option: "minimum-block-interval-milliseconds",
                name: "minimumBlockIntervalMilliseconds",
                value: \.minimumBlockIntervalMilliseconds,
                given: \.minimumBlockIntervalMilliseconds),
            Field(
                option: "heartbeat-milliseconds", name: "heartbeatMilliseconds",
                value: \.heartbeatMilliseconds, given: \.heartbeatMilliseconds),
        ]
    }

    var isGiven: Bool {
        ParameterOptions.fields.contains { self[keyPath: $0.given] != nil }
    }

    /// - Returns: what changed, in words.
    func apply(to parameters: inout ProtoParameters) -> [String] {
        ParameterOptions.fields.compactMap { field in
            guard let new = self[keyPath: field.given] else { return nil }
            let old = parameters[keyPath: field.value]
            parameters[keyPath: field.value] = new
            return "\(field.option) \(old) → \(new)"
        }
    }
}

extension ProtoParameters {
    /// Parameters as the public endpoint tells them; nil where one is missing.
    init?(_ json: CanonicalJSON) {
        self.init()
        for field in ParameterOptions.fields {
            guard let value = json.number(field.name) else { return nil }
            self[keyPath: field.value] = value
        }
    }
}
