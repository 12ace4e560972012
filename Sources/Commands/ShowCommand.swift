import ArgumentParser
import Foundation
import Primitives

struct ShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show anything by its id.",
        discussion: """
            Accounts A17, devices D2045 and their DIDs, projects P101, D-RECs DREC101-2021-42 and \
            ranges of them, log entries #1234 (with the statement, where it is a redemption), \
            blocks by number, and by their 64 hexadecimal digits transactions, blocks, keys and \
            the hashes of devices' external ids.

            Example: drec show D5
            """)
    @OptionGroup var node: NodeOptions
    @Argument(help: "The id.") var id: String

    func run() async throws {
        try await Output.run { try await ShowCommand.show(id, node) }
    }

    static func show(_ text: String, _ node: NodeOptions) async throws {
        if text.lowercased().hasPrefix("did:") {
            return try await show(did: text, node)
        }
        guard let id = Identifier(text) else {
            throw ValidationError("“\(text.prefix(80))” is no id; see drec help show")
        }
        let answer = try await node.client.json(try await path(of: id, node))
        display(answer, node)
        guard !node.json, case .logEntry(let entry) = id,
            answer["action"]?.text("name") == "redeem"
        else { return }
        Output.line("statement")
        let statement = try await node.client.json("/v1/redemptions/\(entry.rawValue)")
        Output.line(statement.outline(indent: 1))
    }

    private static func show(did text: String, _ node: NodeOptions) async throws {
        guard let did = DeviceDID(text) else {
            throw ValidationError(
                "\(text) is no device's DID, such as did:drec:0123456789abcdef:5")
        }
        guard did.isOf(try await node.client.network()) else {
            throw CommandFailure.refused("\(did) is a device of another network")
        }
        display(try await node.client.json("/v1/devices/\(did.device)"), node)
    }

    private static func path(of id: Identifier, _ node: NodeOptions) async throws -> String {
        switch id {
        case .account(let id): "/v1/accounts/\(id)"
        case .device(let id): "/v1/devices/\(id)"
        case .project(let id): "/v1/projects/\(id)"
        case .drecs(let range): "/v1/drecs/\(range)"
        case .logEntry(let index): "/v1/entries/\(index.rawValue)"
        case .block(let height): "/v1/blocks/\(height)"
        // What a hash is the hash of, the node knows.
        case .digest(let hash): try await node.client.json("/v1/search?q=\(hash)").text("path")
        }
    }

    /// JSON as it came, or indented for people.
    static func display(_ value: CanonicalJSON, _ node: NodeOptions) {
        if node.json { Output.json(value) } else { Output.line(value.outline()) }
    }
}

extension [String: Any] {
    /// A member as text; empty where it is missing.
    func text(_ name: String) -> String {
        switch self[name] {
        case let value as String: value.hasPrefix("#") ? String(value.dropFirst()) : value
        case let value?: "\(value)"
        case nil: ""
        }
    }
}
