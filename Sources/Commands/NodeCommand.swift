import ArgumentParser
import Foundation
import Ledger
import Primitives
import Registry
import Store

struct NodeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "node", abstract: "Create, run and inspect a node.",
        subcommands: [Init.self, Run.self, Status.self, Inspect.self, Snapshot.self, Webhook.self])

    struct Init: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Create a node's data directory and configuration.",
            discussion: """
                An authority gives its vote key, and among several its TLS key and the others' \
                addresses, a JSON object of host:port by their names. An observer follows the \
                chain and answers queries without a vote; its TLS key is made where none is given.

                Example: drec node init node --genesis genesis.json --vote-key vote.key \
                --tls-key tls.key --log-key log.key --peers peers.json

                Example: drec node init observer --genesis genesis.json --observer \
                --peers peers.json
                """)
        @Argument(help: "The directory; made where it is missing.") var directory: String
        @Option(help: "The network's founding document.") var genesis: String
        @Option(help: "Key file that signs votes.") var voteKey: String?
        @Flag(
            help: "The vote key has signed before and its record is lost: see node run --help.")
        var hasVoted = false
        @Flag(
            help: """
                The keys are of a seat that is not in the founding document: one that the network \
                is still to give, or with --has-voted one that it has given since.
                """)
        var newcomer = false
        @Option(help: "Key file of the connections with peers.") var tlsKey: String?
        @Option(help: "Key file that signs the log.") var logKey: String?
        @Option(help: "JSON file of the authorities' addresses.") var peers: String?
        @Flag(help: "Create an observer, which has no vote.") var observer = false
        @Option(help: "Port of the public endpoint.") var publicPort = 8080
        @Option(help: "Port of the member endpoint.") var memberPort = 8081
        @Option(help: "Port for peers, where there is a TLS key.") var peerPort = 7600
        @Flag(help: "Answer in JSON.") var json = false

        func run() async throws {
            guard observer == (voteKey == nil) else {
                throw ValidationError(
                    observer
                        ? "--vote-key: an observer has none"
                        : "--vote-key is missing; --observer makes a node without one")
            }
            guard !observer || !hasVoted else {
                throw ValidationError("--has-voted: an observer has no vote")
            }
            guard !observer || !newcomer else {
                throw ValidationError("--newcomer: an observer gets no seat")
            }
            try await Output.run {
                try NodeFiles.create(
                    NodeSetup(
                        directory: directory, genesis: genesis, voteKey: voteKey,
                        hasVoted: hasVoted, isNewcomer: newcomer, tlsKey: tlsKey,
                        logKey: logKey, peers: peers, publicPort: publicPort,
                        memberPort: memberPort, peerPort: peerPort))
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
        @Option(help: "Key file that signs votes; an observer has none.") var voteKey: String?
        @Option(help: "Key file of the connections with peers.") var tlsKey: String?
        @Option(help: "Key file that signs the log.") var logKey: String?
        @Option(help: "JSON file of the authorities' addresses by their names.")
        var peers: String?
        @Option(help: "anyone, none, or a file of the TLS keys of observers that may connect.")
        var observers: String?
        @Option(help: "Host of the public endpoint.") var publicHost: String?
        @Option(help: "Port of the public endpoint; 0 lets the system choose.")
        var publicPort: String?
        @Option(help: "Host of the member endpoint.") var memberHost: String?
        @Option(help: "Port of the member endpoint.") var memberPort: String?
        @Option(help: "Host where peers connect.") var peerHost: String?
        @Option(help: "Port where peers connect.") var peerPort: String?
        @Option(help: "trace, debug, info, notice, warning, error or critical.")
        var logLevel: String?
        @Flag(
            help: ArgumentHelp(
                "Sign again although the record of this node's votes is lost.",
                discussion: """
                    Your word that no other process votes with this key. The node first asks the \
                    others how far they are, and signs only beyond that. Needed once, after \
                    safety.sqlite was lost.
                    """))
        var resumeSigning = false

        func run() async throws {
            try await Output.run {
                try DescriptorLimit.require(DescriptorLimit.node)
                let flags = [
                    "data": data, "genesis": genesis, "voteKey": voteKey,
                    "public.host": publicHost, "public.port": publicPort,
                    "member.host": memberHost, "member.port": memberPort, "tlsKey": tlsKey,
                    "logKey": logKey, "peer.host": peerHost, "peer.port": peerPort,
                    "peers": peers, "observers": observers, "log.level": logLevel,
                ].compactMapValues { $0 }
                var configuration = try NodeConfiguration.load(file: config, flags: flags)
                configuration.resumesSigning = resumeSigning
                try await NodeRunner.run(configuration)
            }
        }
    }

    struct Status: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show how a node is, and its network as it sees it.",
            discussion: """
                What only operators are told comes from the member port; without it the rest is \
                shown. Ends with 2 where the node is not ready or nothing becomes final.

                Example: drec node status
                """)
        @OptionGroup var member: MemberOptions

        func run() async throws {
            try await Output.run {
                let status = try await member.client.json("/v1/status")
                let operation = try await member.client.operation()
                let whole = (status.object ?? [:])
                    .merging(["operation": operation ?? .null]) { _, new in new }
                ShowCommand.display(.object(whole), member.node)
                try NodeCommand.requireReady(status)
                guard let reason = operation?["stalledBecause"]?.string else { return }
                throw CommandFailure.failed("nothing becomes final: \(reason)")
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
                read models are then replaced by the replayed ones. A node that was founded from a \
                snapshot begins with it instead of genesis: base.snapshot in its data directory, \
                or another file of the same snapshot.

                Example: drec node inspect --config node-0/node.json --replay
                """)
        @Option(help: "Configuration file, JSON.") var config: String
        @Flag(help: "Execute every block again and compare.") var replay = false
        @Flag(help: "Replace the read models by replayed ones.") var rebuild = false
        @Option(help: "The snapshot that the node began with; not needed in its directory.")
        var snapshot: String?
        @Flag(help: "Answer in JSON.") var json = false

        func run() async throws {
            try await Output.run {
                let configuration = try NodeConfiguration.load(file: config, flags: [:])
                try await ChainInspector(configuration: configuration, isJSON: json)
                    .run(replay: replay || rebuild, rebuild: rebuild, snapshot: snapshot)
            }
        }
    }
}
