package import Foundation
package import Ledger
import Primitives

/// Writes a snapshot beside its path and gives it its name when all of it is on the disk.
package final class SnapshotFileWriter {
    private let path: String
    private let draft: String
    private let handle: FileHandle
    private var isFinished = false

    /// - Throws: ``StoreError/exists(_:)`` for a path that is taken; what making a file throws.
    package init(path: String) throws {
        guard !FileManager.default.fileExists(atPath: path) else { throw StoreError.exists(path) }
        self.path = path
        draft = path + ".partial"
        try Data().write(to: URL(fileURLWithPath: draft))
        handle = try FileHandle(forWritingTo: URL(fileURLWithPath: draft))
        try handle.write(contentsOf: SnapshotFile.magic)
    }

    /// What is not finished leaves nothing behind.
    deinit {
        guard !isFinished else { return }
        try? handle.close()
        try? FileManager.default.removeItem(atPath: draft)
    }

    /// The next piece.
    package func write(piece: Data) throws {
        try handle.write(contentsOf: SnapshotFileWriter.length(piece))
        try handle.write(contentsOf: piece)
    }

    /// Ends the file; only now is it there.
    package func finish(_ manifest: SnapshotManifest) throws {
        let bytes = manifest.bytes
        try handle.write(contentsOf: bytes)
        try handle.write(contentsOf: SnapshotFileWriter.length(bytes) + manifest.id.bytes)
        try handle.synchronize()
        try handle.close()
        try FileManager.default.moveItem(atPath: draft, toPath: path)
        isFinished = true
    }

    private static func length(_ bytes: Data) -> Data {
        var result: [UInt8] = []
        result.append(bigEndian: UInt64(bytes.count))
        return Data(result.suffix(SnapshotFile.lengthBytes))
    }
}
