import Foundation
import GRDB
package import Merkle
package import Primitives
import SwiftProtobuf
import Wire

/// The log's hashes and entries, as far as this node has them.
extension ChainAccess {
    /// The hashes of a tile, 32 bytes each; nil where the log does not reach so far, or where the
    /// history before a snapshot is not here.
    package func logTile(_ tile: LogTile) throws -> [UInt8]? {
        let statement = try db.cachedStatement(
            sql: "SELECT hashes FROM log_tile WHERE level = ? AND idx = ?")
        guard tile.index <= maximumRow else { return nil }
        statement.setUncheckedArguments([tile.level, Int64(bitPattern: tile.index)])
        let length = tile.width * Digest.byteCount
        guard let hashes = try Data.fetchOne(statement), hashes.count >= length else { return nil }
        return Array(hashes.prefix(length))
    }

    /// The entries under a tile of level 0, each behind its length as 16 bits, big-endian; nil as
    /// for ``logTile(_:)``.
    package func logEntries(_ bundle: LogTile) throws -> [UInt8]? {
        guard bundle.level == 0, bundle.index <= maximumRow >> 8 else { return nil }
        let first = bundle.index << 8
        let statement = try db.cachedStatement(
            sql: "SELECT bytes, receipt FROM entry WHERE idx BETWEEN ? AND ? ORDER BY idx")
        statement.setUncheckedArguments([
            Int64(bitPattern: first), Int64(bitPattern: first + UInt64(bundle.width) - 1),
        ])
        var entries: [UInt8] = []
        var count = 0
        let rows = try Row.fetchCursor(statement)
        while let row = try rows.next() {
            let (bytes, receipt): (Data, Data) = (row[0], row[1])
            entries.append(bigEndian: UInt16(2 * Digest.byteCount))
            entries += try logEntry(LogIndex(first + UInt64(count)), bytes, receipt)
            count += 1
        }
        return count == bundle.width ? entries : nil
    }

    /// An entry with its path to the root of the first `size` entries; nil where either is not
    /// here.
    ///
    /// - Throws: ``StoreError``, ``Merkle/MerkleError``.
    package func loggedEntry(_ index: LogIndex, in size: UInt64) throws -> LoggedEntry? {
        guard index.rawValue < size, try frontier().size >= size else { return nil }
        let row = try Row.fetchOne(
            db, sql: "SELECT bytes, receipt FROM entry WHERE idx = ?", arguments: [index.sql])
        guard let row else { return nil }
        return LoggedEntry(
            index: index.rawValue, bytes: try logEntry(index, row[0], row[1]),
            inclusion: try logProof(of: index, size: size))
    }

    /// The canonical receipt of an entry; nil where it is not here.
    package func receiptBytes(at index: LogIndex) throws -> [UInt8]? {
        guard index.rawValue <= maximumRow else { return nil }
        return try Data.fetchOne(
            db, sql: "SELECT receipt FROM entry WHERE idx = ?", arguments: [index.sql]
        ).map { Array($0) }
    }

    /// What an entry is in the log.
    private func logEntry(_ index: LogIndex, _ bytes: Data, _ receipt: Data) throws -> [UInt8] {
        guard let envelope = try? ProtoSignedTransaction(serializedBytes: bytes) else {
            throw StoreError.damaged("entry \(index)")
        }
        var entry: [UInt8] = []
        Digest.sha256(envelope.signatures.reduce(envelope.body, +)).append(to: &entry)
        Digest.sha256(receipt).append(to: &entry)
        return entry
    }
}
