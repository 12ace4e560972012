import Configuration
import Foundation

/// How one process of a node is set up. What all nodes of a network share is the genesis document.
struct NodeConfiguration: Sendable {
    /// Directory of `chain.sqlite` and `registry.sqlite`.
    var data: String
    /// The network's founding document.
    var genesis: String
    /// Key file that signs blocks.
    var voteKey: String
    var publicHost: String
    var publicPort: Int
    var memberHost: String
    var memberPort: Int
    /// trace, debug, info, notice, warning, error or critical.
    var logLevel: String

    /// Reads flags, then environment (`DREC_NODE_…`), file and defaults, once.
    ///
    /// - Parameters:
    ///   - file: a JSON file; relative paths in it are relative to its folder.
    ///   - flags: values by key, such as `public.port`.
    /// - Throws: ``CommandFailure/failed(_:)`` with all problems at once.
    static func load(file: String?, flags: [String: String]) async throws -> NodeConfiguration {
        var values: [AbsoluteConfigKey: ConfigValue] = [:]
        for (name, value) in flags {
            values[AbsoluteConfigKey(ConfigKey("node.\(name)"))] = ConfigValue(
                .string(value), isSecret: false)
        }
        var providers: [any ConfigProvider] = [
            InMemoryProvider(name: "flags", values: values)
        ]
        let environment = ProcessInfo.processInfo.environment.filter {
            $0.key.hasPrefix("DREC_NODE_")
        }.map { (String($0.key.dropFirst("DREC_".count)), $0.value) }
        providers.append(
            EnvironmentVariablesProvider(
                environmentVariables: Dictionary(
                    environment, uniquingKeysWith: { _, last in last })))
        var folder: String?
        if let file {
            let path = ConfigReader(
                provider: InMemoryProvider(values: [
                    "filePath": ConfigValue(.string(file), isSecret: false)
                ]))
            do {
                providers.append(try await FileProvider<JSONSnapshot>(config: path))
            } catch {
                throw CommandFailure.failed("cannot read the configuration \(file): \(error)")
            }
            folder = URL(fileURLWithPath: file).deletingLastPathComponent().path
        }
        var reader = SettingReader(
            config: ConfigReader(providers: providers).scoped(to: "node"), folder: folder)
        let configuration = NodeConfiguration(
            data: reader.path("data"), genesis: reader.path("genesis"),
            voteKey: reader.path("voteKey"),
            publicHost: reader.text("public.host", default: "127.0.0.1"),
            publicPort: reader.port("public.port", default: 8080),
            memberHost: reader.text("member.host", default: "127.0.0.1"),
            memberPort: reader.port("member.port", default: 8081),
            logLevel: reader.level("log.level", default: "info"))
        guard reader.problems.isEmpty else {
            throw CommandFailure.failed(
                "the configuration has \(reader.problems.count) problems:\n  "
                    + reader.problems.joined(separator: "\n  "))
        }
        return configuration
    }
}

/// Reads settings and collects what is wrong with them.
private struct SettingReader {
    let config: ConfigReader
    let folder: String?
    var problems: [String] = []

    init(config: ConfigReader, folder: String?) {
        self.config = config
        self.folder = folder
    }

    mutating func text(_ key: String, default value: String) -> String {
        config.string(forKey: ConfigKey(key)) ?? value
    }

    /// A path that must be given, and must exist.
    mutating func path(_ key: String) -> String {
        guard let text = config.string(forKey: ConfigKey(key)), !text.isEmpty else {
            problems.append("\(key): is missing")
            return ""
        }
        let path = text.hasPrefix("/") || folder == nil ? text : "\(folder ?? ".")/\(text)"
        if !FileManager.default.fileExists(atPath: path) {
            problems.append("\(key): there is nothing at \(path)")
        }
        return path
    }

    /// A port; 0 lets the system choose.
    mutating func port(_ key: String, default value: Int) -> Int {
        // A file has numbers, flags and environment have texts.
        if let number = config.int(forKey: ConfigKey(key))
            ?? config.string(forKey: ConfigKey(key))
            .flatMap({ Int($0) })
        {
            if !(0...65_535).contains(number) { problems.append("\(key): \(number) is no port") }
            return number
        }
        if let text = config.string(forKey: ConfigKey(key)) {
            problems.append("\(key): \(text) is no port")
        }
        return value
    }

    mutating func level(_ key: String, default value: String) -> String {
        let level = text(key, default: value)
        let known = ["trace", "debug", "info", "notice", "warning", "error", "critical"]
        if !known.contains(level) {
            problems.append("\(key): \(level) is none of \(known.joined(separator: ", "))")
        }
        return level
    }
}
