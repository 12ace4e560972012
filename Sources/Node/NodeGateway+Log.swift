package import Merkle
package import Primitives
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

    package func loggedEntry(_ index: LogIndex, in size: UInt64) async throws -> LoggedEntry? {
        try await read { try $0.loggedEntry(index, in: size) }
    }

    package func receiptBytes(at index: LogIndex) async throws -> [UInt8]? {
        try await read { try $0.receiptBytes(at: index) }
    }
}
