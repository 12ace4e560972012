import ArgumentParser
import Foundation
import Primitives
import Verifier

struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check a proof file with nothing but the genesis document.",
        discussion: """
            No node is asked and nothing is believed: each step is made and told, from the \
            document's hash to the energy of the reads. Exit code 0 only if all that is mandatory \
            holds.

            The keys of authorities of long ago could write another history. Against that, \
            --require-witness wants so many authorities' cosignatures over the log, and \
            --min-checkpoint wants the log to be, or to go on from, one that was seen earlier. \
            Both hold the log's entries: owners and "unspent" are a state, and rest on the votes \
            alone.

            A saved statement holds its proof, which is all of it that is checked: what the page \
            says beside it is to be compared with what the proof is told to say.

            Example: drec verify drec.proof.json --genesis genesis.json
            """)
    @Argument(help: "The proof file, or a redemption statement that was saved.") var file: String
    @Option(help: "The network's genesis document.") var genesis: String
    @Option(
        name: .customLong("require-witness"),
        help: "How many authorities must have cosigned the log.")
    var witnesses = 0
    @Option(
        name: .customLong("min-checkpoint"),
        help: "A checkpoint of the log that was seen earlier.")
    var minimum: String?
    @Flag(help: "Answer in JSON.") var json = false

    func validate() throws {
        guard witnesses >= 0 else { throw ValidationError("--require-witness: 0 or more") }
    }

    func run() async throws {
        try await Output.run {
            var demands = ProofCheck.Demands()
            demands.witnesses = witnesses
            demands.minimum = try minimum.map { path in
                let checkpoint = try CheckpointFile.load(path)
                return (checkpoint.size, checkpoint.root)
            }
            // What is too large is no proof file, which is a verdict: a byte more than there may be
            // tells it.
            let report = ProofCheck.report(
                on: try KeyFile.readStart(of: file, count: ProofFile.byteLimit + 1),
                genesis: try KeyFile.readStart(
                    of: genesis, count: FoundingDocument.byteLimit + 1), demands: demands)
            if json {
                Output.json(report.json)
            } else {
                report.tell()
            }
            guard report.holds else { throw ExitCode(1) }
        }
    }
}

/// A checkpoint that somebody kept, with or without its signatures.
enum CheckpointFile {
    /// - Throws: ``CommandFailure/failed(_:)``.
    static func load(_ path: String) throws -> CheckpointNote {
        let bytes = try KeyFile.readFile(path, limit: 64 * 1_024)
        guard let text = String(validating: bytes, as: UTF8.self),
            let checkpoint = CheckpointNote(text)
        else { throw CommandFailure.failed("\(path) is no checkpoint of a log") }
        return checkpoint
    }
}
