import Foundation
package import Ledger
import Pages
import Peering
package import Primitives

/// A network whose nodes live in one directory, for trying out and for tests.
///
/// `genesis.json`, `peers.json` where nodes have peers, `members.json` of their pages where there
/// are several, `keys/`, and a directory for each node: `node-0`, `node-1`, … of the authorities,
/// `observer-0`, … of observers.
package struct LocalNetwork: Equatable, Sendable {
    package let directory: String

    package init(directory: String) { self.directory = directory }

    var genesis: String { directory + "/genesis.json" }
    var peers: String { directory + "/peers.json" }
    /// Where the nodes' pages are, so that each can name the others.
    var members: String { directory + "/members.json" }
    private var keys: String { directory + "/keys" }

    /// What a network is founded with.
    package struct Plan: Equatable, Sendable {
        package var name: String
        package var authorities: Int
        package var observers: Int
        /// CSV of yields.
        package var yields: String?
        /// Ports of the first node; the others take free ones after them.
        package var publicPort: Int
        package var memberPort: Int
        /// Nil: from 7600 on, and none for an authority that is alone.
        package var peerPort: Int?

        package init(
            name: String, authorities: Int, observers: Int = 0, yields: String? = nil,
            publicPort: Int = 8080, memberPort: Int = 8081, peerPort: Int? = nil
        ) {
            self.name = name
            self.authorities = authorities
            self.observers = observers
            self.yields = yields
            self.publicPort = publicPort
            self.memberPort = memberPort
            self.peerPort = peerPort
        }

        var hasPeers: Bool { authorities + observers > 1 || peerPort != nil }
    }

    /// Makes keys, founding document, addresses and nodes in a new directory.
    ///
    /// The initiative runs the first authority; each other one has an operator of its own, whose
    /// account is A2, A3, … and whose key is `keys/member-1.key`, `keys/member-2.key`, …
    ///
    /// - Throws: ``CommandFailure/failed(_:)``; nothing is made where the plan is wrong.
    package static func found(
        _ plan: Plan, in directory: String, at founded: Timestamp
    ) throws -> GenesisDocument {
        guard !FileManager.default.fileExists(atPath: directory) else {
            throw CommandFailure.failed("\(directory) exists already")
        }
        let ports = try PortPlan.ports(of: plan)
        let yields = try plan.yields.map { try GenesisFile.yields(in: $0) } ?? []
        let keys = try (0..<plan.authorities).map { _ in
            try JoinRequest.Keys(
                account: KeyFile.random(), vote: KeyFile.random(), tls: KeyFile.random(),
                log: KeyFile.random())
        }
        let document = try document(plan, keys, yields, founded)
        if let violation = document.violation { throw CommandFailure.failed("\(violation)") }
        let network = LocalNetwork(directory: directory)
        try network.write(keys)
        try GenesisFile.write(document, to: network.genesis)
        if plan.hasPeers {
            let names = document.authorities.map(\.name)
            try PeersFile(
                Dictionary(
                    uniqueKeysWithValues: zip(names, ports).map { name, ports in
                        (name, PeerAddress(host: "127.0.0.1", port: ports.peer))
                    })
            ).write(to: network.peers)
        }
        if ports.count > 1 { try network.writeMembers(of: plan, ports) }
        for (number, ports) in ports.enumerated() {
            try network.createNode(number, of: plan, ports)
        }
        return document
    }

    private static func document(
        _ plan: Plan, _ keys: [JoinRequest.Keys], _ yields: [GenesisDocument.CountryYield],
        _ founded: Timestamp
    ) throws -> GenesisDocument {
        guard let country = CountryCode("CHE") else {
            throw CommandFailure.failed("no country")
        }
        let organisations = keys.enumerated().map { number, keys in
            GenesisDocument.Organisation(
                legalName: number == 0 ? "The Initiative" : "Member \(number)", country: country,
                keys: [GenesisDocument.Key(publicKey: keys.account.publicKey, roles: .all)])
        }
        return GenesisDocument(
            name: plan.name, founded: founded, initiative: organisations[0],
            authorities: keys.enumerated().map { number, keys in
                GenesisDocument.Authority(
                    name: "authority-\(number)",
                    operatedBy: number == 0 ? nil : organisations[number],
                    voteKey: keys.vote.publicKey, tlsKey: keys.tls.publicKey,
                    logKey: keys.log.publicKey)
            }, parameters: GenesisDocument.localParameters, yields: yields)
    }

    private func write(_ members: [JoinRequest.Keys]) throws {
        for (number, member) in members.enumerated() {
            let folder = "\(keys)/node-\(number)"
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
            let account = number == 0 ? "initiative" : "member-\(number)"
            try KeyFile.write(member.account, to: "\(keys)/\(account).key")
            try KeyFile.write(member.vote, to: folder + "/vote.key")
            try KeyFile.write(member.tls, to: folder + "/tls.key")
            try KeyFile.write(member.log, to: folder + "/log.key")
        }
    }

    private func writeMembers(of plan: Plan, _ ports: [NodePorts]) throws {
        var members: [String: WebAddress] = [:]
        for (number, ports) in ports.enumerated() {
            let name =
                number < plan.authorities
                ? "authority-\(number)" : "observer-\(number - plan.authorities)"
            members[name] = WebAddress("http://127.0.0.1:\(ports.public)")
        }
        try Data(MembersFile.json(members).canonicalBytes + [UInt8(ascii: "\n")])
            .write(to: URL(fileURLWithPath: self.members))
    }

    private func createNode(_ number: Int, of plan: Plan, _ ports: NodePorts) throws {
        let isObserver = number >= plan.authorities
        let name = isObserver ? "observer-\(number - plan.authorities)" : "node-\(number)"
        let keys = "\(keys)/\(name)"
        if isObserver {
            try FileManager.default.createDirectory(
                atPath: keys, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
            _ = try KeyFile.create(at: keys + "/tls.key")
        }
        try NodeFiles.create(
            NodeSetup(
                directory: "\(directory)/\(name)", genesis: genesis,
                voteKey: isObserver ? nil : keys + "/vote.key",
                tlsKey: plan.hasPeers ? keys + "/tls.key" : nil,
                logKey: isObserver ? nil : keys + "/log.key", peers: plan.hasPeers ? peers : nil,
                members: plan.authorities + plan.observers > 1 ? members : nil,
                publicPort: ports.public, memberPort: ports.member, peerPort: ports.peer))
    }

    // MARK: Its nodes

    /// The nodes of the directory: the authorities', then the observers'.
    ///
    /// - Throws: ``CommandFailure/failed(_:)`` where there is none.
    package func nodes() throws -> [LocalNode] {
        let found = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        let nodes = ["node", "observer"].flatMap { kind in
            found.compactMap { name in
                name.hasPrefix(kind + "-")
                    ? UInt64(decimal: name.dropFirst(kind.count + 1)) : nil
            }.sorted().map { LocalNode(name: "\(kind)-\($0)", network: directory) }
        }.filter { FileManager.default.fileExists(atPath: $0.configuration) }
        guard !nodes.isEmpty else {
            throw CommandFailure.failed("there is no network in \(directory)")
        }
        return nodes
    }

    /// - Parameter name: `node-2`, `observer-0`, or the number of an authority's node.
    package func node(_ name: String) throws -> LocalNode {
        let nodes = try nodes()
        guard let node = nodes.first(where: { $0.name == name || $0.name == "node-\(name)" })
        else {
            throw CommandFailure.failed(
                "--node: \(SettingReader.shown(name)) is none of "
                    + nodes.map(\.name).joined(separator: ", "))
        }
        return node
    }
}

/// A node of a local network.
package struct LocalNode: Equatable, Sendable {
    package let name: String
    package let directory: String

    init(name: String, network: String) {
        self.name = name
        directory = "\(network)/\(name)"
    }

    package var configuration: String { directory + "/node.json" }
    /// What its process says, where another one runs it.
    var log: String { directory + "/node.log" }

    /// Where a node is met.
    struct Addresses: Equatable, Sendable {
        let publicURL: String
        let memberURL: String
        /// Nil for a node without peers.
        let peers: PeerAddress?
    }

    /// As its file says them; no other settings count.
    func addresses() throws -> Addresses {
        let settings = try NodeConfiguration.load(
            file: configuration, flags: [:], environment: [:])
        let peers = PeerAddress(host: settings.peerHost, port: settings.peerPort)
        return Addresses(
            publicURL:
                "http://\(PeerAddress(host: settings.publicHost, port: settings.publicPort))",
            memberURL:
                "http://\(PeerAddress(host: settings.memberHost, port: settings.memberPort))",
            peers: settings.tlsKey == nil ? nil : peers)
    }
}
