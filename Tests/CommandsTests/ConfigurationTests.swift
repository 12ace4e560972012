import API
import Commands
import Foundation
import Logging
import Pages
import Testing

/// What a node is told by flags, environment and file, and what it says of what is wrong.
@Suite("A node's configuration")
struct ConfigurationTests {
    private let directory: Directory
    private let data: String
    private let genesis: String
    private let key: String

    init() throws {
        directory = try Directory()
        data = try directory.folder("data")
        genesis = try directory.file("genesis.json", "{}")
        key = try directory.file("vote.key", "")
    }

    /// Paths that are there.
    private var paths: [String: String] { ["data": data, "genesis": genesis, "voteKey": key] }

    private func load(
        _ flags: [String: String] = [:], _ environment: [String: String] = [:],
        file: String? = nil
    ) throws -> NodeConfiguration {
        try NodeConfiguration.load(
            file: file, flags: paths.merging(flags) { _, last in last }, environment: environment)
    }

    private func written(_ json: String) throws -> String {
        try directory.file("node.json", json)
    }

    @Test("What is not said has a default")
    func defaults() throws {
        let configuration = try load()
        #expect(configuration.data == data && configuration.genesis == genesis)
        #expect(configuration.publicHost == "127.0.0.1" && configuration.publicPort == 8080)
        #expect(configuration.memberHost == "127.0.0.1" && configuration.memberPort == 8081)
        #expect(configuration.logLevel == "info")
        #expect(configuration.peerHost == "127.0.0.1" && configuration.peerPort == 7_600)
        #expect(configuration.tlsKey == nil && configuration.logKey == nil)
        #expect(configuration.peers == nil && configuration.observers == .anyone)
        #expect(!configuration.resumesSigning)
        #expect(configuration.limits == ServerLimits())
        // What is not ours is none of our business.
        #expect(
            try load([:], ["DREC_PUBLIC": "x", "PATH": "y", "DREC_NODE": "z"]) == configuration)
    }

    @Test("Flags go before the environment, and the environment before the file")
    func precedence() throws {
        let file = try written(
            """
            {"node": {"data": "data", "public": {"port": 1, "host": "a"},
             "member": {"port": "3", "host": "b"}, "log": {"level": "debug"}}}
            """)
        let environment = [
            "DREC_NODE_PUBLIC_PORT": "11", "DREC_NODE_MEMBER_HOST": "c",
            "DREC_NODE_LOG_LEVEL": "error",
        ]
        let configuration = try load(["log.level": "trace"], environment, file: file)
        #expect(configuration.publicPort == 11 && configuration.publicHost == "a")
        #expect(configuration.memberPort == 3 && configuration.memberHost == "c")
        #expect(configuration.logLevel == "trace")
    }

    @Test("Every setting has its name in the environment")
    func environment() throws {
        let values = [
            "data": data, "genesis": genesis, "voteKey": key, "public.host": "::1",
            "public.port": "0", "member.host": "localhost", "member.port": "65535",
            "log.level": "critical", "tlsKey": key, "logKey": key, "peer.host": "::", "peers": key,
            "peer.port": "7601", "observers": "none", "profileReaders": key,
            "profilesFrom": "south", "limits.requestsPerSecond": "0", "limits.burst": "7",
            "limits.connections": "900", "limits.connectionsPerAddress": "9",
            "limits.loopback": "limited", "limits.clientHeader": "X-Real-IP",
            "public.address": "https://south.example",
            "public.members": key,
        ]
        #expect(Set(values.keys) == Set(NodeConfiguration.settings.keys))
        var environment: [String: String] = [:]
        for (setting, name) in NodeConfiguration.settings { environment[name] = values[setting] }
        let configuration = try NodeConfiguration.load(
            file: nil, flags: [:], environment: environment)
        #expect(
            configuration
                == (try NodeConfiguration.load(file: nil, flags: values, environment: [:])))
        #expect(configuration.publicHost == "::1" && configuration.memberPort == 65_535)
        #expect(configuration.peerHost == "::" && configuration.peerPort == 7_601)
        #expect(configuration.observers == .nobody && configuration.peers == key)
        #expect(configuration.profileReaders == key && configuration.profilesFrom == "south")
        let limits = configuration.limits
        #expect(limits.requestsPerSecond == 0 && limits.burst == 7 && limits.connections == 900)
        #expect(limits.connectionsPerAddress == 9 && limits.limitsLoopback)
        #expect(limits.clientHeader == "X-Real-IP")
        #expect(configuration.publicAddress == WebAddress("https://south.example"))
        #expect(configuration.publicMembers == key)
    }

    @Test("A relative path in the file is relative to it, one in a flag is not")
    func relativePaths() throws {
        let file = try written(
            #"{"node": {"data": "data", "genesis": "genesis.json", "voteKey": "./vote.key"}}"#)
        let configuration = try NodeConfiguration.load(file: file, flags: [:], environment: [:])
        #expect(configuration.data == "\(directory.path)/data")
        #expect(configuration.voteKey == "\(directory.path)/./vote.key")
        #expect(
            failure {
                _ = try NodeConfiguration.load(
                    file: file, flags: ["genesis": "genesis.json"], environment: [:])
            }?.contains("genesis: there is nothing at genesis.json") == true)
    }

    @Test(
        "A value that is wrong is named, in a flag and in the environment",
        arguments: [
            ("data", "", "is missing"), ("data", "/nowhere/at/all", "there is nothing at"),
            ("genesis", "", "is missing"), ("genesis", "/", "/ is a directory"),
            ("voteKey", "/nowhere.key", "there is nothing at /nowhere.key"),
            ("voteKey", "/", "/ is a directory"),
            ("data", "/dev/null", "/dev/null is no directory"),
            ("public.port", "", "'' is no port"), ("public.port", "http", "'http' is no port"),
            ("public.port", "65536", "'65536' is no port"),
            ("public.port", "-1", "'-1' is no port"), ("public.port", "+80", "'+80' is no port"),
            ("public.port", " 80", "' 80' is no port"), ("public.port", "080", "'080' is no port"),
            ("public.port", "80.0", "'80.0' is no port"),
            ("public.port", "8e3", "'8e3' is no port"),
            ("public.port", "٨٠", "'٨٠' is no port"), ("public.port", "0x50", "'0x50' is no port"),
            ("member.port", "18446744073709551616", "is no port"),
            ("member.port", "9223372036854775808", "is no port"),
            ("member.port", "8080", "8080 is the public port already"),
            ("member.port", "true", "'true' is no port"),
            ("public.host", "", "'' is no host"), ("public.host", "a b", "'a b' is no host"),
            ("public.host", "a\nb", "'a?b' is no host"),
            ("member.host", "http://a", "'http://a' is no host"),
            ("member.host", "\u{202E}a", "'?a' is no host"),
            ("public.address", "", "'' is no address"),
            ("public.address", "south.example", "'south.example' is no address"),
            ("public.address", "https://south.example/", "is no address"),
            ("public.address", "ftp://south.example", "is no address"),
            ("public.address", "https://a\u{1B}b", "'https://a?b' is no address"),
            ("public.members", "/nowhere", "public.members: there is nothing at /nowhere"),
            ("log.level", "", "'' is none of trace"), ("log.level", "INFO", "'INFO' is none of"),
            ("log.level", "verbose", "'verbose' is none of"), ("log.level", "info ", "is none of"),
            ("log.level", "\u{1B}[31m", "'?[31m' is none of"),
            ("limits.requestsPerSecond", "", "'' is no number from 0 to"),
            ("limits.requestsPerSecond", "-1", "'-1' is no number"),
            ("limits.requestsPerSecond", "1000001", "is no number"),
            ("limits.burst", "0", "'0' is no number from 1 to"),
            ("limits.burst", "many", "'many' is no number"),
            ("limits.connections", "15", "'15' is no number from 16 to"),
            ("limits.connections", "18446744073709551615", "is no number"),
            ("limits.connectionsPerAddress", "1.5", "'1.5' is no number"),
            ("limits.loopback", "", "is empty"), ("limits.loopback", "yes", "is neither exempt"),
            ("limits.clientHeader", "", "is empty"),
            ("limits.clientHeader", "X Forwarded", "is no field's name"),
        ])
    func wrong(setting: String, value: String, problem: String) throws {
        let inFlag = failure { _ = try load([setting: value]) }
        #expect(inFlag?.contains("\(setting): ") == true && inFlag?.contains(problem) == true)
        #expect(inFlag?.contains("has 1 problem:") == true)
        let name = try #require(NodeConfiguration.settings[setting])
        var flags = paths
        flags[setting] = nil
        let inEnvironment = failure {
            _ = try NodeConfiguration.load(file: nil, flags: flags, environment: [name: value])
        }
        #expect(inEnvironment == inFlag)
    }

    @Test("A node without a vote key is an observer, which has a TLS key")
    func observer() throws {
        var flags = paths
        flags["voteKey"] = nil
        let said = failure {
            _ = try NodeConfiguration.load(file: nil, flags: flags, environment: [:])
        }
        #expect(said?.contains("voteKey: is missing; only an observer has none") == true)
        flags["tlsKey"] = key
        let observer = try NodeConfiguration.load(file: nil, flags: flags, environment: [:])
        #expect(observer.voteKey == nil && observer.tlsKey == key)
    }

    @Test(
        "What has to do with peers is nothing without a TLS key",
        arguments: [("peer.port", "7601"), ("peer.port", "0"), ("peers", "/dev/null")])
    func peersWithoutKey(setting: String, value: String) throws {
        let said = failure { _ = try load([setting: value]) }
        #expect(said?.contains("tlsKey: is missing; peers are met with it") == true)
        #expect(said?.contains(setting) == true)
        #expect(failure { _ = try load([setting: value, "tlsKey": key]) } == nil)
    }

    @Test(
        "What peers are told by is checked where there are peers",
        arguments: [
            ("tlsKey", "", "is empty"), ("tlsKey", "/nowhere.key", "there is nothing at"),
            ("logKey", "", "is empty"), ("logKey", "/", "/ is a directory"),
            ("peers", "", "is empty"), ("peers", "/nowhere.json", "there is nothing at"),
            ("peers", "/", "/ is a directory"),
            ("profilesFrom", "", "is empty"), ("profileReaders", "", "is empty"),
            ("profileReaders", "everyone", "there is nothing at"),
            ("observers", "", "is empty"), ("observers", "everyone", "there is nothing at"),
            ("observers", "/", "/ is a directory"),
            ("peer.host", "a b", "'a b' is no host"), ("peer.port", "x", "'x' is no port"),
            ("peer.port", "65536", "'65536' is no port"),
            ("peer.port", "8080", "8080 is the public port already"),
            ("peer.port", "8081", "8081 is the member port already"),
        ])
    func wrongAmongPeers(setting: String, value: String, problem: String) throws {
        let said = failure {
            _ = try load(["tlsKey": key].merging([setting: value]) { _, last in last })
        }
        #expect(said?.contains("\(setting): ") == true && said?.contains(problem) == true)
        #expect(said?.contains("has 1 problem:") == true, "\(said ?? "accepted")")
    }

    @Test("The same port on another host is another port, and 0 is any")
    func portsOfHosts() throws {
        let same = ["tlsKey": key, "peer.port": "8080"]
        #expect(try load(same.merging(["peer.host": "10.0.0.1"]) { $1 }).peerPort == 8_080)
        let any = ["public.port": "0", "member.port": "0", "peer.port": "0", "tlsKey": key]
        #expect(try load(any).peerPort == 0)
    }

    @Test("The word for signing again has no place in a file and no name in the environment")
    func resumption() throws {
        let file = try written(#"{"node": {"resumeSigning": true}}"#)
        #expect(failure { _ = try load(file: file) }?.contains("resumeSigning: is no") == true)
        let name = "DREC_NODE_RESUME_SIGNING"
        #expect(failure { _ = try load([:], [name: "1"]) }?.contains("\(name): is no") == true)
    }

    @Test(
        "A value of the wrong kind in the file is named, never replaced by the default",
        arguments: [
            (#""public": {"port": true}"#, "public.port: 'true' is no port"),
            (#""public": {"port": null}"#, "public.port: 'null' is no port"),
            (#""public": {"port": -1}"#, "public.port: '-1' is no port"),
            (#""public": {"port": 65536}"#, "public.port: '65536' is no port"),
            (#""public": {"port": [80]}"#, "public.port: '[80]' is no port"),
            (#""public": {"port": "x"}"#, "public.port: 'x' is no port"),
            (#""public": {"port": {"a": 1}}"#, #"public.port: '{"a":1}' is no port"#),
            (#""public": {"host": 1}"#, "public.host: must be a text"),
            (#""public": {"hots": "a"}"#, "public.hots: is no setting"),
            (#""public": 8080"#, "public: is no setting"),
            (#""log": {"level": 3}"#, "log.level: must be a text"),
            (#""log": "info""#, "log: is no setting"), (#""data": 5"#, "data: must be a text"),
            (#""genesis": null"#, "genesis: must be a text"),
            (#""voteKey": ["a"]"#, "voteKey: must be a text"),
            (#""voteKey": "nowhere.key""#, "voteKey: there is nothing at"),
            (#""seed": "00""#, "seed: is no setting"),
            (#""tlsKey": 1"#, "tlsKey: must be a text"),
            (#""logKey": {"a": "b"}"#, "logKey.a: is no setting"),
            (#""peers": {"first": "a:1"}"#, "peers.first: is no setting"),
            (#""observers": ["anyone"]"#, "observers: must be a text"),
            (#""peer": {"port": "7600 "}"#, "peer.port: '7600 ' is no port"),
            (#""data.x": "a""#, "data.x: is no setting"),
        ])
    func wrongInFile(member: String, problem: String) throws {
        let file = try written("{\"node\": {\(member)}}")
        let setting = problem.prefix { $0 != ":" }
        var flags = paths
        flags[String(setting)] = nil
        let said = failure {
            _ = try NodeConfiguration.load(file: file, flags: flags, environment: [:])
        }
        #expect(said?.contains(problem) == true, "\(said ?? "accepted")")
    }

    @Test(
        "A file that is no configuration is refused with its name",
        arguments: [
            "", " ", "{", "[]", "null", "{}", #"{"node": []}"#, #"{"node": null}"#,
            #"{"node": {"public": {"port": 80.5}}}"#, #"{"node": {}, "node": {}}"#,
            #"{"node": {"data": "a", "data": "b"}}"#, "node: {}", "\u{FEFF}{\"node\": {}}",
            String(repeating: "[", count: 60_000), String(repeating: " ", count: 65_537),
        ])
    func badFile(text: String) throws {
        let file = try written(text)
        #expect(failure { _ = try load(file: file) }?.contains(file) == true)
    }

    @Test("A file that cannot be read is refused with its name")
    func unreadable() throws {
        for (file, reason) in [
            ("\(directory.path)/missing.json", "No such file or directory"),
            (data, "Is a directory"),
        ] {
            #expect(failure { _ = try load(file: file) } == "cannot read \(file): \(reason)")
        }
        let latin = try directory.file("latin.json", [0x7b, 0x22, 0xe9, 0x22, 0x7d])
        #expect(failure { _ = try load(file: latin) }?.contains(latin) == true)
        #expect(
            failure { _ = try load(file: "/dev/zero") } == "/dev/zero is larger than 65536 bytes")
    }

    @Test("A misspelt name in the environment or beside the settings is a problem")
    func unknownNames() throws {
        let names = ["DREC_NODE_PUBLIC_PROT", "DREC_NODE_", "DREC_NODE_VOTEKEY", "DREC_NODE_data"]
        for name in names {
            #expect(failure { _ = try load([:], [name: "1"]) }?.contains("\(name): is no") == true)
        }
        let file = try written(#"{"node": {}, "nodes": {}}"#)
        #expect(failure { _ = try load(file: file) }?.contains("nodes: is no setting") == true)
    }

    @Test("All problems are told at once, each on its line, wherever they come from")
    func together() throws {
        let file = try written(
            #"{"node": {"log": {"level": "loud"}, "genesis": 1, "extra": 2, "data": "nowhere"}}"#)
        let said = failure {
            _ = try NodeConfiguration.load(
                file: file, flags: ["public.port": "x", "public.host": " "],
                environment: [
                    "DREC_NODE_MEMBER_PORT": "70000", "DREC_NODE_MEMBER_HOST": "",
                    "DREC_NODE_X": "",
                ])
        }
        let lines = (said ?? "").split(separator: "\n").map(String.init)
        #expect(lines.first == "the configuration has 10 problems:")
        let settings = lines.dropFirst().compactMap { $0.split(separator: ":").first }
        #expect(
            settings.map { $0.trimmingCharacters(in: .whitespaces) } == [
                "DREC_NODE_X", "extra", "data", "genesis", "voteKey", "public.host", "public.port",
                "member.host", "member.port", "log.level",
            ])
    }

    @Test("The levels are those of the log", arguments: Logger.Level.allCases)
    func levels(level: Logger.Level) throws {
        #expect(try load(["log.level": level.rawValue]).logLevel == level.rawValue)
    }
}
