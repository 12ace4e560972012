import Foundation
import Glibc
import Primitives

/// The files of webhooks in a node's data directory: who is told, what with, and how far.
package struct WebhookFiles: Sendable {
    /// The most targets of a node.
    package static let targetLimit = 32
    private static let byteLimit = 262_144

    private let data: String

    package init(data: String) { self.data = data }

    /// Who is told; written by the operator's verbs alone.
    package var targets: String { data + "/webhooks.json" }
    /// What messages are signed with.
    package var key: String { data + "/webhook.key" }
    /// Written by the node alone.
    private var states: String { data + "/webhooks" }
    private func state(_ id: String) -> String { states + "/\(id).json" }

    /// What is wrong with a file; the text names it.
    package struct DamagedFile: Error, CustomStringConvertible {
        package let description: String
    }

    /// The targets, none where there is no file.
    ///
    /// - Throws: ``DamagedFile``.
    package func loadTargets() throws -> [WebhookTarget] {
        guard let bytes = try read(targets) else { return [] }
        guard let json = try? CanonicalJSON(parsing: bytes, limit: WebhookFiles.byteLimit),
            let members = json.object, members.count == 1,
            let items = members["webhooks"]?.array
        else { throw DamagedFile(description: "\(targets) is no file of webhooks") }
        let found = items.compactMap { WebhookTarget($0) }
        guard found.count == items.count, Set(found.map(\.id)).count == found.count,
            found.count <= WebhookFiles.targetLimit
        else { throw DamagedFile(description: "\(targets) has a webhook that cannot be read") }
        return found
    }

    package func write(_ targets: [WebhookTarget]) throws {
        let json: CanonicalJSON = ["webhooks": .array(targets.map(\.json))]
        try replace(self.targets, by: json)
    }

    /// How far a target is; nil before its first start.
    ///
    /// - Throws: ``DamagedFile``: to begin anew would leave events out or tell them all again.
    package func loadState(_ id: String) throws -> WebhookState? {
        guard let bytes = try read(state(id)) else { return nil }
        guard let json = try? CanonicalJSON(parsing: bytes, limit: WebhookFiles.byteLimit),
            let found = WebhookState(json)
        else { throw DamagedFile(description: "\(state(id)) cannot be read") }
        return found
    }

    func write(_ state: WebhookState, of id: String) throws {
        try FileManager.default.createDirectory(
            atPath: states, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
        try replace(self.state(id), by: state.json)
    }

    package func removeState(_ id: String) {
        try? FileManager.default.removeItem(atPath: state(id))
    }

    /// What changes when the targets are written: nil where there is no file.
    var version: String? {
        guard let found = try? FileManager.default.attributesOfItem(atPath: targets),
            let time = found[.modificationDate] as? Date
        else { return nil }
        let number = (found[.systemFileNumber] as? NSNumber)?.uint64Value ?? 0
        return "\(number) \(time.timeIntervalSinceReferenceDate)"
    }

    private func read(_ path: String) throws -> [UInt8]? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        guard let bytes = FileManager.default.contents(atPath: path),
            bytes.count <= WebhookFiles.byteLimit
        else { throw DamagedFile(description: "\(path) cannot be read") }
        return Array(bytes)
    }

    /// Whoever reads sees the old file or the new one, and after a crash one of them is there.
    private func replace(_ path: String, by json: CanonicalJSON) throws {
        let new = path + ".new"
        try Data(json.canonicalBytes).write(to: URL(fileURLWithPath: new))
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: new))
        try handle.synchronize()
        try handle.close()
        guard rename(new, path) == 0 else {
            throw DamagedFile(description: "\(path) cannot be written")
        }
    }
}
