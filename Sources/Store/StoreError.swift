package import GRDB

/// What a caller does about a failure of the store.
package enum StoreDisposition: Sendable {
    /// Nothing was written; it may work later.
    case retry
    /// Nobody knows what was written, or what is there cannot be trusted: stop, start-up finds out.
    case stop
}

/// Why the store cannot do its work.
package enum StoreError: Error, Equatable, Sendable {
    /// No room on the disk.
    case full
    /// Another process has the file.
    case locked
    /// The file belongs to another network than the genesis document.
    case otherNetwork
    /// There is no chain at the path; `init` creates one, `run` does not.
    case missing(String)
    /// There is a chain at the path already.
    case exists(String)
    /// Contents that contradict themselves.
    case damaged(String)
    /// Whatever else SQLite says.
    case sqlite(code: Int, message: String)

    package var disposition: StoreDisposition {
        switch self {
        case .full, .locked: .retry
        default: .stop
        }
    }

    /// A failure that SQLite reported.
    package init(_ error: DatabaseError) {
        switch error.resultCode {
        case .SQLITE_FULL: self = .full
        case .SQLITE_BUSY, .SQLITE_LOCKED: self = .locked
        case .SQLITE_CORRUPT, .SQLITE_NOTADB: self = .damaged(error.message ?? "corrupt")
        case .SQLITE_IOERR where [778, 4874].contains(error.extendedResultCode.rawValue):
            // SQLITE_IOERR_WRITE, SQLITE_IOERR_SHMSIZE before a commit: the write-ahead log or its
            // index could not grow.
            self = .full
        default:
            self = .sqlite(
                code: Int(error.extendedResultCode.rawValue), message: error.message ?? "")
        }
    }
}

extension StoreError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .full: "the disk is full"
        case .locked: "another process holds the file"
        case .otherNetwork: "the file belongs to another network"
        case .missing(let path): "there is no chain at \(path)"
        case .exists(let path): "there is a chain at \(path) already"
        case .damaged(let what): "the file is damaged: \(what)"
        case .sqlite(let code, let message): "SQLite error \(code): \(message)"
        }
    }
}
