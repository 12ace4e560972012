/// One record of a CSV file.
package struct CSVRecord: Hashable, Sendable {
    /// Line in the file on which the record begins, from 1.
    package let line: Int
    /// The fields, unquoted.
    package let fields: [String]

    package init(line: Int, fields: [String]) {
        self.line = line
        self.fields = fields
    }
}

/// A strict, streaming reader of CSV (RFC 4180) in UTF-8.
///
/// Bytes go in as they come, records or problems come out in the order of the file. What is kept
/// between two calls is one unfinished record, never more than ``maximumRecordBytes`` and a chunk.
///
/// More lenient than the RFC in two ways: a line may end in LF alone, and blank lines are skipped.
/// A record that cannot be read is one problem, and reading goes on with the next *line*. So a
/// stray quotation mark costs its own line and not everything up to the next quotation mark.
package struct CSVRecords: Sendable {
    /// Largest record in bytes, its line breaks and quotation marks included.
    package static let maximumRecordBytes = 65_536
    /// Most fields in a record.
    package static let maximumColumns = 64

    private var buffer: [UInt8] = []
    /// Line of the buffer's first unread byte, from 1.
    private var line = 1
    private var isAtStart = true
    /// Inside a line of which the problem is already told.
    private var isSkipping = false

    package init() {}

    /// Takes the next bytes and gives every record that they complete.
    package mutating func feed(_ bytes: some Sequence<UInt8>) -> [Result<CSVRecord, RowProblem>] {
        buffer.append(contentsOf: bytes)
        return drain(isEnd: false)
    }

    /// Tells that there are no more bytes, and gives what is left.
    package mutating func finish() -> [Result<CSVRecord, RowProblem>] { drain(isEnd: true) }

    private mutating func drain(isEnd: Bool) -> [Result<CSVRecord, RowProblem>] {
        var results: [Result<CSVRecord, RowProblem>] = []
        var position = 0
        if isAtStart {
            // A byte order mark is known only when all of its three bytes are there.
            let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
            guard isEnd || buffer.count >= 3 || !mark.starts(with: buffer) else { return [] }
            isAtStart = false
            if buffer.starts(with: mark) { position = 3 }
        }
        while position < buffer.count {
            if isSkipping {
                guard let next = endOfLine(from: position) else {
                    position = buffer.count
                    break
                }
                (position, isSkipping) = (next, false)
                line += 1
                continue
            }
            var scan = CSVScan(buffer, from: position, isEnd: isEnd)
            guard let outcome = scan.record() else { break }
            switch outcome {
            case .complete:
                if !scan.isBlank { results.append(scan.record(line: line)) }
                position = scan.position
                line += scan.lineBreaks
            case .broken(let message):
                results.append(.failure(RowProblem(line: line, message: message)))
                isSkipping = true
            }
        }
        buffer.removeFirst(position)
        return results
    }

    private func endOfLine(from position: Int) -> Int? {
        buffer[position...].firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 }
    }
}
