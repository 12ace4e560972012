import Foundation
import Primitives

/// Which block the proofs of a directory are of at least, and whether they are all there.
struct ExportMark {
    private static let path = "/export.json"
    private static let format = "drec-export-1"
    private static let limit = 64 * 1_024

    private let network: Digest
    private(set) var height: UInt64 = 0
    var isComplete = true

    /// As an earlier export left it.
    ///
    /// - Throws: ``CommandFailure/failed(_:)`` where the directory is of something else.
    init(in directory: ExportDirectory, network: Digest) throws {
        self.network = network
        guard let bytes = try directory.bytes(ExportMark.path, limit: ExportMark.limit) else {
            return
        }
        guard let value = try? CanonicalJSON(parsing: bytes, limit: ExportMark.limit),
            value.text("format") == ExportMark.format, value.text("network") == network.hex,
            let height = value.number("height"), let isComplete = value["complete"]
        else {
            throw CommandFailure.failed(
                "\(directory.place(of: ExportMark.path)) is not of this network")
        }
        self.height = height
        self.isComplete = isComplete == .boolean(true)
    }

    /// Goes on with what was broken off, or begins anew at the node's last block.
    mutating func begin(_ client: NodeClient) async throws {
        guard isComplete else { return }
        let status = try NodeClient.json(
            try await client.awaited("/v1/status").bytes, "/v1/status")
        guard let newest = status.number("height"), newest >= height else {
            throw CommandFailure.failed("the node is behind what was exported, block \(height)")
        }
        height = newest
        isComplete = false
    }

    func save(in directory: ExportDirectory) throws {
        let value: CanonicalJSON = [
            "format": .string(ExportMark.format), "network": .string(network.hex),
            "height": .unsigned(height), "complete": .boolean(isComplete),
        ]
        try directory.write(value.canonicalBytes, to: ExportMark.path)
    }
}
