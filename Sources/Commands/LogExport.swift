import Foundation
import Ledger
import Merkle
import Primitives
import Verifier

/// Copies a node's log into a directory: tiles, entries and what they are made of, all of it
/// checked against the checkpoint, which is written last.
///
/// What lies below a checkpoint that is there was checked when that was written, and stays as it
/// is. What lies above, left by an export that was broken off, is checked and kept.
struct LogExport {
    private static let prefix = "/log/"
    /// Bytes of a tile and of a bundle of 256 entries, and more than a transaction or receipt has.
    private static let tileLimit = 256 * 1_024
    private static let partLimit = 4 * 1_024 * 1_024

    let client: NodeClient
    let directory: ExportDirectory
    let network: Digest
    /// The log's name.
    let origin: String
    var progress: ProgressBar

    /// What was copied.
    struct Result {
        let size: UInt64
        /// Entries that were not there before.
        let added: UInt64
    }

    mutating func run() async throws -> Result {
        let path = LogExport.prefix + "checkpoint"
        let answer = try await client.awaited(path)
        let newest = try checkpoint(answer.bytes, "the node's checkpoint")
        let older = try directory.bytes(path, limit: LogExport.tileLimit).map {
            try checkpoint($0, directory.place(of: path))
        }
        let first = older?.size ?? 0
        guard newest.size >= first else {
            throw CommandFailure.failed(
                "the node's log of \(newest.size) entries is behind what was exported, \(first)")
        }
        let tiles = TileExport(
            client: client, directory: directory, size: newest.size, root: newest.root)
        try await tiles.copyEdge()
        if let older { try await tiles.check(older.size, older.root) }
        if newest.size > first {
            try await tiles.copyUpper(from: first)
            for bundle in (first >> 8)...((newest.size - 1) >> 8) {
                try await copyEntries(bundle, tiles, from: first)
                progress.show(
                    min((bundle + 1) << 8, newest.size) - first, of: newest.size - first)
            }
        }
        directory.settle()
        try directory.write(answer.bytes, to: path)
        return Result(size: newest.size, added: newest.size - first)
    }

    private func checkpoint(_ bytes: [UInt8], _ name: String) throws -> CheckpointNote {
        guard let text = String(validating: bytes, as: UTF8.self),
            let note = CheckpointNote(text), note.origin == origin
        else { throw CommandFailure.failed("\(name) is none of the log \(origin)") }
        return note
    }

    // MARK: Entries

    /// Copies a tile of leaf hashes, the entries under it, and what each new one is made of.
    private func copyEntries(
        _ bundle: UInt64, _ tiles: TileExport, from first: UInt64
    ) async throws {
        guard let tile = LogTile(level: 0, index: bundle, size: tiles.size),
            let path = tile.entriesPath
        else { throw CommandFailure.failed("the log is too large") }
        let hashes = try await tiles.copy(tile)
        let entries = try await copy(path) { bytes in
            LogExport.entries(in: bytes).map { $0.map { LogHash.leaf($0) } == hashes } ?? false
        }
        let start = bundle << 8
        let new = (LogExport.entries(in: entries) ?? []).enumerated().compactMap { place, entry in
            start + UInt64(place) < first ? nil : (start + UInt64(place), entry)
        }
        let export = self
        try await forEachAtOnce(new) { index, entry in
            let submission = LogEntryPath(index: index, part: .transaction).path
            _ = try await export.copy(submission) {
                export.submissionHash($0)?.bytes == Array(entry.prefix(Digest.byteCount))
            }
            let receipt = LogEntryPath(index: index, part: .receipt).path
            _ = try await export.copy(receipt) {
                Digest.sha256($0).bytes == Array(entry.dropFirst(Digest.byteCount))
            }
        }
    }

    /// Entries behind their lengths; nil unless they are 64 bytes each.
    private static func entries(in bytes: [UInt8]) -> [[UInt8]]? {
        let length = 2 * Digest.byteCount
        guard bytes.count.isMultiple(of: 2 + length) else { return nil }
        let starts = stride(from: 0, to: bytes.count, by: 2 + length)
        guard starts.allSatisfy({ bytes[$0] == 0 && bytes[$0 + 1] == UInt8(length) })
        else { return nil }
        return starts.map { Array(bytes[($0 + 2)..<($0 + 2 + length)]) }
    }

    /// Of body and signatures, the first half of an entry; nil where reads are not those that the
    /// body names, or anything is not as it was submitted.
    private func submissionHash(_ bytes: [UInt8]) -> Digest? {
        (try? Transaction(decoding: Data(bytes), network: network))?.submissionHash
    }

    /// A file as it is here, if it is right, else as the node has it.
    private func copy(
        _ name: String, _ isRight: ([UInt8]) -> Bool
    ) async throws -> [UInt8] {
        let path = LogExport.prefix + name
        if let known = try directory.bytes(path, limit: LogExport.partLimit), isRight(known) {
            return known
        }
        let answer = try await client.awaited(path)
        guard answer.bytes.count <= LogExport.partLimit, isRight(answer.bytes) else {
            throw TileExport.wrong(name)
        }
        try directory.write(answer.bytes, to: path)
        return answer.bytes
    }
}
