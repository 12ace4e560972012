import ArgumentParser
import Foundation
import Ledger
import Primitives
import Registry
import Store

struct NodeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "node", abstract: "Create, run and inspect a node.",
        subcommands: [Init.self, Run.self, Status.self, Inspect.self])

    struct Init: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Create a node's data directory and configuration.",
            discussion: "Example: drec node init node-0 --genesis genesis.json --vote-key vote.key")
        @Argument(help: "The directory; made where it is missing.") var directory: String
        @Option(help: "The network's founding document.") var genesis: String
        @Option(help: "Key file that signs blocks.") var voteKey: String
        @Option(help: "Port of the public endpoint.") var publicPort = 8080
        @Option(help: "Port of the member endpoint.") var memberPort = 8081
        @Flag(help: "Answer in JSON.") var json = false

        func run() async throws {
            try await Output.run {
                try NodeFiles.create(
                    directory: directory, genesis: genesis, voteKey: voteKey,
                    publicPort: publicPort, memberPort: memberPort)
                let answer: CanonicalJSON = ["configuration": .string("\(directory)/node.json")]
                Output.line(json ? answer.canonicalText : "created \(directory)/node.json")
            }
        }
    }

    struct Run: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Run a node until it is stopped; it must have been created before.",
            discussion: """
                Settings come from flags, then from the environment (DREC_NODE_DATA, \
                DREC_NODE_PUBLIC_PORT, …), then from the file.

                Example: drec node run --config node-0/node.json --public-port 9000
                """)
        @Option(help: "Configuration file, JSON.") var config: String?
        @Option(help: "Data directory.") var data: String?
        @Option(help: "Founding document.") var genesis: String?
        @Option(help: "Key file that signs blocks.") var voteKey: String?
        @Option(help: "Host of the public endpoint.") var publicHost: String?
        @Option(help: "Port of the public endpoint; 0 lets the system choose.")
        var publicPort: String?
        @Option(help: "Host of the member endpoint.") var memberHost: String?
        @Option(help: "Port of the member endpoint.") var memberPort: String?
        @Option(help: "trace, debug, info, notice, warning, error or critical.")
        var logLevel: String?

        func run() async throws {
            try await Output.run {
                let flags = [
                    "data": data, "genesis": genesis, "voteKey": voteKey,
                    "public.host": publicHost, "public.port": publicPort,
                    "member.host": memberHost, "member.port": memberPort,
                    "log.level": logLevel,
                ].compactMapValues { $0 }
                try await NodeRunner.run(
                    try NodeConfiguration.load(file: config, flags: flags))
            }
        }
    }

    struct Status: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show how a node is.",
            discussion: """
                Ends with 2 where it is not ready.

                Example: drec node status
                """)
        @OptionGroup var node: NodeOptions

        func run() async throws {
            try await Output.run {
                let status = try await node.client.json("/v1/status")
                ShowCommand.display(status, node)
                try NodeCommand.requireReady(status)
            }
        }
    }

    /// - Throws: what keeps the node from being ready.
    static func requireReady(_ status: CanonicalJSON) throws {
        guard status["ready"] != true else { return }
        throw CommandFailure.failed("the node is not ready: \(status.text("notReadyBecause"))")
    }

    struct Inspect: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Examine a stopped node's chain.",
            discussion: """
                With --replay every block is executed again from genesis into a new file, and \
                chain, log, state and read models are compared row by row. With --rebuild the \
                read models are then replaced by the replayed ones.

                Example: drec node inspect --config node-0/node.json --replay
                """)
        @Option(help: "Configuration file, JSON.") var config: String
        @Flag(help: "Execute every block again and compare.") var replay = false
        @Flag(help: "Replace the read models by replayed ones.") var rebuild = false
        @Flag(help: "Answer in JSON.") var json = false

        func run() async throws {
            try await Output.run {
                let configuration = try NodeConfiguration.load(file: config, flags: [:])
                try await ChainInspector(configuration: configuration, isJSON: json)
                    .run(replay: replay || rebuild, rebuild: rebuild)
            }
        }
    }
}

/// A node's files.
enum NodeFiles {
    static func chain(_ data: String) -> String { data + "/chain.sqlite" }
    static func registry(_ data: String) -> String { data + "/registry.sqlite" }

    /// Founds the chain of a network in a new directory.
    static func create(
        directory: String, genesis: String, voteKey: String, publicPort: Int, memberPort: Int
    ) throws {
        let document = try GenesisFile.load(genesis)
        guard document.authorities.count == 1 else {
            throw CommandFailure.failed(
                "\(genesis) has \(document.authorities.count) authorities; "
                    + "this version runs networks of one")
        }
        let key = try KeyFile.load(voteKey)
        guard document.authorities.contains(where: { $0.voteKey == key.publicKey }) else {
            throw CommandFailure.failed("\(voteKey) is the key of no authority of \(genesis)")
        }
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
        let store = try ChainStore(path: chain(directory), genesis: document, creating: true)
        try store.close()
        try ProfileStore(path: registry(directory)).close()
        try writeConfiguration(
            directory: directory, genesis: genesis, voteKey: voteKey, publicPort: publicPort,
            memberPort: memberPort)
    }

    static func writeConfiguration(
        directory: String, genesis: String, voteKey: String, publicPort: Int, memberPort: Int
    ) throws {
        let configuration: CanonicalJSON = [
            "node": [
                "data": .string(absolute(directory)), "genesis": .string(absolute(genesis)),
                "voteKey": .string(absolute(voteKey)),
                "public": ["host": "127.0.0.1", "port": .integer(Int64(publicPort))],
                "member": ["host": "127.0.0.1", "port": .integer(Int64(memberPort))],
                "log": ["level": "info"],
            ]
        ]
        try Data(configuration.canonicalBytes)
            .write(to: URL(fileURLWithPath: directory + "/node.json"))
    }

    private static func absolute(_ path: String) -> String {
        URL(fileURLWithPath: path).standardizedFileURL.path
    }
}
