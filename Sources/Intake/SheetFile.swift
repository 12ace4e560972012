import Foundation

/// How far a file is read, in bytes.
package struct IntakeProgress: Hashable, Sendable {
    package let bytesRead: UInt64
    /// Size when the file was opened; nil for a pipe.
    package let bytesTotal: UInt64?
}

/// A file on disk read in batches of rows, with memory bounded by a batch and a chunk.
///
/// Batches are pulled, so that a caller who submits each of them and waits sets the pace.
package struct SheetFile<Layout: RowLayout> {
    /// Bytes asked of the file at a time.
    package static var chunkBytes: Int { 65_536 }

    package private(set) var progress: IntakeProgress

    private let path: String
    private let handle: FileHandle
    private let batchSize: Int
    private var sheet: Sheet<Layout>
    private var waiting: [Sheet<Layout>.Item] = []
    /// How many of `waiting` are handed out already.
    private var taken = 0
    private var isFinished = false

    /// Opens the file.
    ///
    /// - Parameter batchSize: most rows and problems in a batch, at least 1.
    /// - Throws: ``IntakeError/unreadable(path:reason:)`` in the system's words.
    package init(path: String, sheet: Sheet<Layout>, batchSize: Int) throws(IntakeError) {
        precondition(batchSize >= 1, "a batch holds at least one row")
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SheetFile.unreadable(path) }
        handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        let isRegular = attributes?[.type] as? FileAttributeType == .typeRegular
        let size = (attributes?[.size] as? NSNumber)?.uint64Value
        progress = IntakeProgress(bytesRead: 0, bytesTotal: isRegular ? size : nil)
        self.path = path
        self.sheet = sheet
        self.batchSize = batchSize
    }

    /// The next rows and problems, in the file's order; nil after the last.
    ///
    /// - Throws: ``IntakeError``.
    package mutating func nextBatch() throws(IntakeError) -> [Sheet<Layout>.Item]? {
        while waiting.count - taken < batchSize, !isFinished {
            waiting.removeFirst(taken)
            taken = 0
            let chunk = try nextChunk()
            if chunk.isEmpty {
                waiting += try sheet.finish()
                isFinished = true
            } else {
                waiting += try sheet.feed(chunk)
            }
        }
        guard taken < waiting.count else { return nil }
        let batch = Array(waiting[taken...].prefix(batchSize))
        taken += batch.count
        return batch
    }

    private mutating func nextChunk() throws(IntakeError) -> [UInt8] {
        var chunk = [UInt8](repeating: 0, count: Self.chunkBytes)
        var count = 0
        repeat {
            count = read(handle.fileDescriptor, &chunk, chunk.count)
        } while count < 0 && errno == EINTR
        guard count >= 0 else { throw SheetFile.unreadable(path) }
        chunk.removeLast(chunk.count - count)
        if progress.bytesRead == 0, let kind = SheetFile.kindOfNoText(chunk) {
            throw .unsuitable(path: path, reason: kind)
        }
        progress = IntakeProgress(
            bytesRead: progress.bytesRead + UInt64(count), bytesTotal: progress.bytesTotal)
        return chunk
    }

    /// In the system's words, which `errno` has.
    private static func unreadable(_ path: String) -> IntakeError {
        .unreadable(path: path, reason: String(cString: strerror(errno)))
    }

    /// What a file is, by its first bytes, that people take for one of CSV, and what to do.
    private static func kindOfNoText(_ start: [UInt8]) -> String? {
        let kinds: [([UInt8], String)] = [
            ([0x1F, 0x8B], "is compressed: decompress it first"),
            ([0x50, 0x4B, 0x03, 0x04], "is a spreadsheet or an archive: save it as CSV"),
            ([0xD0, 0xCF, 0x11, 0xE0], "is a spreadsheet: save it as CSV"),
            ([0xFF, 0xFE], "is UTF-16: save it as UTF-8"),
            ([0xFE, 0xFF], "is UTF-16: save it as UTF-8"),
        ]
        return kinds.first { start.starts(with: $0.0) }?.1
    }

    /// Hands every batch of a file to `body`, with how far the reading is.
    ///
    /// - Throws: ``IntakeError``, and whatever `body` throws, which ends the reading.
    package static func forEachBatch(
        path: String, sheet: Sheet<Layout>, batchSize: Int,
        _ body: ([Sheet<Layout>.Item], IntakeProgress) throws -> Void
    ) throws {
        var file = try SheetFile(path: path, sheet: sheet, batchSize: batchSize)
        while let batch = try file.nextBatch() { try body(batch, file.progress) }
    }
}
