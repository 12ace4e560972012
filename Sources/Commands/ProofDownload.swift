import Foundation
import Primitives
import Verifier

/// Fetches a proof from a node into a file.
struct ProofDownload {
    let client: NodeClient
    /// Where the node has it.
    let path: String

    /// Nil unless the text is the id of something that can be proved.
    init?(of id: String, from client: NodeClient) {
        self.client = client
        switch Identifier(id) {
        case .drecs(let range): path = "/v1/drecs/\(range)/proof"
        case .logEntry(let entry): path = "/v1/redemptions/\(entry.rawValue)/proof"
        case .account(let id): path = "/v1/accounts/\(id)/proof"
        case .device(let id): path = "/v1/devices/\(id)/proof"
        default: return nil
        }
    }

    /// - Parameter earlier: the file of a checkpoint that the log is shown to go on from.
    /// - Throws: ``CommandFailure``.
    func save(to file: String, goingOnFrom earlier: String?) async throws {
        guard !FileManager.default.fileExists(atPath: file) else {
            throw CommandFailure.failed("\(file) exists already")
        }
        let query = try earlier.map { "?after=\(try CheckpointFile.load($0).size)" } ?? ""
        let bytes = try await client.get(path + query)
        do {
            try Data(bytes).write(to: URL(fileURLWithPath: file))
        } catch {
            throw CommandFailure.failed("cannot write \(file): \(SystemReason.of(error))")
        }
        Output.line("\(file), \(bytes.count) bytes; drec verify checks it")
    }
}
