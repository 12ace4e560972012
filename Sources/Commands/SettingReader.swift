import Configuration
import Foundation
import Primitives

/// Reads settings and collects what is wrong with them.
struct SettingReader {
    /// Flags and environment, which go before the file.
    let config: ConfigReader
    /// What the file says, by key.
    let written: [String: CanonicalJSON]
    /// The file's folder.
    let folder: String
    private(set) var problems: [String]

    private func given(_ key: String) -> String? { config.string(forKey: ConfigKey(key)) }

    private mutating func text(_ key: String) -> String? {
        if let text = given(key) { return text }
        guard let value = written[key] else { return nil }
        guard let text = value.string else {
            problems.append("\(key): must be a text")
            return nil
        }
        return text
    }

    /// A path that must be given, and lead to a file or a directory.
    mutating func path(_ key: String, isDirectory wantsDirectory: Bool = false) -> String {
        let count = problems.count
        guard let text = text(key), !text.isEmpty else {
            if problems.count == count { problems.append("\(key): is missing") }
            return ""
        }
        let path = text.hasPrefix("/") || given(key) != nil ? text : "\(folder)/\(text)"
        var isDirectory: ObjCBool = false
        if !FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) {
            problems.append("\(key): there is nothing at \(path)")
        } else if isDirectory.boolValue != wantsDirectory {
            problems.append("\(key): \(path) is \(wantsDirectory ? "no" : "a") directory")
        }
        return path
    }

    /// A name or an address; what it leads to is found out by binding it.
    mutating func host(_ key: String, default value: String) -> String {
        guard let text = text(key) else { return value }
        let isName =
            !text.isEmpty && text.utf8.count <= 255
            && text.utf8.allSatisfy { (0x21...0x7e).contains($0) && $0 != UInt8(ascii: "/") }
        if !isName { problems.append("\(key): '\(SettingReader.shown(text))' is no host") }
        return text
    }

    /// A port; 0 lets the system choose.
    mutating func port(_ key: String, default value: Int) -> Int {
        // A file has numbers, flags and environment have texts.
        let number: UInt64?
        let text: String
        if let given = given(key) {
            (number, text) = (UInt64(decimal: given), given)
        } else if let json = written[key] {
            (number, text) = (json.unsigned, json.string ?? json.canonicalText)
        } else {
            return value
        }
        guard let number, let port = UInt16(exactly: number) else {
            problems.append("\(key): '\(SettingReader.shown(text))' is no port, 0 to 65535")
            return value
        }
        return Int(port)
    }

    mutating func level(_ key: String, default value: String) -> String {
        let level = text(key) ?? value
        let known = ["trace", "debug", "info", "notice", "warning", "error", "critical"]
        if !known.contains(level) {
            let names = known.joined(separator: ", ")
            problems.append("\(key): '\(SettingReader.shown(level))' is none of \(names)")
        }
        return level
    }

    /// Two endpoints on one address cannot be.
    mutating func checkPorts(of configuration: NodeConfiguration) {
        guard configuration.publicPort == configuration.memberPort, configuration.publicPort != 0,
            configuration.publicHost == configuration.memberHost
        else { return }
        problems.append("member.port: \(configuration.memberPort) is the public port already")
    }

    /// A value in a message: short, and without anything that would move a terminal's cursor.
    private static func shown(_ text: String) -> String {
        String(
            text.unicodeScalars.prefix(40).map { scalar in
                switch scalar.properties.generalCategory {
                case .control, .format, .lineSeparator, .paragraphSeparator: "?"
                default: Character(scalar)
                }
            })
    }
}
