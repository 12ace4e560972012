import ArgumentParser
import Foundation
package import Ledger
import Node
import Primitives

struct GenesisCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "genesis", abstract: "The founding document of a network.",
        subcommands: [New.self, Compose.self, Show.self, Verify.self])

    struct New: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write a document for a network of one authority, run by the initiative.",
            discussion: """
                Example: drec genesis new genesis.json --name local --initiative-key a1.key \
                --vote-key vote.key --tls-key tls.key --log-key log.key
                """)
        @Argument(help: "The file to write; it must not exist.") var file: String
        @Option(help: "The network's name: a-z, 0-9 and -.") var name: String
        @Option(help: "Key file of the initiative, A1.") var initiativeKey: String
        @Option(help: "Key file that signs votes.") var voteKey: String
        @Option(help: "Key file of the node's connections.") var tlsKey: String
        @Option(help: "Key file that signs the log.") var logKey: String
        @Option(help: "Legal name of the initiative.") var legalName = "The Initiative"
        @Option(help: "Country of the initiative, ISO 3166-1 alpha-3.") var country = "CHE"
        @Option(help: "CSV of yields: country,kwh_per_kwp,source.") var yields: String?
        @Flag(help: "Answer in JSON.") var json = false

        func run() async throws {
            try await Output.run {
                let document = try GenesisFile.document(
                    name: name, legalName: legalName, country: country,
                    initiative: try KeyFile.load(initiativeKey, option: "--initiative-key")
                        .publicKey,
                    vote: try KeyFile.load(voteKey, option: "--vote-key").publicKey,
                    tls: try KeyFile.load(tlsKey, option: "--tls-key").publicKey,
                    log: try KeyFile.load(logKey, option: "--log-key").publicKey, yields: yields)
                try GenesisFile.write(document, to: file)
                let answer: CanonicalJSON = [
                    "network": .string(name), "hash": .string(document.hash.hex),
                ]
                Output.line(json ? answer.canonicalText : document.hash.hex)
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show what a document says.",
            discussion: "Example: drec genesis show genesis.json")
        @Argument(help: "The document.") var file: String
        @Flag(help: "Answer in JSON.") var json = false

        func run() async throws {
            try await Output.run {
                let document = try GenesisFile.load(file)
                if json { return Output.json(document.json) }
                Output.line("network      \(document.name)")
                Output.line("hash         \(document.hash)")
                Output.line("founded      \(document.founded)")
                Output.line("initiative   \(document.initiative.legalName)")
                for authority in document.authorities {
                    Output.line("authority    \(authority.name)  \(authority.voteKey)")
                }
                for yield in document.yields {
                    Output.line("yield        \(yield.country) \(yield.kwhPerKwp) kWh/kWp a year")
                }
            }
        }
    }

    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Check a document, its hash, and that it is what members asked for.",
            discussion: """
                With --request, which may be given several times, the network's name, the \
                authority, its keys and its account must be those of the join request. A member \
                checks its own before it starts a node, and compares the hash with the others.

                Example: drec genesis verify genesis.json --request join.json
                """)
        @Argument(help: "The document.") var file: String
        @Option(help: "The hash that it must have.") var hash: Digest?
        @Option(help: "A join request that it must fulfil.") var request: [String] = []
        @Flag(help: "Answer in JSON.") var json = false

        func run() async throws {
            try await Output.run {
                let document = try GenesisFile.load(file)
                if let hash, hash != document.hash {
                    throw CommandFailure.refused("--hash: the document's hash is \(document.hash)")
                }
                let asked = try request.map { path in
                    let request = try JoinRequestFile.load(path)
                    if let deviation = document.deviation(from: request) {
                        throw CommandFailure.refused("--request \(path): \(deviation)")
                    }
                    return request.name
                }
                let members = zip(document.authorities, document.authorityAccounts)
                    .filter { asked.contains($0.0.name) }
                var answer: [String: CanonicalJSON] = [
                    "network": .string(document.name), "hash": .string(document.hash.hex),
                    "valid": true,
                ]
                if !asked.isEmpty {
                    answer["asAsked"] = .array(members.map { .string($0.0.name) })
                }
                if json { return Output.json(CanonicalJSON.object(answer)) }
                Output.line("valid  \(document.hash)")
                for (authority, account) in members {
                    Output.line("as asked  \(account)  \(authority.name)")
                }
            }
        }
    }
}

/// Genesis documents on disk.
package enum GenesisFile {
    package static func load(_ path: String) throws -> GenesisDocument {
        do {
            return try GenesisDocument(
                parsing: try KeyFile.readFile(path, limit: GenesisDocument.byteLimit))
        } catch let error as GenesisError {
            throw CommandFailure.failed("\(path): \(error)")
        }
    }

    package static func write(_ document: GenesisDocument, to path: String) throws {
        if let violation = document.violation { throw CommandFailure.failed("\(violation)") }
        guard !FileManager.default.fileExists(atPath: path) else {
            throw CommandFailure.failed("\(path) exists already")
        }
        try Data(document.json.canonicalBytes).write(to: URL(fileURLWithPath: path))
    }

    /// A document of one authority that the initiative runs, founded now.
    static func document(
        name: String, legalName: String, country: String, initiative: PublicKey,
        vote: PublicKey, tls: PublicKey, log: PublicKey, yields: String?
    ) throws -> GenesisDocument {
        guard let code = CountryCode(country) else {
            throw CommandFailure.failed("the country must be three letters A-Z")
        }
        return GenesisDocument(
            name: name, founded: Timestamp(SystemClock.milliseconds() / 1_000),
            initiative: GenesisDocument.Organisation(
                legalName: legalName, country: code,
                keys: [GenesisDocument.Key(publicKey: initiative, roles: .all)]),
            authorities: [
                GenesisDocument.Authority(
                    name: "authority-0", operatedBy: nil, voteKey: vote, tlsKey: tls,
                    logKey: log)
            ], parameters: GenesisDocument.localParameters,
            yields: try yields.map { try self.yields(in: $0) } ?? [])
    }

    /// Reads `country,kwh_per_kwp,source`; the source is the rest of the line.
    package static func yields(in path: String) throws -> [GenesisDocument.CountryYield] {
        let text = String(decoding: try KeyFile.readFile(path), as: UTF8.self)
        var yields: [GenesisDocument.CountryYield] = []
        for (index, line) in text.split(whereSeparator: \.isNewline).enumerated().dropFirst() {
            let parts = line.split(separator: ",", maxSplits: 2)
            guard parts.count == 3, let country = CountryCode(parts[0]),
                let value = UInt64(decimal: parts[1])
            else {
                throw CommandFailure.failed(
                    "\(path), line \(index + 1): country,kwh_per_kwp,source expected")
            }
            yields.append(
                GenesisDocument.CountryYield(
                    country: country, kwhPerKwp: value, source: String(parts[2])))
        }
        return yields.sorted { $0.country < $1.country }
    }
}

/// The one place where the system's clock is read.
enum SystemClock {
    /// Milliseconds since 1970 UTC.
    static func milliseconds() -> UInt64 {
        UInt64(max(0, Date().timeIntervalSince1970 * 1_000))
    }

    /// Milliseconds of a clock that never goes back.
    static func uptime() -> UInt64 {
        let (seconds, attoseconds) = (ContinuousClock.now - started).components
        return UInt64(max(0, seconds)) * 1_000
            + UInt64(max(0, attoseconds / 1_000_000_000_000_000))
    }

    private static let started = ContinuousClock.now

    /// A process' time and chance.
    static let environment = NodeEnvironment(
        time: milliseconds, uptime: uptime, random: { UInt64.random(in: 0...UInt64.max) })
}
