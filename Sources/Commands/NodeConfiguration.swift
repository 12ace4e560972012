package import API
import Configuration
import Foundation
package import Pages
import Primitives

/// How one process of a node is set up. What all nodes of a network share is the genesis document.
package struct NodeConfiguration: Equatable, Sendable {
    /// The largest file that is read, in bytes.
    package static let byteLimit = 65_536

    /// Directory of `chain.sqlite` and `registry.sqlite`.
    package var data: String
    /// The network's founding document.
    package var genesis: String
    /// Key file that signs votes; nil for an observer.
    package var voteKey: String?
    /// Key file of the connections with peers; nil for a node that has none.
    package var tlsKey: String?
    /// Key file that signs the log.
    package var logKey: String?
    package var publicHost: String
    package var publicPort: Int
    /// Where readers find the public pages, such as `https://north.example`; nil for the host that
    /// each of them asks.
    package var publicAddress: WebAddress?
    /// A JSON file of other members' public addresses by their names.
    package var publicMembers: String?
    package var memberHost: String
    package var memberPort: Int
    /// Where peers are awaited, where there is a TLS key.
    package var peerHost: String
    package var peerPort: Int
    /// A JSON file of the authorities' addresses by their names.
    package var peers: String?
    package var observers: AdmittedObservers
    /// A file of the TLS keys of the member's own observers, which get its profiles.
    package var profileReaders: String?
    /// Name of the authority that an observer gets profiles from: its own member.
    package var profilesFrom: String?
    /// How much the public and the member port take on.
    package var limits: ServerLimits
    /// trace, debug, info, notice, warning, error or critical.
    package var logLevel: String
    /// The operator's word that an authority whose record of its votes is lost may sign again. It
    /// is given for one start and has no place in a file.
    package var resumesSigning = false

    /// Every setting and the environment's name for it.
    package static let settings = [
        "data": "DREC_NODE_DATA", "genesis": "DREC_NODE_GENESIS",
        "voteKey": "DREC_NODE_VOTE_KEY", "public.host": "DREC_NODE_PUBLIC_HOST",
        "public.port": "DREC_NODE_PUBLIC_PORT", "member.host": "DREC_NODE_MEMBER_HOST",
        "member.port": "DREC_NODE_MEMBER_PORT", "log.level": "DREC_NODE_LOG_LEVEL",
        "tlsKey": "DREC_NODE_TLS_KEY", "logKey": "DREC_NODE_LOG_KEY",
        "peer.host": "DREC_NODE_PEER_HOST", "peer.port": "DREC_NODE_PEER_PORT",
        "peers": "DREC_NODE_PEERS", "observers": "DREC_NODE_OBSERVERS",
        "profileReaders": "DREC_NODE_PROFILE_READERS", "profilesFrom": "DREC_NODE_PROFILES_FROM",
        "limits.requestsPerSecond": "DREC_NODE_LIMITS_REQUESTS_PER_SECOND",
        "limits.burst": "DREC_NODE_LIMITS_BURST",
        "limits.connections": "DREC_NODE_LIMITS_CONNECTIONS",
        "limits.connectionsPerAddress": "DREC_NODE_LIMITS_CONNECTIONS_PER_ADDRESS",
        "limits.loopback": "DREC_NODE_LIMITS_LOOPBACK",
        "limits.clientHeader": "DREC_NODE_LIMITS_CLIENT_HEADER",
        "public.address": "DREC_NODE_PUBLIC_ADDRESS",
        "public.members": "DREC_NODE_PUBLIC_MEMBERS",
    ]

    /// Reads flags, then environment (`DREC_NODE_…`), file and defaults, once.
    ///
    /// What is no setting is a problem too: a misspelt one would change nothing, silently.
    ///
    /// - Parameters:
    ///   - file: a JSON file; relative paths in it are relative to its folder, all others to the
    ///     working directory.
    ///   - flags: values by key, such as `public.port`.
    /// - Throws: ``CommandFailure/failed(_:)`` with all problems at once.
    package static func load(
        file: String?, flags: [String: String],
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws -> NodeConfiguration {
        let own = environment.filter { $0.key.hasPrefix("DREC_NODE_") }
        let known = Set(settings.values)
        var problems = own.keys.filter { !known.contains($0) }.map { "\($0): is no setting" }
        var written: [String: CanonicalJSON] = [:]
        if let file { written = try settings(in: file, &problems) }
        var reader = SettingReader(
            config: ConfigReader(providers: [
                InMemoryProvider(
                    name: "flags",
                    values: Dictionary(
                        uniqueKeysWithValues: flags.map { name, value in
                            (
                                AbsoluteConfigKey(ConfigKey("node.\(name)")),
                                ConfigValue(.string(value), isSecret: false)
                            )
                        })),
                EnvironmentVariablesProvider(
                    environmentVariables: Dictionary(
                        uniqueKeysWithValues: own.map {
                            (String($0.key.dropFirst("DREC_".count)), $0.value)
                        })),
            ]).scoped(to: "node"),
            written: written,
            folder: file.map { URL(fileURLWithPath: $0).deletingLastPathComponent().path } ?? ".",
            problems: problems.sorted())
        let configuration = NodeConfiguration(
            data: reader.path("data", isDirectory: true), genesis: reader.path("genesis"),
            voteKey: reader.voteKey(), tlsKey: reader.optionalPath("tlsKey"),
            logKey: reader.optionalPath("logKey"),
            publicHost: reader.host("public.host", default: "127.0.0.1"),
            publicPort: reader.port("public.port", default: 8080),
            publicAddress: reader.webAddress("public.address"),
            publicMembers: reader.optionalPath("public.members"),
            memberHost: reader.host("member.host", default: "127.0.0.1"),
            memberPort: reader.port("member.port", default: 8081),
            peerHost: reader.host("peer.host", default: "127.0.0.1"),
            peerPort: reader.port("peer.port", default: 7600),
            peers: reader.optionalPath("peers"), observers: reader.observers("observers"),
            profileReaders: reader.optionalPath("profileReaders"),
            profilesFrom: reader.name("profilesFrom"), limits: reader.limits(),
            logLevel: reader.level("log.level", default: "info"))
        reader.checkKeys()
        reader.checkPorts(of: configuration)
        guard reader.problems.isEmpty else {
            throw CommandFailure.failed(
                "the configuration has \(reader.problems.count) "
                    + (reader.problems.count == 1 ? "problem" : "problems") + ":\n  "
                    + reader.problems.joined(separator: "\n  "))
        }
        return configuration
    }

    /// The settings of a file by their keys; what is none of them is added to the problems.
    private static func settings(
        in file: String, _ problems: inout [String]
    ) throws -> [String: CanonicalJSON] {
        let bytes = try KeyFile.readFile(file, limit: byteLimit)
        let root: CanonicalJSON
        do {
            root = try CanonicalJSON(parsing: bytes, limit: byteLimit)
        } catch {
            throw CommandFailure.failed("cannot read the configuration \(file): \(error)")
        }
        guard let outer = root.object, let node = outer["node"]?.object else {
            throw CommandFailure.failed(
                "cannot read the configuration \(file): it is no object with a member node")
        }
        problems += outer.keys.filter { $0 != "node" }.map { "\($0): is no setting" }
        var found: [String: CanonicalJSON] = [:]
        for (name, value) in node {
            let members = value.object.map { members in
                members.map { ("\(name).\($0.key)", $0.value) }
            }
            for (key, value) in members ?? [(name, value)] {
                if settings[key] == nil { problems.append("\(key): is no setting") }
                found[key] = value
            }
        }
        return found
    }
}
