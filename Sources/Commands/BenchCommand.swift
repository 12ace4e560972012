import ArgumentParser
import Foundation

/// Measurements: of one node's work in this process, and of a running network.
struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measure, beside the machine's own rates.",
        discussion: """
            Use a release build on a quiet machine. Ratios are to V2, the rate of signature checks \
            on two threads in the same run.
            """,
        subcommands: [
            BenchNodeCommand.self, BenchChainCommand.self, BenchLoadCommand.self,
            BenchQueriesCommand.self,
        ],
        defaultSubcommand: BenchNodeCommand.self)
}

/// One node's work, in this process and on files of its own.
struct BenchNodeCommand: AsyncParsableCommand {
    /// What is measured; each part makes its own files.
    enum Part: String, CaseIterable, ExpressibleByArgument {
        case dense, sparse, replay, provenance, proofs
    }

    static let configuration = CommandConfiguration(
        commandName: "node", abstract: "Measure one node's work in this process.",
        discussion: "Example: drec bench node --parts replay --lots 100000 --trades 20000")
    @Option(help: "dense, sparse, replay, provenance, proofs; all where none is named.")
    var parts: [Part] = Part.allCases
    @Option(help: "Lots in the state before trades are replayed.") var lots = 100_000
    @Option(help: "Trades that are replayed.") var trades = 20_000
    @Option(help: "Provenance questions that are asked.") var questions = 20_000
    @Option(help: "Devices for the reads of one row each.") var devices = 100_000
    @Option(help: "Submissions of 5 000 reads for the dense reads.") var submissions = 60
    @Option(help: "Directory for the files; removed afterwards.")
    var directory = NSTemporaryDirectory()

    func run() async throws {
        try await Output.run {
            let folder = directory + "/drec-bench-\(UUID().uuidString)"
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(atPath: folder) }
            let verify = try await BenchMachine.verificationsPerSecond()
            Output.line("signature checks, two threads (V2)   \(Int(verify))/s")
            Output.line(
                "fsync of 4 KiB                       "
                    + "\(Int(try BenchMachine.syncsPerSecond(in: folder)))/s")
            Output.line("load of the machine                  \(BenchMachine.load())")
            if parts.contains(.dense) { try await benchDenseReads(folder) }
            if parts.contains(.sparse) { try await benchSparseReads(folder) }
            if !Set(parts).isDisjoint(with: [.replay, .provenance, .proofs]) {
                try await benchTrades(folder, verify)
            }
        }
    }
}
