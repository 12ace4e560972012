import Foundation

/// A directory of files that have the relative paths of a node's public addresses, so that any web
/// server can stand in for the node.
struct ExportDirectory: Sendable {
    private let root: URL

    /// Makes the directory, unless it is there.
    ///
    /// - Throws: ``CommandFailure/failed(_:)``.
    init(_ path: String) throws {
        root = URL(fileURLWithPath: path, isDirectory: true)
        try Self.attempt(path) {
            try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
        }
    }

    /// Where a file is; the path begins with a slash, as an address does.
    func place(of path: String) -> String { root.path + path }

    /// A file's bytes, nil where it is not there.
    func bytes(_ path: String, limit: Int) throws -> [UInt8]? {
        let place = place(of: path)
        guard FileManager.default.fileExists(atPath: place) else { return nil }
        return try KeyFile.readFile(place, limit: limit)
    }

    /// Writes a file whole or not at all, so that what is there is never a part.
    func write(_ bytes: [UInt8], to path: String) throws {
        let place = URL(fileURLWithPath: place(of: path))
        try Self.attempt(place.path) {
            try FileManager.default.createDirectory(
                at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(bytes).write(to: place, options: .atomic)
        }
    }

    /// Waits until everything written so far would outlive a power cut.
    func settle() { sync() }

    private static func attempt(_ path: String, _ body: () throws -> Void) throws {
        do {
            try body()
        } catch {
            throw CommandFailure.failed("cannot write \(path): \(error.localizedDescription)")
        }
    }
}
