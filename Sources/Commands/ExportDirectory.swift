import CoreFoundation
import Foundation
import Glibc

/// A directory of files that have the relative paths of a node's public addresses, so that any web
/// server can stand in for the node.
struct ExportDirectory: Sendable {
    private let root: URL

    /// Makes the directory, unless it is there.
    ///
    /// - Throws: ``CommandFailure/failed(_:)``.
    init(_ path: String) throws {
        root = URL(fileURLWithPath: path, isDirectory: true)
        try Self.make(root, for: path)
    }

    /// Where a file is; the path begins with a slash, as an address does.
    func place(of path: String) -> String { root.path + path }

    /// A file's bytes, nil where it is not there.
    ///
    /// - Throws: ``CommandFailure/failed(_:)``, also for what is no file: a pipe would be waited
    ///   for.
    func bytes(_ path: String, limit: Int) throws -> [UInt8]? {
        let place = place(of: path)
        var status = stat()
        guard stat(place, &status) == 0 else { return nil }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw CommandFailure.failed("cannot read \(place): it is no file")
        }
        return try KeyFile.readFile(place, limit: limit)
    }

    /// What is being written is beside its place, under its name and this.
    private static let partial = ".partial"

    /// Writes a file whole or not at all, so that what is there is never a part.
    func write(_ bytes: [UInt8], to path: String) throws {
        let place = place(of: path)
        let draft = place + Self.partial
        try Self.make(URL(fileURLWithPath: place).deletingLastPathComponent(), for: place)
        unlink(draft)
        let descriptor = open(draft, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o666)
        var isWritten = descriptor >= 0
        var rest = bytes[...]
        while isWritten, !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count >= 0 {
                rest = rest.dropFirst(count)
            } else {
                isWritten = errno == EINTR
            }
        }
        let isWhole = isWritten && rename(draft, place) == 0
        let reason = String(cString: strerror(errno))
        if descriptor >= 0 { close(descriptor) }
        guard isWhole else {
            unlink(draft)
            throw CommandFailure.failed("cannot write \(place): \(reason)")
        }
    }

    /// Removes what an export that was killed was writing.
    func removePartialFiles() throws {
        let names = FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil)
        while let place = names?.nextObject() as? URL {
            guard place.lastPathComponent.hasSuffix(Self.partial) else { continue }
            try Self.attempt(place.path) { try FileManager.default.removeItem(at: place) }
        }
    }

    /// Waits until everything written so far would outlive a power cut.
    func settle() { sync() }

    /// Makes a directory that something is to be written in, and those above it.
    private static func make(_ directory: URL, for place: String) throws {
        do {
            try FileManager.default.createDirectory(
                at: directory, withIntermediateDirectories: true)
        } catch {
            let reason = obstacle(on: directory).map { "\($0) is no directory" }
            throw CommandFailure.failed(
                "cannot write \(place): \(reason ?? SystemReason.of(error))")
        }
    }

    /// What stands where a directory is wanted: the lowest part of the path that is there, unless
    /// it is one.
    private static func obstacle(on directory: URL) -> String? {
        var part = directory.standardizedFileURL
        var status = stat()
        while stat(part.path, &status) != 0, part.path != "/" {
            part.deleteLastPathComponent()
        }
        return status.st_mode & S_IFMT == S_IFDIR ? nil : part.path
    }

    private static func attempt(_ path: String, _ body: () throws -> Void) throws {
        do {
            try body()
        } catch {
            throw CommandFailure.failed("cannot write \(path): \(SystemReason.of(error))")
        }
    }
}
