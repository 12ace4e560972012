import Foundation
package import Pages
import Primitives

/// Where other members' pages are: a JSON object of addresses by the members' names.
package enum MembersFile {
    /// Members that are told on a page.
    package static let maximumMembers = 50

    /// Reads a file.
    ///
    /// - Throws: ``CommandFailure/failed(_:)`` with the file and all that is wrong with it.
    package static func load(_ path: String) throws -> [String: WebAddress] {
        let limit = NodeConfiguration.byteLimit
        let bytes = try KeyFile.readFile(path, limit: limit)
        let written: [String: CanonicalJSON]
        do {
            guard let object = try CanonicalJSON(parsing: bytes, limit: limit).object else {
                throw CommandFailure.failed("\(path): an object of addresses is expected")
            }
            written = object
        } catch let error as JSONSyntaxError {
            throw CommandFailure.failed("\(path): \(error)")
        }
        guard written.count <= maximumMembers else {
            throw CommandFailure.failed("\(path): more than \(maximumMembers) members")
        }
        var members: [String: WebAddress] = [:]
        var problems: [String] = []
        for (name, value) in written.sorted(by: { $0.key < $1.key }) {
            guard !name.isEmpty, let address = value.string.flatMap({ WebAddress($0) }) else {
                problems.append(
                    "\(SettingReader.shown(name)): an address such as https://north.example is "
                        + "expected")
                continue
            }
            members[name] = address
        }
        guard problems.isEmpty else {
            throw CommandFailure.failed("\(path): \(problems.joined(separator: "; "))")
        }
        return members
    }

    static func json(_ members: [String: WebAddress]) -> CanonicalJSON {
        .object(members.mapValues { .string($0.text) })
    }
}
