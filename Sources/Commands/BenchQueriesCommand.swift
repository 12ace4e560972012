import ArgumentParser
import Foundation
import Primitives

/// Provenance questions to a running node's public port.
struct BenchQueriesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "queries", abstract: "Ask a running node for provenance.",
        discussion: """
            First as fast as the clients can, which gives the capacity, then at half of that.

            Example: drec bench queries DREC101-2022-1..1000000 --clients 8 --seconds 10
            """)
    @OptionGroup var node: NodeOptions
    @Argument(help: "D-RECs, of which each question takes one at random.") var range: String
    @Option(help: "Clients at once.") var clients = 8
    @Option(help: "How long each of the two runs takes, in seconds, at most 600.")
    var seconds = 10

    func run() async throws {
        try await Output.run {
            guard let range = DRECRange(range) else {
                throw ValidationError("\(range) is no range of D-RECs")
            }
            guard (1...1_000).contains(clients), (1...600).contains(seconds) else {
                throw ValidationError("1 to 1000 clients, 1 to 600 seconds")
            }
            let client = node.client
            @Sendable func ask(_ number: Int) async throws -> Bool {
                // A fixed sequence that looks random: Knuth's multiplicative generator.
                let mixed = UInt64(number) &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                let serial = range.first.rawValue + (mixed >> 20) % range.count
                let path = "/v1/drecs/DREC\(range.series.project.rawValue)-\(range.series.vintage)"
                _ = try await client.get("\(path)-\(serial)/provenance")
                return true
            }
            let capacity = try await BenchClients(clients: clients, seconds: seconds, rate: 0)
                .run(ask)
            capacity.report("provenance at full speed")
            try await BenchClients(
                clients: clients * 4, seconds: seconds, rate: capacity.perSecond / 2
            ).run(ask).report("provenance at half of that")
        }
    }
}
