package import Foundation
import GRDB
package import Ledger
package import Primitives
import SwiftProtobuf
package import Wire

/// Queries about blocks and transactions.
extension ChainAccess {
    package func blocks(before height: Height?, limit: Int) throws -> [BlockRecord] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT hash, header, finalization, first_entry FROM block
                WHERE height < ? ORDER BY height DESC LIMIT ?
                """, arguments: [height.map { min($0.rawValue, maximumRow) } ?? maximumRow, limit]
        ).map { try block($0) }
    }

    package func block(_ height: Height) throws -> BlockRecord? {
        guard height.rawValue <= maximumRow else { return nil }
        return try Row.fetchOne(
            db,
            sql: "SELECT hash, header, finalization, first_entry FROM block WHERE height = ?",
            arguments: [height.sql]
        ).map { try block($0) }
    }

    package func block(hash: Digest) throws -> BlockRecord? {
        try Row.fetchOne(
            db,
            sql: "SELECT hash, header, finalization, first_entry FROM block WHERE hash = ?",
            arguments: [Data(hash.bytes)]
        ).map { try block($0) }
    }

    private func block(_ row: Row) throws -> BlockRecord {
        let hashBytes: Data = row[0]
        let headerBytes: Data = row[1]
        let finalizationBytes: Data = row[2]
        guard let hash = Digest(bytes: hashBytes),
            let header = try? ProtoHeader(serializedBytes: headerBytes),
            let finalization = try? ProtoFinalization(serializedBytes: finalizationBytes)
        else { throw StoreError.damaged("block") }
        return BlockRecord(
            hash: hash, header: header, finalization: finalization,
            firstEntry: LogIndex(unsigned(row[3])))
    }

    /// The block as it travels: a canonical `Block` with its finalization.
    package func blockBytes(
        _ height: Height
    ) throws -> (block: Data, finalization: ProtoFinalization)? {
        guard let record = try block(height) else { return nil }
        // Written as it is read: a block is some thousand rows, and 4 MiB at most.
        var block = Data()
        func begin(field: UInt8, count: Int) {
            block.append(field << 3 | 2)
            var rest = count
            while rest >= 0x80 {
                block.append(UInt8(truncatingIfNeeded: rest) | 0x80)
                rest >>= 7
            }
            block.append(UInt8(rest))
        }
        let header = record.header.canonicalBytes
        begin(field: 1, count: header.count)
        block.append(header)
        let statement = try direct(.entries)
        statement.bind(1, record.firstEntry.rawValue)
        statement.bind(2, record.header.logSize)
        try statement.all { row in
            let (bytes, reads) = (row.bytes(0), row.bytes(1))
            begin(field: 2, count: bytes.count + reads.count)
            block.append(contentsOf: bytes)
            block.append(contentsOf: reads)
        }
        return (block, record.finalization)
    }

    /// The height of a final block.
    package func height(ofBlock hash: Digest) throws -> Height? {
        try Int64.fetchOne(
            db, sql: "SELECT height FROM block WHERE hash = ?", arguments: [Data(hash.bytes)]
        ).map { Height(unsigned($0)) }
    }

    /// Log index and height of a transaction that is final.
    package func place(of id: Digest) throws -> (index: LogIndex, height: Height)? {
        guard let index = try index(of: id) else { return nil }
        let statement = try db.cachedStatement(sql: "SELECT height FROM entry WHERE idx = ?")
        statement.setUncheckedArguments([index.sql])
        return try Int64.fetchOne(statement).map { (index, Height(unsigned($0))) }
    }

    package func transaction(_ id: Digest) throws -> TransactionRecord? {
        try index(of: id).flatMap { try transaction(at: $0) }
    }

    /// The log index of a transaction that is final.
    package func index(of id: Digest) throws -> LogIndex? {
        let statement = try direct(.entryIndex)
        statement.bind(1, id.head)
        id.withBytes { statement.bind(2, $0) }
        return try statement.first { LogIndex($0.number(0)) }
    }

    package func transaction(at index: LogIndex) throws -> TransactionRecord? {
        guard index.rawValue <= maximumRow else { return nil }
        let statement = try db.cachedStatement(
            sql: "SELECT id, height, bytes, receipt FROM entry WHERE idx = ?")
        statement.setUncheckedArguments([index.sql])
        guard let row = try Row.fetchOne(statement) else { return nil }
        let idBytes: Data = row[0]
        let bytes: Data = row[2]
        let receiptBytes: Data = row[3]
        guard let id = Digest(bytes: idBytes),
            let envelope = try? ProtoSignedTransaction(serializedBytes: bytes),
            let body = try? ProtoTransactionBody(serializedBytes: envelope.body),
            let receipt = try? ProtoReceipt(serializedBytes: receiptBytes)
        else { throw StoreError.damaged("entry \(index)") }
        return TransactionRecord(
            id: id, index: index, height: Height(unsigned(row[1])), body: body,
            receipt: receipt)
    }

    package func transactionBytes(at index: LogIndex) throws -> Data? {
        guard index.rawValue <= maximumRow else { return nil }
        return try Row.fetchOne(
            db, sql: "SELECT bytes, reads FROM entry WHERE idx = ?", arguments: [index.sql]
        ).map { ($0[0] as Data) + ($0[1] as Data) }
    }

    /// Newest first, of one account or of all.
    package func transactions(
        of account: AccountID?, before index: LogIndex?, limit: Int
    ) throws -> [TransactionRecord] {
        let bound = index.map { min($0.rawValue, maximumRow) } ?? maximumRow
        let indexes: [Int64]
        if let account {
            indexes = try Int64.fetchAll(
                db,
                sql: """
                    SELECT entry FROM account_entry WHERE account = ? AND entry < ?
                    ORDER BY entry DESC LIMIT ?
                    """, arguments: [account.sql, bound, limit])
        } else {
            indexes = try Int64.fetchAll(
                db, sql: "SELECT idx FROM entry WHERE idx < ? ORDER BY idx DESC LIMIT ?",
                arguments: [bound, limit])
        }
        return try indexes.compactMap { try transaction(at: LogIndex(unsigned($0))) }
    }

    package func totals(height: Height) throws -> NetworkTotals {
        var totals = NetworkTotals()
        totals.height = height.rawValue
        for row in try Row.fetchAll(db, sql: "SELECT name, value FROM total") {
            let value = unsigned(row[1])
            switch row[0] as String {
            case "reads": totals.reads = value
            case "issued": totals.issuedWattHours = value
            case "transactions": totals.transactions = value
            case "active": totals.active = value
            case "redeemed": totals.redeemed = value
            case "retired": totals.retired = value
            default: break
            }
        }
        if let counters = try message(ProtoCountersValue.self, for: .counters) {
            totals.accounts = counters.nextAccount - 1
            totals.devices = counters.nextDevice - 1
            totals.projects = counters.nextProject - ProjectID.first.rawValue
        }
        return totals
    }
}

/// The largest integer that a row's number can be.
let maximumRow = UInt64(Int64.max)
