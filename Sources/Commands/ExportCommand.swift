import ArgumentParser
import Foundation
import Ledger
import Primitives
import Verifier

struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write the log and the proofs of all that there is as static files.",
        discussion: """
            The files have the paths of a node's public addresses, so any web server can serve \
            them: the genesis document, the log's checkpoint, tiles, entries and what these are \
            made of, a proof of each account, device, redemption and lot, and the page that checks \
            proofs. All that can be checked is, before it is written.

            Running it again goes on where it stopped, or brings the directory up to date. What is \
            final is never written a second time.

            Example: drec export /srv/drec --genesis genesis.json
            """)
    @OptionGroup var node: NodeOptions
    @Argument(help: "The directory; it is made if it is not there.") var directory: String
    @Option(help: "The network's genesis document, which the node's must be.")
    var genesis: String?

    private static let genesisPath = "/v1/genesis"

    func run() async throws {
        try await Output.run {
            let client = node.client
            let directory = try ExportDirectory(directory)
            let lock = try await FileLock(waitingFor: directory.place(of: "/.lock"), of: "export")
            let document = try await founding(client, directory)
            var mark = try ExportMark(in: directory, network: document.network)
            if !mark.isComplete { try directory.removePartialFiles() }
            try await mark.begin(client)
            try mark.save(in: directory)
            var log = LogExport(
                client: client, directory: directory, network: document.network,
                origin: CheckpointNote.origin(of: document),
                progress: ProgressBar("Log", isShown: !node.json))
            let copied = try await log.run()
            let bytes = try directory.bytes(
                ExportCommand.genesisPath, limit: FoundingDocument.byteLimit)
            let proofs = ProofExport(
                client: client, directory: directory, genesis: bytes ?? [],
                network: document.network, height: mark.height)
            try await proofs.run(isShown: !node.json)
            if let page = try await client.find("/verify") {
                try directory.write(page, to: "/verify.html")
            }
            mark.isComplete = true
            try mark.save(in: directory)
            withExtendedLifetime(lock) { tell(copied, proofs.counts.values, mark) }
            guard proofs.counts.values.missing == 0 else { throw ExitCode(1) }
        }
    }

    /// The network's document: the one in the directory, the node's and the given one are the same.
    private func founding(
        _ client: NodeClient, _ directory: ExportDirectory
    ) async throws -> FoundingDocument {
        let path = ExportCommand.genesisPath
        let bytes = try await client.get(path)
        guard let document = try? FoundingDocument(parsing: bytes) else {
            throw CommandFailure.failed("the node's genesis document is none")
        }
        if let genesis {
            let own = try KeyFile.readFile(genesis, limit: FoundingDocument.byteLimit)
            try compare(own, genesis, document)
        }
        if let known = try directory.bytes(path, limit: FoundingDocument.byteLimit) {
            try compare(known, directory.place(of: path), document)
        } else {
            try directory.write(bytes, to: path)
        }
        return document
    }

    private func compare(
        _ other: [UInt8], _ name: String, _ document: FoundingDocument
    ) throws {
        guard (try? FoundingDocument(parsing: other))?.network == document.network else {
            throw CommandFailure.failed("\(name) is of another network than the node")
        }
    }

    private func tell(
        _ log: LogExport.Result, _ proofs: ProofExport.ProofCounts.Values, _ mark: ExportMark
    ) {
        if node.json {
            let object: CanonicalJSON = [
                "logSize": .unsigned(log.size), "addedEntries": .unsigned(log.added),
                "height": .unsigned(mark.height),
                "proofs": [
                    "written": .integer(Int64(proofs.written)),
                    "kept": .integer(Int64(proofs.kept)),
                    "missing": .integer(Int64(proofs.missing)),
                ],
            ]
            return Output.json(object)
        }
        Output.line(
            "\(directory): a log of \(log.size) entries, \(log.added) of them new; "
                + "\(proofs.written + proofs.kept) proofs as of block \(mark.height) or later, "
                + "\(proofs.written) of them new")
        if proofs.missing > 0 {
            Output.note(
                "\(proofs.missing) proofs could not be had from this node: it does not hold the "
                    + "history, or they are too large")
        }
    }
}
