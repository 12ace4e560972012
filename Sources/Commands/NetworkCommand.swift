import ArgumentParser
import Foundation
import Primitives

struct NetworkCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "network", abstract: "Found and run a network.",
        subcommands: [New.self, Join.self, Up.self, Status.self])

    struct Up: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Run a network's nodes until they are stopped.",
            discussion: """
                Each node is a process of its own, which writes what it says to node.log in its \
                directory; all stop with this one. With --node, and where there is only one, the \
                node runs in this process. Environment settings of nodes (DREC_NODE_…) are for \
                one node alone: they reach no other.

                Example: drec network up my-network

                Example: drec network up my-network --node 2
                """)
        @Argument(help: "The directory of the network.") var directory: String
        @Option(help: "Run this one alone: node-2, observer-0, or 2 for node-2.")
        var node: String?
        @Option(help: "trace, debug, info, notice, warning, error or critical.")
        var logLevel = "info"

        func run() async throws {
            try await Output.run {
                let network = LocalNetwork(directory: directory)
                let nodes = try node.map { [try network.node($0)] } ?? network.nodes()
                guard nodes.count == 1 else {
                    return try await NodeProcesses(nodes: nodes, logLevel: logLevel).run()
                }
                try await NodeRunner.run(
                    try NodeConfiguration.load(
                        file: nodes[0].configuration, flags: ["log.level": logLevel]))
            }
        }
    }

    struct Status: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show how a network is, as one of its nodes sees it, or all of them.",
            discussion: """
                With the directory of a local network all its nodes are asked, and whether they \
                agree at the height that all have reached. Ends with 2 where a node is not ready \
                or cannot be reached, with 1 where nodes differ.

                Example: drec network status my-network
                """)
        @Argument(help: "The directory of a local network.") var directory: String?
        @OptionGroup var node: NodeOptions

        func run() async throws {
            try await Output.run {
                if let directory {
                    let network = LocalNetwork(directory: directory)
                    return try await NetworkSurvey(nodes: network.nodes()).tell(json: node.json)
                }
                let status = try await node.client.json("/v1/status")
                let totals = try await node.client.json("/v1/totals")
                ShowCommand.display(["status": status, "totals": totals], node)
                try NodeCommand.requireReady(status)
            }
        }
    }
}
