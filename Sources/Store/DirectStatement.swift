import Foundation
import GRDB
import GRDBSQLite

/// A prepared statement driven through SQLite's own interface.
///
/// For the few that run once for each leaf, bucket, read or entry: binding and decoding through
/// GRDB cost several times what SQLite does for them. GRDB prepares, caches and owns the statement.
struct DirectStatement {
    private let statement: Statement
    private let handle: OpaquePointer

    init(_ statement: Statement) {
        self.statement = statement
        handle = statement.sqliteStatement
        // GRDB leaves a cached statement as its last user left it.
        sqlite3_reset(handle)
        sqlite3_clear_bindings(handle)
    }

    /// SQLite copies what it is given before the call returns.
    private static var copied: sqlite3_destructor_type {
        unsafeBitCast(-1, to: sqlite3_destructor_type.self)
    }

    func bind(_ position: Int32, _ value: Int64) {
        sqlite3_bind_int64(handle, position, value)
    }

    func bind(_ position: Int32, _ value: UInt64) {
        sqlite3_bind_int64(handle, position, Int64(bitPattern: value))
    }

    func bind(_ position: Int32, _ bytes: UnsafeRawBufferPointer) {
        // A blob without an address would be a null.
        guard let address = bytes.baseAddress, !bytes.isEmpty else {
            sqlite3_bind_zeroblob(handle, position, 0)
            return
        }
        sqlite3_bind_blob64(
            handle, position, address, UInt64(bytes.count), DirectStatement.copied)
    }

    /// Binds bytes without a copy: they must stay where they are until the statement has run.
    func lend(_ position: Int32, _ bytes: UnsafeRawBufferPointer) {
        guard let address = bytes.baseAddress, !bytes.isEmpty else { return bind(position, bytes) }
        sqlite3_bind_blob64(handle, position, address, UInt64(bytes.count), nil)
    }

    func bind(_ position: Int32, _ bytes: Data) {
        bytes.withUnsafeBytes { bind(position, $0) }
    }

    func bind(_ position: Int32, _ bytes: [UInt8]) {
        bytes.withUnsafeBytes { bind(position, $0) }
    }

    /// Runs a statement without rows, and makes it ready for the next use.
    func run() throws {
        defer { sqlite3_reset(handle) }
        guard sqlite3_step(handle) == SQLITE_DONE else { throw failure() }
    }

    /// Gives the first row, if there is one, to `body`, and makes the statement ready for the next
    /// use. The row is valid within `body` only.
    func first<Value>(_ body: (DirectRow) throws -> Value) throws -> Value? {
        defer { sqlite3_reset(handle) }
        switch sqlite3_step(handle) {
        case SQLITE_ROW: return try body(DirectRow(handle: handle))
        case SQLITE_DONE: return nil
        default: throw failure()
        }
    }

    /// Gives each row to `body`, and makes the statement ready for the next use. A row is valid
    /// within `body` only.
    func all(_ body: (DirectRow) throws -> Void) throws {
        defer { sqlite3_reset(handle) }
        while true {
            switch sqlite3_step(handle) {
            case SQLITE_ROW: try body(DirectRow(handle: handle))
            case SQLITE_DONE: return
            default: throw failure()
            }
        }
    }

    private func failure() -> DatabaseError {
        let connection = sqlite3_db_handle(handle)
        return DatabaseError(
            resultCode: ResultCode(rawValue: sqlite3_extended_errcode(connection)),
            message: sqlite3_errmsg(connection).map { String(cString: $0) }, sql: statement.sql)
    }
}

/// The row on which a ``DirectStatement`` stands.
struct DirectRow {
    fileprivate let handle: OpaquePointer

    func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }

    func number(_ column: Int32) -> UInt64 {
        UInt64(bitPattern: sqlite3_column_int64(handle, column))
    }

    /// The bytes of a blob, valid until the row is left.
    func bytes(_ column: Int32) -> UnsafeRawBufferPointer {
        let address = sqlite3_column_blob(handle, column)
        return UnsafeRawBufferPointer(
            start: address, count: Int(sqlite3_column_bytes(handle, column)))
    }

    func data(_ column: Int32) -> Data { Data(bytes(column)) }
}

/// The direct statements of one transaction, each prepared when it is first asked for.
final class DirectStatements {
    private let db: Database
    private var prepared: [DirectStatement?]
    private var preparedForLists: [DirectStatement?]

    init(_ db: Database) {
        self.db = db
        prepared = Array(repeating: nil, count: DirectSQL.allCases.count)
        preparedForLists = Array(repeating: nil, count: ListSQL.allCases.count)
    }

    func callAsFunction(_ sql: DirectSQL) throws -> DirectStatement {
        if let known = prepared[sql.rawValue] { return known }
        let statement = DirectStatement(try db.cachedStatement(sql: sql.text))
        prepared[sql.rawValue] = statement
        return statement
    }

    func callAsFunction(_ sql: ListSQL) throws -> DirectStatement {
        if let known = preparedForLists[sql.rawValue] { return known }
        let statement = DirectStatement(try db.cachedStatement(sql: sql.text))
        preparedForLists[sql.rawValue] = statement
        return statement
    }
}

/// What runs directly.
enum DirectSQL: Int, CaseIterable {
    case stateValue, lastLeaf, firstLeaf, setLeaf, removeLeaf
    case bucket, setBucket, removeBucket
    case entryIndex, entries, insertEntry, insertRead, recordedRead, insertPlacement
    case insertAccountEntry
    case addOwned, takeOwned, forgetOwned, addInStatus, takeInStatus, forgetInStatus

    var text: String {
        switch self {
        case .stateValue: "SELECT value FROM state WHERE key = ?1"
        case .lastLeaf:
            "SELECT key, value FROM state WHERE key BETWEEN ?1 AND ?2 ORDER BY key DESC LIMIT 1"
        case .firstLeaf:
            "SELECT key, value FROM state WHERE key BETWEEN ?1 AND ?2 ORDER BY key LIMIT 1"
        case .setLeaf: "INSERT OR REPLACE INTO state VALUES (?1, ?2)"
        case .removeLeaf: "DELETE FROM state WHERE key = ?1"
        case .bucket: "SELECT entries FROM bucket WHERE place = ?1"
        case .setBucket: "INSERT OR REPLACE INTO bucket VALUES (?1, ?2, ?3)"
        case .removeBucket: "DELETE FROM bucket WHERE place = ?1"
        case .entryIndex: "SELECT idx FROM entry WHERE id_head = ?1 AND id = ?2"
        case .entries:
            "SELECT bytes, reads FROM entry WHERE idx >= ?1 AND idx < ?2 ORDER BY idx"
        case .insertEntry: "INSERT INTO entry VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"
        case .insertRead: "INSERT INTO read VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"
        case .recordedRead: "SELECT end, wh, entry FROM read WHERE device = ?1 AND start = ?2"
        case .insertPlacement: "INSERT INTO placement VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"
        case .insertAccountEntry: "INSERT OR IGNORE INTO account_entry VALUES (?1, ?2)"
        case .addOwned:
            """
            INSERT INTO lot_owner VALUES (?1, ?2, ?3, ?4, ?5, ?6)
            ON CONFLICT DO UPDATE SET lots = lots + ?6
            """
        case .takeOwned: "UPDATE lot_owner SET lots = lots + ?6 WHERE \(DirectSQL.ownedStretch)"
        case .forgetOwned: "DELETE FROM lot_owner WHERE \(DirectSQL.ownedStretch) AND lots = 0"
        case .addInStatus:
            """
            INSERT INTO lot_status VALUES (?1, ?2, ?3, ?4, ?5)
            ON CONFLICT DO UPDATE SET lots = lots + ?5
            """
        case .takeInStatus: "UPDATE lot_status SET lots = lots + ?5 WHERE \(DirectSQL.stretch)"
        case .forgetInStatus: "DELETE FROM lot_status WHERE \(DirectSQL.stretch) AND lots = 0"
        }
    }

    private static let ownedStretch =
        "owner = ?1 AND status = ?2 AND project = ?3 AND vintage = ?4 AND stretch = ?5"
    private static let stretch = "status = ?1 AND project = ?2 AND vintage = ?3 AND stretch = ?4"
}
