import Intake
import Testing

@Suite("CSV records")
struct CSVRecordsTests {
    private typealias Outcome = Result<CSVRecord, RowProblem>

    private func read(_ bytes: some Collection<UInt8>, by size: Int = .max) -> [Outcome] {
        var records = CSVRecords()
        var outcomes: [Outcome] = []
        var rest = Array(bytes)[...]
        while !rest.isEmpty {
            outcomes += records.feed(rest.prefix(size))
            rest = rest.dropFirst(size)
        }
        return outcomes + records.finish()
    }

    /// `1:a|b` for a record, `1!message` for a problem.
    private func told(_ outcomes: [Outcome]) -> [String] {
        outcomes.map { outcome in
            switch outcome {
            case .success(let record):
                "\(record.line):\(record.fields.joined(separator: "|"))"
            case .failure(let problem): "\(problem.line)!\(problem.message)"
            }
        }
    }

    @Test(
        "What RFC 4180 permits is read, with the line of each record",
        arguments: [
            ("", []),
            ("a,b\nc,d", ["1:a|b", "2:c|d"]),
            ("a,b\r\nc,d\r\n", ["1:a|b", "2:c|d"]),
            ("\u{FEFF}a\nb", ["1:a", "2:b"]),
            ("a,\n,\n", ["1:a|", "2:|"]),
            ("a,", ["1:a|"]),
            ("\n \t\n\r\na\n\n", ["4:a"]),
            ("\"\"\n", ["1:"]),
            ("\"a,b\",\"c\"\"d\"", ["1:a,b|c\"d"]),
            ("\"a\nb\r\nc\",d\ne", ["1:a\nb\r\nc|d", "4:e"]),
            ("a\r", ["1:a"]),
            ("a,\u{301}b\u{2028}c", ["1:a|\u{301}b\u{2028}c"]),
            // A NUL, a mark in the middle and a lone return in quotation marks are text.
            ("a\u{0}b,c", ["1:a\u{0}b|c"]), ("a\n\u{FEFF}b", ["1:a", "2:\u{FEFF}b"]),
            ("\"a\rb\"", ["1:a\rb"]), ("a,\"\nb\nc,\"\nd", ["1:a|\nb\nc,", "4:d"]),
            ("a\u{B}b\u{85}c", ["1:a\u{B}b\u{85}c"]),
        ])
    func permitted(text: String, expected: [String]) {
        #expect(told(read(text.utf8)) == expected)
        #expect(told(read(text.utf8, by: 1)) == expected)
    }

    @Test(
        "A broken record is told by its line and does not stop the others",
        arguments: [
            ("a\nb\"c\nd", ["1:a", "2!a quotation mark inside an unquoted field", "3:d"]),
            ("\"a\"b\nc", ["1!text after a closing quotation mark", "2:c"]),
            ("a \"b\"\nc", ["1!a quotation mark inside an unquoted field", "2:c"]),
            ("a\n\"b\nc\nd", ["1:a", "2!a quotation mark is never closed", "3:c", "4:d"]),
            ("\"", ["1!a quotation mark is never closed"]),
            (
                "a\n\"b\nc\n\"d\"\ne",
                ["1:a", "2!text after a closing quotation mark", "3:c", "4:d", "5:e"]
            ),
            ("a\rb\nc", ["1!a carriage return without a line feed", "2:c"]),
            ("\r\rb\nc", ["1!a carriage return without a line feed", "2:c"]),
            ("\"a\"\rb\nc", ["1!a carriage return without a line feed", "2:c"]),
            ("\"a\" ,b\nc", ["1!text after a closing quotation mark", "2:c"]),
            ("\"a\"\"\nb", ["1!a quotation mark is never closed", "2:b"]),
        ])
    func broken(text: String, expected: [String]) {
        #expect(told(read(text.utf8)) == expected)
        #expect(told(read(text.utf8, by: 1)) == expected)
    }

    @Test("Bytes that are not UTF-8 cost their own row only")
    func invalidUTF8() {
        let bytes = Array("a,b\nc,".utf8) + [0xC3, 0x28, 0x0A] + Array("d,e\n".utf8)
        let expected = ["1:a|b", "2!column 2 is not UTF-8", "3:d|e"]
        #expect(told(read(bytes)) == expected)
        #expect(told(read(bytes, by: 1)) == expected)
    }

    @Test("A record of 65 536 bytes is read, one byte more is not")
    func recordLimit() {
        let limit = CSVRecords.maximumRecordBytes
        let fits = String(repeating: "x", count: limit - 1) + "\nb\n"
        #expect(read(fits.utf8, by: 1_000).compactMap(\.value).map(\.line) == [1, 2])
        let long = String(repeating: "x", count: limit) + "\nb\n"
        #expect(told(read(long.utf8, by: 1_000)) == ["1!longer than 65536 bytes", "2:b"])
        #expect(told(read(long.utf8)) == ["1!longer than 65536 bytes", "2:b"])
    }

    @Test("A field beyond the limit costs its line, in or out of quotation marks")
    func hugeField() {
        let huge = String(repeating: "x", count: 3_000_000)
        for text in ["a\n\(huge)\nb\n", "a\nc,\"\(huge)\"\nb\n", "a\n\"\(huge)\",c\nb\n"] {
            #expect(
                told(read(text.utf8, by: 65_536)) == ["1:a", "2!longer than 65536 bytes", "3:b"])
        }
    }

    @Test("10 000 columns cost their line")
    func manyColumns() {
        let text = "a\n" + String(repeating: "x,", count: 9_999) + "x\nb\n"
        #expect(told(read(text.utf8)) == ["1:a", "2!more than 64 columns", "3:b"])
        #expect(told(read(text.utf8, by: 100)) == ["1:a", "2!more than 64 columns", "3:b"])
    }

    @Test(
        "Another encoding costs the rows that are not UTF-8, or all",
        arguments: [
            ([0x61, 0x0A, 0xE9, 0x0A, 0x62], ["1:a", "2!column 1 is not UTF-8", "3:b"]),
            ([0xFF, 0xFE, 0x61, 0x00], ["1!column 1 is not UTF-8"]),
            ([0xFE, 0xFF, 0x00, 0x61], ["1!column 1 is not UTF-8"]),
            ([0x61, 0x2C, 0xED, 0xA0, 0x80], ["1!column 2 is not UTF-8"]),
            ([0xC0, 0x80], ["1!column 1 is not UTF-8"]),
            ([0xEF, 0xBB], ["1!column 1 is not UTF-8"]),
            ([0xEF, 0xBB, 0xBF, 0xEF, 0xBB, 0xBF, 0x61], ["1:\u{FEFF}a"]),
            ([0x22, 0xC3, 0x22, 0x22, 0x22], ["1!column 1 is not UTF-8"]),
        ] as [([UInt8], [String])])
    func encodings(bytes: [UInt8], expected: [String]) {
        #expect(told(read(bytes)) == expected)
        #expect(told(read(bytes, by: 1)) == expected)
    }

    @Test("A quotation mark left open costs one line, however long the file")
    func openQuote() {
        let lines = (0..<20_000).map { "row \($0)" }
        let outcomes = read(("a,\"open\n" + lines.joined(separator: "\n")).utf8, by: 4_096)
        #expect(told(outcomes).first == "1!longer than 65536 bytes")
        #expect(outcomes.compactMap(\.value).map { $0.fields[0] } == lines)
    }

    @Test("64 columns are read, 65 are not")
    func columnLimit() {
        let commas = String(repeating: ",", count: 63)
        #expect(
            told(read("\(commas)\n,\(commas)\na".utf8)).dropFirst()
                == ["2!more than 64 columns", "3:a"])
    }

    @Test("The size of the chunks changes nothing", arguments: [1, 2, 3, 7, 64])
    func chunks(size: Int) {
        let text = "\u{FEFF}a,\"b\"\"\nc\"\r\n\"x\"y\r\n\r\né,\"\"\n\"never"
        #expect(read(text.utf8, by: size) == read(text.utf8))
    }
}
