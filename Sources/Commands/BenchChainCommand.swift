import ArgumentParser
import Foundation
import Registry

/// A large chain in a directory that a node can run, to measure a node from outside.
struct BenchChainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chain",
        abstract: "Make a large chain for a node to run, and measure its start.",
        discussion: """
            The keys are published with the program: the chain is for measuring only.

            Example: drec bench chain big --lots 1000000 && drec node run --config big/node.json
            """)
    @Argument(help: "The directory to make.") var directory: String
    @Option(help: "Lots of one D-REC.") var lots = 1_000_000
    @Option(help: "Transactions of one trade each, on top of the lots.") var trades = 0

    func run() async throws {
        try await Output.run {
            guard !FileManager.default.fileExists(atPath: directory) else {
                throw CommandFailure.failed("\(directory) exists already")
            }
            try FileManager.default.createDirectory(
                atPath: directory, withIntermediateDirectories: true)
            var network = try BenchNetwork(directory: directory, name: "chain")
            try network.mintEnergy(kilowattHours: UInt64(lots + trades * 2 + 1_000))
            try network.splitLots(lots)
            try network.tradeSingly(trades, perBlock: 2_000)
            Output.line("\(network.entryCount) entries, \(network.leafCount) leaves")
            try network.close()
            try ProfileStore(path: NodeFiles.registry(directory)).close()
            try GenesisFile.write(network.genesis, to: directory + "/genesis.json")
            try KeyFile.write(network.vote, to: directory + "/vote.key")
            try KeyFile.write(network.owner, to: directory + "/owner.key")
            try NodeSetup(
                directory: directory, genesis: directory + "/genesis.json",
                voteKey: directory + "/vote.key"
            ).write()
            let began = ContinuousClock.now
            let leaves = try network.reopened().leafCount
            Output.line(
                "start from the files, \(leaves) leaves   "
                    + "\(BenchMachine.seconds(ContinuousClock.now - began)) s")
        }
    }
}
