import Foundation
import Ledger
package import Peering
package import Primitives

/// Where the authorities are reached: a JSON object of `host:port` by the authorities' names.
///
/// An address proves nothing and may change at any time; who is there shows its key.
package struct PeersFile: Equatable, Sendable {
    package var addresses: [String: PeerAddress]

    package init(_ addresses: [String: PeerAddress]) { self.addresses = addresses }

    /// Reads a file.
    ///
    /// - Throws: ``CommandFailure/failed(_:)`` with the file and all that is wrong with it.
    package static func load(_ path: String) throws -> PeersFile {
        let limit = NodeConfiguration.byteLimit
        let bytes = try KeyFile.readFile(path, limit: limit)
        let members: [String: CanonicalJSON]
        do {
            guard let object = try CanonicalJSON(parsing: bytes, limit: limit).object else {
                throw CommandFailure.failed("\(path): an object of addresses is expected")
            }
            members = object
        } catch let error as JSONSyntaxError {
            throw CommandFailure.failed("\(path): \(error)")
        }
        var addresses: [String: PeerAddress] = [:]
        var problems: [String] = []
        for (name, value) in members.sorted(by: { $0.key < $1.key }) {
            guard let address = value.string.flatMap(PeerAddress.init(text:)) else {
                problems.append(
                    "\(SettingReader.shown(name)): host:port is expected, or [IPv6]:port")
                continue
            }
            addresses[name] = address
        }
        guard problems.isEmpty else {
            throw CommandFailure.failed("\(path): \(problems.joined(separator: "; "))")
        }
        return PeersFile(addresses)
    }

    /// Names that are no authority's. The network may know them later, so they are no error; a
    /// misspelt one leaves an authority without an address, and either is told.
    package func unknown(among names: some Sequence<String>) -> [String] {
        let known = Set(names)
        return addresses.keys.filter { !known.contains($0) }.sorted()
    }

    package var json: CanonicalJSON {
        .object(addresses.mapValues { .string($0.description) })
    }

    /// Writes a new file.
    package func write(to path: String) throws {
        guard !FileManager.default.fileExists(atPath: path) else {
            throw CommandFailure.failed("\(path) exists already")
        }
        try Data(json.canonicalBytes + [UInt8(ascii: "\n")]).write(to: URL(fileURLWithPath: path))
    }
}

extension PeerAddress {
    /// Reads `host:port`, the host being a name, an IPv4 address or an IPv6 address in brackets.
    package init?(text: String) {
        guard JoinRequest.isAddress(text), let colon = text.lastIndex(of: ":"),
            let port = Int(text[text.index(after: colon)...])
        else { return nil }
        let host = text[..<colon]
        self.init(
            host: String(host.hasPrefix("[") ? host.dropFirst().dropLast() : host), port: port)
    }
}
