import ArgumentParser
import Ledger
import Primitives

extension NetworkCommand {
    struct Join: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a member's keys and its signed request to be in a new network.",
            discussion: """
                The directory gets the member's keys, which never leave it, and join.json, which \
                the initiative puts into the founding document with drec genesis compose. The \
                initiative makes a request of its own, with --initiative.

                Example: drec network join south --network solar --name south \
                --legal-name "Southern Grid" --country ZAF --address node.south.example:8082
                """)
        @Argument(help: "The directory; it must not exist.") var directory: String
        @Option(help: "Name of the network that is to be founded: a-z, 0-9 and -.")
        var network: String
        @Option(help: "Name of the member's authority, unlike that of all others.")
        var name: String
        @Option(help: "Legal name of the member.") var legalName: String
        @Option(help: "Country of the member, ISO 3166-1 alpha-3.") var country: CountryCode
        @Option(help: "Where other members will reach the node, host:port.") var address: String
        @Flag(help: "The member is the network's initiative, A1.") var initiative = false
        @Flag(help: "Answer in JSON.") var json = false

        func run() async throws {
            try await Output.run {
                let request = try JoinRequestFile.create(
                    in: directory, network: network, name: name, isInitiative: initiative,
                    legalName: legalName, country: country, address: address)
                if json { return Output.json(request.json) }
                Output.line("request  \(directory)/join.json  for whoever composes the network")
                Output.line("keys     \(directory)/keys  stay here")
            }
        }
    }
}
