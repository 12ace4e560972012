import Commands
import Foundation
import Ledger
import Peering
import Primitives
import SampleNetworks
import Testing

/// Addresses, TLS keys and observers, as files say them.
@Suite("A node's peers")
struct PeersTests {
    private let directory: Directory
    private let genesis: GenesisDocument
    private let data: String

    init() throws {
        directory = try Directory()
        data = try directory.folder("data")
        var requests: [JoinRequest] = []
        for name in ["first", "south", "west"] {
            requests.append(
                try JoinRequestFile.create(
                    in: "\(directory.path)/\(name)", network: "test", name: name,
                    isInitiative: name == "first", legalName: name, country: countryCode("ZAF"),
                    address: "\(name).example:7600"))
        }
        genesis = try GenesisFile.document(
            composing: requests, founded: Timestamp(0), yields: nil)
        try GenesisFile.write(genesis, to: directory.path + "/genesis.json")
    }

    private func configuration(_ flags: [String: String]) throws -> NodeConfiguration {
        let all = [
            "data": data, "genesis": directory.path + "/genesis.json",
            "voteKey": directory.path + "/south/keys/vote.key",
            "tlsKey": directory.path + "/south/keys/tls.key",
        ].merging(flags) { _, last in last }
        return try NodeConfiguration.load(
            file: nil, flags: all.filter { $0.value != "-" }, environment: [:])
    }

    private func peers(_ flags: [String: String] = [:]) throws -> NodePeers? {
        try NodePeers.load(try configuration(flags), genesis: genesis)
    }

    @Test("Authorities have the addresses of the file, and who has none is awaited")
    func addresses() throws {
        let file = try directory.file(
            "peers.json", #"{"first": "first.example:7600", "south": "[::1]:7601"}"#)
        let found = try #require(try peers(["peers": file, "peer.port": "7601"]))
        #expect(found.undialled == ["west"])
        let configuration = found.configuration
        #expect(configuration.network == genesis.hash)
        #expect(configuration.key.publicKey == genesis.authorities[1].tlsKey)
        #expect(configuration.listen == PeerAddress(host: "127.0.0.1", port: 7_601))
        #expect(configuration.members.map(\.key) == genesis.authorities.map(\.tlsKey))
        #expect(
            configuration.members.map(\.address) == [
                PeerAddress(host: "first.example", port: 7_600),
                PeerAddress(host: "::1", port: 7_601), nil,
            ])
        #expect(configuration.observers == .anyone)
    }

    @Test("Without a file nobody is dialled but all are members")
    func noFile() throws {
        let found = try #require(try peers())
        #expect(found.undialled == ["first", "west"])
        #expect(found.configuration.members.count == 3)
    }

    @Test("Names that are no authority's now are told, since they may be misspelt")
    func unknownNames() throws {
        let file = try directory.file(
            "peers.json", #"{"frist": "a:1", "later": "b:1", "south": "c:1", "First": "d:1"}"#)
        let found = try #require(try peers(["peers": file]))
        #expect(found.unknown == ["First", "frist", "later"])
        #expect(found.undialled == ["first", "west"])
    }

    @Test("Authorities that came after the founding are known by those who ask for them")
    func laterAuthorities() throws {
        let file = try directory.file("peers.json", #"{"later": "later.example:7600"}"#)
        let key = genesis.authorities[0].logKey
        let found = try #require(
            try NodePeers.load(
                try configuration(["peers": file]), network: genesis.hash,
                authorities: [NodePeers.Authority(name: "later", tlsKey: key)]))
        #expect(found.undialled.isEmpty && found.unknown.isEmpty)
        #expect(found.configuration.members.map(\.key) == [key])
    }

    @Test("One among several has a TLS key; the only authority may do without")
    func needsKey() throws {
        let alone = try configuration(["tlsKey": "-"])
        #expect(
            failure { _ = try NodePeers.load(alone, genesis: genesis) }
                == "tlsKey: is missing; the network has 3 authorities")
        let one = NodePeers.Authority(name: "one", tlsKey: genesis.authorities[0].tlsKey)
        #expect(
            try NodePeers.load(alone, network: genesis.hash, authorities: [one]) == nil)
        let said = failure { _ = try peers(["tlsKey": directory.path + "/south/join.json"]) }
        #expect(said?.hasPrefix("tlsKey: ") == true, "\(said ?? "accepted")")
    }

    @Test(
        "A file of addresses that is wrong is refused with its name and place",
        arguments: [
            ("", "byte 0"), ("[]", "an object of addresses is expected"), ("1", "an object"),
            (#"{"first": 7600}"#, "first: host:port"), (#"{"first": null}"#, "first: host:port"),
            (#"{"first": ""}"#, "first: host:port"), (#"{"first": "a"}"#, "first: host:port"),
            (#"{"first": "a:"}"#, "first: host:port"), (#"{"first": ":1"}"#, "first: host:port"),
            (#"{"first": "a:0"}"#, "first: host:port"),
            (#"{"first": "a:65536"}"#, "first: host:port"),
            (#"{"first": "a:+1"}"#, "first: host:port"),
            (#"{"first": "a b:1"}"#, "first: host:port"),
            (#"{"first": "http://a:1"}"#, "first: host:port"),
            (#"{"first": "::1:1"}"#, "first: host:port"),
            (#"{"first": "[]:1"}"#, "first: host:port"),
            (#"{"first": {"host": "a"}}"#, "first: host:port"),
            (#"{"west": "a", "first": "b"}"#, "first: host:port is expected, or [IPv6]:port; west"),
            (#"{"first": "a:1", "first": "b:1"}"#, "byte"),
            (#"{"\u001b[31m": "a"}"#, "?[31m: host:port"),
            (String(repeating: " ", count: 65_537), "larger than 65536 bytes"),
        ])
    func badAddresses(text: String, problem: String) throws {
        let file = try directory.file("peers.json", text)
        let said = failure { _ = try peers(["peers": file]) }
        #expect(said?.hasPrefix("peers: \(file)") == true, "\(said ?? "accepted")")
        #expect(said?.contains(problem) == true, "\(said ?? "accepted")")
    }

    @Test(
        "Addresses are written as they are read",
        arguments: ["a:1", "node.south.example:65535", "127.0.0.1:7600", "[::1]:7600"])
    func address(text: String) throws {
        let address = try #require(PeerAddress(text: text))
        #expect(address.description == text)
        let path = "\(directory.path)/written.json"
        let file = PeersFile(["first": address])
        try file.write(to: path)
        #expect(try PeersFile.load(path) == file)
        #expect(failure { try file.write(to: path) } == "\(path) exists already")
    }

    @Test("Observers are anyone, nobody, or those of a list")
    func observers() throws {
        let (one, two) = (genesis.authorities[0].logKey, genesis.authorities[1].logKey)
        let list = try directory.file(
            "observers", "# who may\n\n\(one.hex)\n  \(two.hex.uppercased()) # the second\r\n")
        #expect(try peers(["observers": "anyone"])?.configuration.observers == .anyone)
        #expect(try peers(["observers": "none"])?.configuration.observers == .listed([]))
        #expect(try peers(["observers": list])?.configuration.observers == .listed([one, two]))
        let empty = try directory.file("nobody", "")
        #expect(try peers(["observers": empty])?.configuration.observers == .listed([]))
    }

    @Test(
        "A list of observers that is wrong is refused with its line",
        arguments: [
            ("x", 1), ("\n# a\n00", 3), (String(repeating: "0", count: 63), 1),
            (String(repeating: "0", count: 65), 1), (String(repeating: "g", count: 64), 1),
            ("anyone", 1), ("[]", 1), ("\u{0}", 1),
        ])
    func badObservers(text: String, line: Int) throws {
        let list = try directory.file("observers", text)
        let said = failure { _ = try peers(["observers": list]) }
        #expect(said?.hasPrefix("observers: \(list), line \(line): ") == true, "\(said ?? "")")
    }
}
