import ArgumentParser
import Foundation
import Ledger
import Primitives

struct NetworkCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "network", abstract: "Found and run a network.",
        subcommands: [New.self, Join.self, Up.self, Status.self])

    struct New: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Found a network of one authority in a new directory.",
            discussion: """
                Makes keys, the founding document and the node's directory. Where members found \
                a network together, each makes its own keys: see drec network join.

                Example: drec network new my-network --name local
                """)
        @Argument(help: "The directory; it must not exist.") var directory: String
        @Option(help: "The network's name.") var name = "local"
        @Option(help: "How many authorities; more than one cannot run yet.") var authorities = 1
        @Option(help: "CSV of yields: country,kwh_per_kwp,source.") var yields: String?
        @Option(help: "Port of the public endpoint.") var publicPort = 8080
        @Option(help: "Port of the member endpoint.") var memberPort = 8081
        @Flag(help: "Answer in JSON.") var json = false

        func run() async throws {
            guard authorities >= 1 else {
                throw ValidationError("--authorities: a network has at least one authority")
            }
            try await Output.run {
                guard authorities == 1 else {
                    throw CommandFailure.failed(
                        "--authorities: this version runs networks of one authority")
                }
                guard !FileManager.default.fileExists(atPath: directory) else {
                    throw CommandFailure.failed("\(directory) exists already")
                }
                let keys = directory + "/keys"
                try FileManager.default.createDirectory(
                    atPath: keys, withIntermediateDirectories: true,
                    attributes: [.posixPermissions: 0o700])
                let initiative = try KeyFile.create(at: keys + "/initiative.key")
                let vote = try KeyFile.create(at: keys + "/vote.key")
                let tls = try KeyFile.create(at: keys + "/tls.key")
                let log = try KeyFile.create(at: keys + "/log.key")
                let document = try GenesisFile.document(
                    name: name, legalName: "The Initiative", country: "CHE",
                    initiative: initiative.publicKey, vote: vote.publicKey, tls: tls.publicKey,
                    log: log.publicKey, yields: yields)
                try GenesisFile.write(document, to: directory + "/genesis.json")
                try NodeFiles.create(
                    NodeSetup(
                        directory: directory + "/node-0", genesis: directory + "/genesis.json",
                        voteKey: keys + "/vote.key", publicPort: publicPort,
                        memberPort: memberPort))
                if json {
                    let answer: CanonicalJSON = [
                        "network": .string(name), "hash": .string(document.hash.hex),
                        "directory": .string(directory),
                    ]
                    return Output.line(answer.canonicalText)
                }
                Output.line("network \(name)  \(document.hash)")
                Output.line("run it with: drec network up \(directory)")
            }
        }
    }

    struct Up: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Run a network's node until it is stopped.",
            discussion: "Example: drec network up my-network")
        @Argument(help: "The directory of the network.") var directory: String
        @Option(help: "trace, debug, info, notice, warning, error or critical.")
        var logLevel = "info"

        func run() async throws {
            try await Output.run {
                try await NodeRunner.run(
                    try NodeConfiguration.load(
                        file: directory + "/node-0/node.json", flags: ["log.level": logLevel]))
            }
        }
    }

    struct Status: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show how a network is, as one of its nodes sees it.",
            discussion: """
                Ends with 2 where the node is not ready.

                Example: drec network status
                """)
        @OptionGroup var node: NodeOptions

        func run() async throws {
            try await Output.run {
                let status = try await node.client.json("/v1/status")
                let totals = try await node.client.json("/v1/totals")
                ShowCommand.display(["status": status, "totals": totals], node)
                try NodeCommand.requireReady(status)
            }
        }
    }
}
