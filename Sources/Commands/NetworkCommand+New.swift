import ArgumentParser
import Ledger
import Peering
import Primitives

extension NetworkCommand {
    struct New: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Found a network in a new directory.",
            discussion: """
                Makes keys, the founding document, addresses and a directory for each node, all on \
                this machine: to try out and to test. Where members found a network together, each \
                makes its own keys: see drec network join.

                Example: drec network new my-network --authorities 4 --observers 1
                """)
        @Argument(help: "The directory; it must not exist.") var directory: String
        @Option(help: "The network's name.") var name = "local"
        @Option(help: "How many authorities, each with a node.") var authorities = 1
        @Option(help: "How many observers' nodes besides.") var observers = 0
        @Option(help: "CSV of yields: country,kwh_per_kwp,source.") var yields: String?
        @Option(help: "Port of the first public endpoint; other nodes have later ones.")
        var publicPort = 8080
        @Option(help: "Port of the first member endpoint.") var memberPort = 8081
        @Option(help: "First port for peers; 7600, and none for an authority that is alone.")
        var peerPort: Int?
        @Flag(help: "Answer in JSON.") var json = false

        func run() async throws {
            guard (1...GenesisDocument.authorityLimit).contains(authorities) else {
                throw ValidationError("--authorities: 1 to \(GenesisDocument.authorityLimit)")
            }
            guard (0...50).contains(observers) else {
                throw ValidationError("--observers: 0 to 50")
            }
            for (option, port) in [
                ("--public-port", publicPort), ("--member-port", memberPort),
                ("--peer-port", peerPort ?? 1),
            ] where !(0...65_535).contains(port) {
                throw ValidationError("\(option): 0 to 65535")
            }
            try await Output.run {
                let document = try LocalNetwork.found(
                    LocalNetwork.Plan(
                        name: name, authorities: authorities, observers: observers,
                        yields: yields, publicPort: publicPort, memberPort: memberPort,
                        peerPort: peerPort),
                    in: directory, at: Timestamp(SystemClock.milliseconds() / 1_000))
                let nodes = try LocalNetwork(directory: directory).nodes().map {
                    (node: $0, addresses: try $0.addresses())
                }
                if json {
                    let answer: CanonicalJSON = [
                        "network": .string(name), "hash": .string(document.hash.hex),
                        "directory": .string(directory),
                        "nodes": .array(
                            nodes.map { node, addresses in
                                [
                                    "name": .string(node.name),
                                    "directory": .string(node.directory),
                                    "public": .string(addresses.publicURL),
                                    "member": .string(addresses.memberURL),
                                    "peers": (addresses.peers?.description).map {
                                        .string($0)
                                    } ?? .null,
                                ]
                            }),
                    ]
                    return Output.json(answer)
                }
                Output.line("network \(name)  \(document.hash)")
                for (node, addresses) in nodes {
                    let peers = addresses.peers.map { "  peers \($0)" } ?? ""
                    Output.line(
                        "\(node.name)  public \(addresses.publicURL)"
                            + "  member \(addresses.memberURL)\(peers)")
                }
                Output.line("run it with: drec network up \(directory)")
            }
        }
    }
}
