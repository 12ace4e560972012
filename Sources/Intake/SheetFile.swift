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
    /// - Throws: ``IntakeError/unreadable(path:reason:)``.
    package init(path: String, sheet: Sheet<Layout>, batchSize: Int) throws(IntakeError) {
        precondition(batchSize >= 1, "a batch holds at least one row")
        do {
            handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        } catch {
            throw .unreadable(path: path, reason: error.localizedDescription)
        }
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
            let chunk = try read()
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

    private mutating func read() throws(IntakeError) -> Data {
        do {
            let chunk = try handle.read(upToCount: Self.chunkBytes) ?? Data()
            progress = IntakeProgress(
                bytesRead: progress.bytesRead + UInt64(chunk.count),
                bytesTotal: progress.bytesTotal)
            return chunk
        } catch {
            throw .unreadable(path: path, reason: error.localizedDescription)
        }
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
