import ArgumentParser
import Foundation
package import Ledger
import Peering
package import Primitives

extension GenesisCommand {
    struct Compose: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Put a document together from the members' join requests.",
            discussion: """
                Every request is checked. The initiative's authority comes first, the others by \
                name; the same requests, yields and --founded give the same document, byte for \
                byte. Where the members' nodes are reached goes into peers.json beside the \
                document: it is no part of the document and may change.

                Example: drec genesis compose genesis.json join-initiative.json join-south.json
                """)
        @Argument(help: "The file to write; it must not exist.") var file: String
        @Argument(help: "The members' join requests, one of them the initiative's.")
        var requests: [String]
        @Option(help: "CSV of yields: country,kwh_per_kwp,source.") var yields: String?
        @Option(help: "When the network is founded; now where it is not given.")
        var founded: Moment?
        @Option(help: "The file of addresses; peers.json beside the document if not given.")
        var peers: String?
        @Flag(help: "Answer in JSON.") var json = false

        func run() async throws {
            try await Output.run {
                let requests = try requests.map { try JoinRequestFile.load($0) }
                let document = try GenesisFile.document(
                    composing: requests,
                    founded: founded?.timestamp
                        ?? Timestamp(SystemClock.milliseconds() / 1_000), yields: yields)
                let addresses = Dictionary(
                    requests.map { ($0.name, $0.address) },
                    uniquingKeysWith: { first, _ in first })
                try write(document, PeersFile(addresses.compactMapValues(PeerAddress.init(text:))))
                tell(document, addresses)
            }
        }

        /// A file of addresses that is there stays, since its owner may have changed it.
        private func write(_ document: GenesisDocument, _ addresses: PeersFile) throws {
            let folder = URL(fileURLWithPath: file).deletingLastPathComponent().path
            let peers = peers ?? folder + "/peers.json"
            let isThere = FileManager.default.fileExists(atPath: peers)
            if isThere, try PeersFile.load(peers) != addresses {
                throw CommandFailure.failed(
                    "\(peers) exists already and has other addresses; give --peers another file")
            }
            try GenesisFile.write(document, to: file)
            if !isThere { try addresses.write(to: peers) }
        }

        private func tell(_ document: GenesisDocument, _ addresses: [String: String]) {
            let members = zip(document.authorities, document.authorityAccounts)
            if json {
                let answer: CanonicalJSON = [
                    "network": .string(document.name), "hash": .string(document.hash.hex),
                    "authorities": .array(
                        members.map { authority, account in
                            [
                                "name": .string(authority.name),
                                "account": .string(account.description),
                                "address": .string(addresses[authority.name] ?? ""),
                            ]
                        }),
                ]
                return Output.json(answer)
            }
            Output.line("network \(document.name)  \(document.hash)")
            for (authority, account) in members {
                Output.line("\(account)  \(authority.name)  \(addresses[authority.name] ?? "")")
            }
        }
    }
}

extension GenesisFile {
    /// A document of the members that ask for it.
    ///
    /// - Throws: ``CommandFailure/failed(_:)`` where the requests make no network.
    package static func document(
        composing requests: [JoinRequest], founded: Timestamp, yields: String?
    ) throws -> GenesisDocument {
        do {
            return try GenesisDocument(
                composing: requests, founded: founded,
                parameters: GenesisDocument.localParameters,
                yields: try yields.map { try self.yields(in: $0) } ?? [])
        } catch let error as JoinRequestError {
            throw CommandFailure.failed("\(error)")
        } catch let error as GenesisError {
            throw CommandFailure.failed("\(error)")
        }
    }
}
