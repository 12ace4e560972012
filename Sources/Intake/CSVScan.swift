/// One attempt to read one record out of bytes.
///
/// Works on bytes because CSV does: a combining accent after a comma makes another `Character` of
/// it, and U+2028 is a newline to `Character` and not to CSV.
struct CSVScan {
    enum Outcome {
        case complete
        case broken(String)
    }

    private struct Field {
        var bytes: Range<Int>
        var isQuoted = false
        /// Quotation marks are doubled in the bytes.
        var isEscaped = false
    }

    private static let quote = UInt8(ascii: "\"")
    private static let comma = UInt8(ascii: ",")
    private static let lineFeed = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")

    private let bytes: [UInt8]
    private let start: Int
    private let isEnd: Bool
    private var fields: [Field] = []
    /// After ``record()``: the first byte behind the record.
    private(set) var position: Int
    /// Line breaks passed, those inside quotation marks included.
    private(set) var lineBreaks = 0

    init(_ bytes: [UInt8], from start: Int, isEnd: Bool) {
        self.bytes = bytes
        self.start = start
        self.isEnd = isEnd
        position = start
    }

    /// Reads to the end of the record; nil when more bytes are needed to tell.
    mutating func record() -> Outcome? {
        let limit = start + CSVRecords.maximumRecordBytes
        let outcome = scan(to: min(bytes.count, limit))
        if outcome == nil, bytes.count >= limit {
            return .broken("longer than \(CSVRecords.maximumRecordBytes) bytes")
        }
        return outcome
    }

    private mutating func scan(to end: Int) -> Outcome? {
        // The end of the file ends a record only where the limit did not cut it off.
        let isEnd = isEnd && end == bytes.count
        while true {
            let field: Field
            if position < end, bytes[position] == CSVScan.quote {
                guard let quoted = quotedField(to: end) else {
                    return isEnd ? .broken("a quotation mark is never closed") : nil
                }
                field = quoted
            } else {
                let first = position
                while position < end, !isSpecial(bytes[position]) { position += 1 }
                field = Field(bytes: first..<position)
            }
            fields.append(field)
            guard fields.count <= CSVRecords.maximumColumns else {
                return .broken("more than \(CSVRecords.maximumColumns) columns")
            }
            guard position < end else { return isEnd ? .complete : nil }
            switch bytes[position] {
            case CSVScan.comma:
                position += 1
            case CSVScan.lineFeed:
                return endRecord(after: 1)
            case CSVScan.carriageReturn:
                guard position + 1 < end else { return isEnd ? endRecord(after: 1) : nil }
                guard bytes[position + 1] == CSVScan.lineFeed else {
                    return .broken("a carriage return without a line feed")
                }
                return endRecord(after: 2)
            case CSVScan.quote:
                return .broken("a quotation mark inside an unquoted field")
            default:
                return .broken("text after a closing quotation mark")
            }
        }
    }

    /// Nil when the bytes end before the field does. A mark that ends the bytes may be half of a
    /// doubled one, unless they end for good.
    private mutating func quotedField(to end: Int) -> Field? {
        position += 1
        var field = Field(bytes: position..<position, isQuoted: true)
        while position < end {
            let byte = bytes[position]
            if byte == CSVScan.lineFeed { lineBreaks += 1 }
            position += 1
            guard byte == CSVScan.quote else { continue }
            guard position < end || (isEnd && end == bytes.count) else { return nil }
            if position < end, bytes[position] == CSVScan.quote {
                field.isEscaped = true
                position += 1
            } else {
                field.bytes = field.bytes.lowerBound..<position - 1
                return field
            }
        }
        return nil
    }

    private mutating func endRecord(after count: Int) -> Outcome {
        position += count
        lineBreaks += 1
        return .complete
    }

    private func isSpecial(_ byte: UInt8) -> Bool {
        byte == CSVScan.comma || byte == CSVScan.lineFeed || byte == CSVScan.carriageReturn
            || byte == CSVScan.quote
    }

    /// A line with nothing, or only blanks, on it.
    var isBlank: Bool {
        fields.count == 1 && !fields[0].isQuoted
            && bytes[fields[0].bytes].allSatisfy {
                $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t")
            }
    }

    /// The record that was read; a problem when its text is not UTF-8.
    func record(line: Int) -> Result<CSVRecord, RowProblem> {
        var texts: [String] = []
        texts.reserveCapacity(fields.count)
        for (index, field) in fields.enumerated() {
            guard let text = text(of: field) else {
                return .failure(
                    RowProblem(line: line, message: "column \(index + 1) is not UTF-8"))
            }
            texts.append(text)
        }
        return .success(CSVRecord(line: line, fields: texts))
    }

    private func text(of field: Field) -> String? {
        guard field.isEscaped else { return String(validating: bytes[field.bytes], as: UTF8.self) }
        var plain: [UInt8] = []
        var skipsNext = false
        for byte in bytes[field.bytes] {
            if skipsNext {
                skipsNext = false
                continue
            }
            plain.append(byte)
            skipsNext = byte == CSVScan.quote
        }
        return String(validating: plain, as: UTF8.self)
    }
}
