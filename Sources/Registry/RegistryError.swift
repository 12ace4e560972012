package import GRDB

/// Why the registry cannot do its work.
package enum RegistryError: Error, Equatable, Sendable {
    /// No room on the disk. Nothing was written; it may work later.
    case full
    /// Another process has the file. Nothing was written; it may work later.
    case locked
    /// Whatever else SQLite says.
    case sqlite(code: Int, message: String)

    /// Whether the same may work later.
    package var isTemporary: Bool {
        switch self {
        case .full, .locked: true
        case .sqlite: false
        }
    }

    /// A failure that SQLite reported.
    package init(_ error: DatabaseError) {
        switch error.resultCode {
        case .SQLITE_FULL: self = .full
        case .SQLITE_BUSY, .SQLITE_LOCKED: self = .locked
        default:
            self = .sqlite(
                code: Int(error.extendedResultCode.rawValue), message: error.message ?? "")
        }
    }
}

extension RegistryError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .full: "the disk is full"
        case .locked: "another process holds the registry"
        case .sqlite(let code, let message): "SQLite error \(code): \(message)"
        }
    }
}
