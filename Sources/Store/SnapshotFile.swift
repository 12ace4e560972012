package import Foundation
package import Ledger
import Primitives

/// A snapshot as a file.
///
///     "drec snapshot 1\n" ‖ for each piece: length ‖ piece ‖ manifest ‖ manifest's length ‖ its id
///
/// Lengths are 4 bytes, big-endian. The manifest comes last, so that a snapshot is written in one
/// go, and is read first. Every byte is covered by a hash or a length.
package struct SnapshotFile {
    static let magic = Data("drec snapshot 1\n".utf8)
    static let lengthBytes = 4
    static let trailerBytes = lengthBytes + Digest.byteCount

    private let handle: FileHandle
    /// Where the pieces end and the manifest begins.
    private let piecesEnd: UInt64
    package let manifest: SnapshotManifest

    /// Opens a file and reads its manifest.
    ///
    /// - Throws: ``Ledger/SnapshotError``; what opening and reading throw.
    package init(path: String) throws {
        handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        guard try handle.read(upToCount: SnapshotFile.magic.count) == SnapshotFile.magic else {
            throw SnapshotError.notASnapshot
        }
        let end = try handle.seekToEnd()
        let least = UInt64(SnapshotFile.magic.count + SnapshotFile.trailerBytes)
        guard end >= least else { throw SnapshotError.malformed("cut short") }
        try handle.seek(toOffset: end - UInt64(SnapshotFile.trailerBytes))
        let trailer = try SnapshotFile.read(SnapshotFile.trailerBytes, from: handle)
        let length = SnapshotFile.length(trailer)
        guard length <= SnapshotLimits.manifestBytes, UInt64(length) <= end - least else {
            throw SnapshotError.malformed("the manifest's length, or cut short")
        }
        piecesEnd = end - UInt64(SnapshotFile.trailerBytes + length)
        try handle.seek(toOffset: piecesEnd)
        manifest = try SnapshotManifest(
            decoding: try SnapshotFile.read(length, from: handle))
        guard manifest.id.bytes.elementsEqual(trailer.dropFirst(SnapshotFile.lengthBytes)) else {
            throw SnapshotError.malformed("the manifest's hash")
        }
    }

    /// Reads the pieces in order, one at a time. Nothing between or behind them is left over.
    ///
    /// - Throws: ``Ledger/SnapshotError``; what reading and `body` throw.
    package func forEachPiece(_ body: (Data) throws -> Void) throws {
        var offset = UInt64(SnapshotFile.magic.count)
        try handle.seek(toOffset: offset)
        for number in manifest.pieceHashes.indices {
            let room = piecesEnd - offset
            guard room >= UInt64(SnapshotFile.lengthBytes) else {
                throw SnapshotError.malformed("fewer pieces than it says")
            }
            let length = SnapshotFile.length(
                try SnapshotFile.read(SnapshotFile.lengthBytes, from: handle))
            guard length <= SnapshotLimits.pieceBytes,
                UInt64(length) <= room - UInt64(SnapshotFile.lengthBytes)
            else { throw SnapshotError.malformed("the length of piece \(number)") }
            let piece = try SnapshotFile.read(length, from: handle)
            offset += UInt64(SnapshotFile.lengthBytes + length)
            try body(piece)
        }
        guard offset == piecesEnd else { throw SnapshotError.malformed("more than its pieces") }
    }

    private static func length(_ bytes: Data) -> Int {
        bytes.prefix(lengthBytes).reduce(0) { $0 << 8 | Int($1) }
    }

    private static func read(_ count: Int, from handle: FileHandle) throws -> Data {
        guard count > 0 else { return Data() }
        var bytes = Data()
        while bytes.count < count {
            guard let part = try handle.read(upToCount: count - bytes.count), !part.isEmpty else {
                throw SnapshotError.malformed("cut short")
            }
            bytes += part
        }
        return bytes
    }
}
