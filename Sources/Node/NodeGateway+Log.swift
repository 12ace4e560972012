package import Merkle
import Primitives
import Store

/// The log as transparency-log tools read it.
extension NodeGateway {
    package func checkpoint() async throws -> String? { shelf.note }

    package func logTile(_ tile: LogTile) async throws -> [UInt8]? {
        try await read { try $0.logTile(tile) }
    }

    package func logEntries(_ bundle: LogTile) async throws -> [UInt8]? {
        try await read { try $0.logEntries(bundle) }
    }
}
