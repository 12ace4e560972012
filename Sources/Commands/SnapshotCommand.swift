import ArgumentParser
import Foundation
import Ledger
import Node
import Primitives
import Registry
import Store

extension NodeCommand {
    struct Snapshot: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write a node's state into a file, and found a node from such a file.",
            discussion: """
                A snapshot holds the state after one final block, the log's edge, and the votes \
                that prove both from the founding document alone. A node that is founded from one \
                need not go through the history before it, and does not hold it.
                """,
            subcommands: [Create.self, Restore.self])
    }
}

extension NodeCommand.Snapshot {
    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write a snapshot of a node, which may be running.",
            discussion: """
                Off-chain profiles, votes and keys are never part of it.

                Example: drec node snapshot create --config node/node.json solar.snapshot
                """)
        @Argument(help: "The file to write; it must not exist.") var file: String
        @Option(help: "The node's configuration file, JSON.") var config: String
        @Flag(help: "Answer in JSON.") var json = false

        func run() async throws {
            try await Output.run {
                let configuration = try NodeConfiguration.load(file: config, flags: [:])
                let genesis = try GenesisFile.load(configuration.genesis)
                let manifest = try await SnapshotVerbs.create(
                    file, data: configuration.data, genesis: genesis)
                SnapshotVerbs.tell(manifest, ["file": .string(file)], json)
            }
        }
    }

    struct Restore: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Found a node whose chain begins after a snapshot's block.",
            discussion: """
                Everything is proved before it is used: the votes from the founding document on, \
                and the state against the root that they made final. The directory appears whole \
                or not at all. Without --vote-key the node is an observer. The record of an \
                authority's votes is no part of a snapshot: it signs again once it was started \
                with --resume-signing. A newcomer's key has signed nothing and needs no such word.

                Example: drec node snapshot restore solar.snapshot node --genesis genesis.json \
                --peers peers.json
                """)
        @Argument(help: "The snapshot.") var file: String
        @Argument(help: "The directory to make; it must not exist, or be empty.")
        var directory: String
        @Option(help: "The network's founding document.") var genesis: String
        @Option(help: "Key file that signs votes; none for an observer.") var voteKey: String?
        @Flag(help: "The keys are of a seat that the network is still to give.")
        var newcomer = false
        @Option(help: "Key file of the connections with peers.") var tlsKey: String?
        @Option(help: "Key file that signs the log.") var logKey: String?
        @Option(help: "File of the authorities' addresses.") var peers: String?
        @Option(help: "Port of the public endpoint.") var publicPort = 8080
        @Option(help: "Port of the member endpoint.") var memberPort = 8081
        @Option(help: "Port where peers are awaited.") var peerPort = 7600
        @Flag(help: "Answer in JSON.") var json = false

        func run() async throws {
            guard !newcomer || voteKey != nil else {
                throw ValidationError("--newcomer: an observer gets no seat")
            }
            try await Output.run {
                let document = try GenesisFile.load(genesis)
                // A wrong path is told before the work.
                for path in [voteKey, tlsKey, logKey] {
                    if let path { _ = try KeyFile.load(path) }
                }
                if let peers { _ = try PeersFile.load(peers) }
                let setup = NodeSetup(
                    directory: directory, genesis: genesis, voteKey: voteKey,
                    isNewcomer: newcomer, tlsKey: tlsKey, logKey: logKey, peers: peers,
                    publicPort: publicPort, memberPort: memberPort, peerPort: peerPort)
                if newcomer { try setup.check(against: document) }
                let manifest = try SnapshotVerbs.restore(
                    file, to: directory, document,
                    newcomer: newcomer ? try voteKey.map { try KeyFile.load($0).publicKey } : nil)
                try NodeFiles.configure(setup)
                SnapshotVerbs.tell(manifest, ["directory": .string(directory)], json)
            }
        }
    }
}
