import Foundation
import Ledger
import Primitives
import Registry
import Store

/// A node's files.
package enum NodeFiles {
    static func chain(_ data: String) -> String { data + "/chain.sqlite" }
    static func registry(_ data: String) -> String { data + "/registry.sqlite" }
    static func safety(_ data: String) -> String { data + "/safety.sqlite" }
    /// The cosigned checkpoint of the log, which may be deleted.
    static func checkpoint(_ data: String) -> String { data + "/checkpoint" }

    /// Founds the chain of a network in a new directory.
    ///
    /// - Throws: ``CommandFailure/failed(_:)`` before anything is written where a key or an address
    ///   does not fit the founding document.
    package static func create(_ wanted: NodeSetup) throws {
        let document = try GenesisFile.load(wanted.genesis)
        try wanted.check(against: document)
        let directory = wanted.directory
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
        let store = try ChainStore(path: chain(directory), genesis: document, creating: true)
        try store.close()
        try ProfileStore(path: registry(directory)).close()
        if let voteKey = wanted.voteKey, !wanted.hasVoted {
            // Nothing was ever signed with the key in this network.
            try SafetyStore(
                path: safety(directory), network: document.hash,
                key: try KeyFile.load(voteKey).publicKey, creating: .complete
            ).close()
        }
        try configure(wanted)
    }

    /// Begins the record of a newcomer's votes beside a chain that is there.
    ///
    /// - Throws: ``CommandFailure/failed(_:)`` where an authority has had the key, which may have
    ///   signed then.
    static func beginVotes(
        of key: PublicKey, in directory: String, _ document: GenesisDocument
    ) throws {
        let store = try ChainStore(reading: chain(directory), genesis: document)
        defer { try? store.close() }
        var before: Epoch?
        repeat {
            let sets = try store.readNow { access in
                try access.authoritySets(before: before, limit: 100).map(\.set)
            }
            for set in sets {
                guard !set.members.indices.contains(where: { set.voteKey(of: $0) == key }) else {
                    throw CommandFailure.failed(
                        "--newcomer: an authority of epoch \(set.epoch.rawValue) has this vote key")
                }
            }
            before = sets.last?.epoch
        } while before != nil
        try SafetyStore(
            path: safety(directory), network: document.hash, key: key, creating: .complete
        ).close()
    }

    /// Writes the configuration of a node whose chain is there; an observer without a TLS key gets
    /// one.
    static func configure(_ wanted: NodeSetup) throws {
        var setup = wanted
        let directory = setup.directory
        if setup.voteKey == nil, setup.tlsKey == nil {
            let path = directory + "/tls.key"
            _ = try KeyFile.loadOrCreate(path, option: "--tls-key")
            setup.tlsKey = path
        }
        try setup.write()
    }
}

/// What a node is created with.
package struct NodeSetup: Equatable, Sendable {
    package var directory: String
    package var genesis: String
    /// Nil for an observer.
    package var voteKey: String?
    /// The vote key has signed in this network before, and what it signed is not known here.
    package var hasVoted: Bool
    /// The keys are of a seat that the network is still to give.
    package var isNewcomer: Bool
    package var tlsKey: String?
    package var logKey: String?
    package var peers: String?
    /// Public addresses of other members.
    package var members: String?
    package var publicPort: Int
    package var memberPort: Int
    /// Written where there is a TLS key.
    package var peerPort: Int

    package init(
        directory: String, genesis: String, voteKey: String?, hasVoted: Bool = false,
        isNewcomer: Bool = false, tlsKey: String? = nil, logKey: String? = nil,
        peers: String? = nil, members: String? = nil,
        publicPort: Int = 8080, memberPort: Int = 8081, peerPort: Int = 7600
    ) {
        self.directory = directory
        self.genesis = genesis
        self.voteKey = voteKey
        self.hasVoted = hasVoted
        self.isNewcomer = isNewcomer
        self.tlsKey = tlsKey
        self.logKey = logKey
        self.peers = peers
        self.members = members
        self.publicPort = publicPort
        self.memberPort = memberPort
        self.peerPort = peerPort
    }

    /// A newcomer's vote key was never in the founding document, and it will need its links.
    private func checkNewcomer(_ key: PublicKey, against document: GenesisDocument) throws {
        guard !document.authorities.contains(where: { $0.voteKey == key }) else {
            throw CommandFailure.failed("--newcomer: \(genesis) has an authority of this key")
        }
        guard let tlsKey else {
            throw CommandFailure.failed("--tls-key is missing: peers are met with it")
        }
        for (option, path) in [("--tls-key", tlsKey), ("--log-key", logKey ?? tlsKey)] {
            _ = try KeyFile.load(path, option: option)
        }
    }

    /// Looks at the keys and addresses beside the founding document.
    func check(against document: GenesisDocument) throws {
        if let peers {
            let unknown = try PeersFile.load(peers).unknown(
                among: document.authorities.map(\.name))
            if !unknown.isEmpty {
                Output.note(
                    "drec: --peers: \(genesis) has no authority named "
                        + unknown.map(SettingReader.shown).joined(separator: ", "))
            }
        }
        guard let voteKey else {
            if let tlsKey { _ = try KeyFile.load(tlsKey, option: "--tls-key") }
            return
        }
        let key = try KeyFile.load(voteKey).publicKey
        if isNewcomer { return try checkNewcomer(key, against: document) }
        guard let authority = document.authorities.first(where: { $0.voteKey == key }) else {
            throw CommandFailure.failed(
                "\(voteKey) is the key of no authority of \(genesis); "
                    + "--newcomer for one that is still to come, --newcomer with --has-voted for "
                    + "one that the network has added since")
        }
        guard tlsKey != nil || document.authorities.count == 1 && peers == nil else {
            throw CommandFailure.failed("--tls-key is missing: peers are met with it")
        }
        for (option, path, wanted) in [
            ("--tls-key", tlsKey, authority.tlsKey), ("--log-key", logKey, authority.logKey),
        ] {
            guard let path else { continue }
            guard try KeyFile.load(path, option: option).publicKey == wanted else {
                throw CommandFailure.failed(
                    "\(option): \(path) is not the key of \(authority.name) in \(genesis)")
            }
        }
    }

    /// Writes `node.json`.
    func write() throws {
        var pages: [String: CanonicalJSON] = [
            "host": "127.0.0.1", "port": .integer(Int64(publicPort)),
        ]
        if let members { pages["members"] = absolute(members) }
        var node: [String: CanonicalJSON] = [
            "data": absolute(directory), "genesis": absolute(genesis), "public": .object(pages),
            "member": ["host": "127.0.0.1", "port": .integer(Int64(memberPort))],
            "log": ["level": "info"],
        ]
        for (name, path) in [
            ("voteKey", voteKey), ("tlsKey", tlsKey), ("logKey", logKey), ("peers", peers),
        ] {
            if let path { node[name] = absolute(path) }
        }
        if tlsKey != nil {
            node["peer"] = ["host": "127.0.0.1", "port": .integer(Int64(peerPort))]
        }
        let configuration: CanonicalJSON = ["node": .object(node)]
        try Data(configuration.canonicalBytes)
            .write(to: URL(fileURLWithPath: directory + "/node.json"))
    }

    private func absolute(_ path: String) -> CanonicalJSON {
        .string(URL(fileURLWithPath: path).standardizedFileURL.path)
    }
}
