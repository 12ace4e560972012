import Commands
import Foundation
import Ledger
import Peering
import Primitives
import Testing

/// Founding a network whose nodes live in one directory.
@Suite("A local network")
struct LocalNetworkTests {
    private let directory: Directory

    init() throws { directory = try Directory() }

    private func found(_ plan: LocalNetwork.Plan) throws -> GenesisDocument {
        try LocalNetwork.found(plan, in: directory.path + "/net", at: Timestamp(1_800_000_000))
    }

    private func configurations() throws -> [NodeConfiguration] {
        try LocalNetwork(directory: directory.path + "/net").nodes().map {
            try NodeConfiguration.load(file: $0.configuration, flags: [:], environment: [:])
        }
    }

    @Test("Each authority has a node, keys of its own and an operator's account")
    func severalAuthorities() throws {
        let genesis = try found(LocalNetwork.Plan(name: "test", authorities: 4, observers: 2))
        #expect(genesis.authorityAccounts == (1...4).map { AccountID($0) })
        let nodes = try LocalNetwork(directory: directory.path + "/net").nodes()
        #expect(
            nodes.map(\.name) == [
                "node-0", "node-1", "node-2", "node-3", "observer-0", "observer-1",
            ])
        let configurations = try configurations()
        for (authority, configuration) in zip(genesis.authorities, configurations) {
            for (path, key) in [
                (configuration.voteKey, authority.voteKey),
                (configuration.tlsKey, authority.tlsKey), (configuration.logKey, authority.logKey),
            ] {
                #expect(try KeyFile.load(try #require(path)).publicKey == key)
            }
            let peers = try #require(try NodePeers.load(configuration, genesis: genesis))
            #expect(peers.undialled.isEmpty)
            #expect(peers.configuration.members.map(\.key) == genesis.authorities.map(\.tlsKey))
            #expect(peers.configuration.members.allSatisfy { $0.address != nil })
            #expect(
                peers.configuration.members.contains { $0.address == peers.configuration.listen })
        }
        let observers = configurations.dropFirst(4)
        #expect(observers.allSatisfy { $0.voteKey == nil && $0.logKey == nil })
        let keys = try configurations.map { try KeyFile.load($0.tlsKey ?? "").publicKey }
        #expect(Set(keys).count == 6)
        for (number, account) in ["initiative", "member-1", "member-2", "member-3"].enumerated() {
            let key = try KeyFile.load("\(directory.path)/net/keys/\(account).key").publicKey
            let holder = number == 0 ? genesis.initiative : genesis.authorities[number].operatedBy
            #expect(holder?.keys.map(\.publicKey) == [key])
        }
    }

    @Test("An authority that is alone has no peers, unless it is given a port for them")
    func alone() throws {
        let genesis = try found(LocalNetwork.Plan(name: "test", authorities: 1))
        let configuration = try #require(try configurations().first)
        #expect(configuration.tlsKey == nil && configuration.peers == nil)
        #expect(try NodePeers.load(configuration, genesis: genesis) == nil)
        let other = try LocalNetwork.found(
            LocalNetwork.Plan(name: "test", authorities: 1, peerPort: 7_700),
            in: directory.path + "/other", at: Timestamp(0))
        let node = try LocalNetwork(directory: directory.path + "/other").node("0")
        let met = try #require(
            try NodePeers.load(
                try NodeConfiguration.load(
                    file: node.configuration, flags: [:], environment: [:]), genesis: other))
        #expect(met.configuration.listen == PeerAddress(host: "127.0.0.1", port: 7_700))
    }

    @Test(
        "No port is handed out twice, whatever the first ones are",
        arguments: [
            (8_080, 8_081, 7_600), (8_080, 9_080, 10_080), (8_081, 8_080, 8_082), (1, 2, 3),
            (9_000, 9_002, 9_001), (65_500, 65_501, 65_502),
        ])
    func ports(first: Int, member: Int, peer: Int) throws {
        _ = try found(
            LocalNetwork.Plan(
                name: "test", authorities: 3, observers: 1, publicPort: first,
                memberPort: member, peerPort: peer))
        let all = try configurations()
        #expect(Set(all.flatMap { [$0.publicPort, $0.memberPort, $0.peerPort] }).count == 12)
        #expect(all.first?.publicPort == first && all.first?.memberPort == member)
        #expect(all.first?.peerPort == peer)
    }

    @Test(
        "A plan that cannot be leaves nothing behind",
        arguments: [
            LocalNetwork.Plan(name: "No Name", authorities: 2),
            LocalNetwork.Plan(name: "", authorities: 1),
            LocalNetwork.Plan(name: "test", authorities: 51),
            LocalNetwork.Plan(name: "test", authorities: 1, yields: "/nowhere.csv"),
            LocalNetwork.Plan(name: "test", authorities: 1, publicPort: 80, memberPort: 80),
            LocalNetwork.Plan(name: "test", authorities: 2, peerPort: 8_080),
            LocalNetwork.Plan(name: "test", authorities: 2, memberPort: 65_535),
            LocalNetwork.Plan(
                name: "test", authorities: 2, publicPort: 65_533, memberPort: 65_534,
                peerPort: 65_535),
        ])
    func wrong(plan: LocalNetwork.Plan) {
        #expect(failure { _ = try found(plan) } != nil)
        #expect(!FileManager.default.fileExists(atPath: directory.path + "/net"))
    }

    @Test("A directory that is there is left as it is")
    func again() throws {
        let plan = LocalNetwork.Plan(name: "test", authorities: 1)
        let genesis = try found(plan)
        #expect(failure { _ = try found(plan) } == "\(directory.path)/net exists already")
        #expect(try GenesisFile.load(directory.path + "/net/genesis.json") == genesis)
    }

    @Test(
        "A node is called by its name or its number",
        arguments: [
            ("1", "node-1"), ("node-0", "node-0"), ("observer-0", "observer-0"), ("2", nil),
            ("", nil), ("node-01", nil), ("observer-1", nil), ("../node-0", nil), ("-1", nil),
        ])
    func naming(text: String, name: String?) throws {
        _ = try found(LocalNetwork.Plan(name: "test", authorities: 2, observers: 1))
        let network = LocalNetwork(directory: directory.path + "/net")
        guard let name else {
            let said = failure { _ = try network.node(text) }
            #expect(said?.contains("is none of node-0, node-1, observer-0") == true)
            return
        }
        #expect(try network.node(text).name == name)
    }

    @Test("A directory without nodes is no network")
    func noNetwork() throws {
        _ = try directory.folder("empty/node-0")
        for path in ["empty", "empty/node-0", "missing"] {
            let network = LocalNetwork(directory: "\(directory.path)/\(path)")
            #expect(failure { _ = try network.nodes() }?.contains("no network in") == true)
        }
    }
}
