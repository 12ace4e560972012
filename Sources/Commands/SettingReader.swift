import Configuration
import Foundation
import Pages
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

    private func isGiven(_ key: String) -> Bool { given(key) != nil || written[key] != nil }

    /// A path that must be given, and lead to a file or a directory.
    mutating func path(_ key: String, isDirectory wantsDirectory: Bool = false) -> String {
        let count = problems.count
        guard let text = text(key), !text.isEmpty else {
            if problems.count == count { problems.append("\(key): is missing") }
            return ""
        }
        return checked(text, key, isDirectory: wantsDirectory)
    }

    /// A path that leads to a file where it is given.
    mutating func optionalPath(_ key: String) -> String? {
        guard let text = text(key) else { return nil }
        guard !text.isEmpty else {
            problems.append("\(key): is empty")
            return nil
        }
        return checked(text, key, isDirectory: false)
    }

    /// A text that is not empty, where it is given.
    mutating func name(_ key: String) -> String? {
        guard let text = text(key) else { return nil }
        if text.isEmpty { problems.append("\(key): is empty") }
        return text
    }

    /// Only an observer has none, and it has another key.
    mutating func voteKey() -> String? {
        if !isGiven("voteKey"), !isGiven("tlsKey") {
            problems.append(
                "voteKey: is missing; only an observer has none, and an observer needs tlsKey")
        }
        return optionalPath("voteKey")
    }

    private mutating func checked(
        _ text: String, _ key: String, isDirectory wantsDirectory: Bool
    ) -> String {
        let path = text.hasPrefix("/") || given(key) != nil ? text : "\(folder)/\(text)"
        var isDirectory: ObjCBool = false
        if !FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) {
            problems.append("\(key): there is nothing at \(path)")
        } else if isDirectory.boolValue != wantsDirectory {
            problems.append("\(key): \(path) is \(wantsDirectory ? "no" : "a") directory")
        }
        return path
    }

    /// `anyone`, `none`, or a path.
    mutating func observers(_ key: String) -> AdmittedObservers {
        switch text(key) {
        case "anyone", nil: return .anyone
        case "none": return .nobody
        default: return optionalPath(key).map { .listed($0) } ?? .anyone
        }
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

    /// Scheme, host and port of pages, where they are given.
    mutating func webAddress(_ key: String) -> WebAddress? {
        guard let text = text(key) else { return nil }
        guard let address = WebAddress(text) else {
            problems.append(
                "\(key): '\(SettingReader.shown(text))' is no address such as "
                    + "https://north.example")
            return nil
        }
        return address
    }

    /// A port; 0 lets the system choose.
    mutating func port(_ key: String, default value: Int) -> Int {
        guard let (number, text) = asked(key) else { return value }
        guard let number, let port = UInt16(exactly: number) else {
            problems.append("\(key): '\(SettingReader.shown(text))' is no port, 0 to 65535")
            return value
        }
        return Int(port)
    }

    /// A setting that should be a number, and how it was written; nil where it was not.
    private func asked(_ key: String) -> (number: UInt64?, text: String)? {
        // A file has numbers, flags and environment have texts.
        if let given = given(key) { return (UInt64(decimal: given), given) }
        return written[key].map { ($0.unsigned, $0.string ?? $0.canonicalText) }
    }

    /// A number within bounds.
    mutating func number(_ key: String, in bounds: ClosedRange<Int>, default value: Int) -> Int {
        guard let (number, text) = asked(key) else { return value }
        guard let number = number.flatMap({ Int(exactly: $0) }), bounds.contains(number) else {
            problems.append(
                "\(key): '\(SettingReader.shown(text))' is no number from \(bounds.lowerBound) to "
                    + "\(bounds.upperBound)")
            return value
        }
        return number
    }

    mutating func complain(_ problem: String) { problems.append(problem) }

    mutating func level(_ key: String, default value: String) -> String {
        let level = text(key) ?? value
        let known = ["trace", "debug", "info", "notice", "warning", "error", "critical"]
        if !known.contains(level) {
            let names = known.joined(separator: ", ")
            problems.append("\(key): '\(SettingReader.shown(level))' is none of \(names)")
        }
        return level
    }

    /// Peers are met with a key.
    mutating func checkKeys() {
        guard !isGiven("tlsKey"), let given = ["peer.port", "peers"].first(where: isGiven)
        else { return }
        problems.append("tlsKey: is missing; peers are met with it, and \(given) is given")
    }

    /// Two endpoints on one address cannot be.
    mutating func checkPorts(of configuration: NodeConfiguration) {
        var taken = [("public", configuration.publicHost, configuration.publicPort)]
        var others = [("member", configuration.memberHost, configuration.memberPort)]
        if isGiven("tlsKey") {
            others.append(("peer", configuration.peerHost, configuration.peerPort))
        }
        for (name, host, port) in others where port != 0 {
            if let holder = taken.first(where: { $0.1 == host && $0.2 == port }) {
                problems.append("\(name).port: \(port) is the \(holder.0) port already")
            }
            taken.append((name, host, port))
        }
    }

    /// A value in a message: short, and without anything that would move a terminal's cursor.
    static func shown(_ text: String) -> String {
        String(
            text.unicodeScalars.prefix(40).map { scalar in
                switch scalar.properties.generalCategory {
                case .control, .format, .lineSeparator, .paragraphSeparator: "?"
                default: Character(scalar)
                }
            })
    }
}
