import Primitives
import Testing

struct IdentifierTests {
    private static let digest = String(repeating: "0123456789abcdef", count: 4)

    @Test(
        "an id is read and written back in its one form",
        arguments: [
            ("A1", "A1"), ("a17", "A17"), ("D2045", "D2045"), ("d1", "D1"), ("P101", "P101"),
            ("p102", "P102"), ("#0", "#0"), ("#1234", "#1234"), ("0", "0"), ("1234", "1234"),
            ("A18446744073709551615", "A18446744073709551615"),
            ("DREC101-2021-42", "DREC101-2021-42"), ("drec101-2021-42", "DREC101-2021-42"),
            ("DREC101-2021-42..99", "DREC101-2021-42..99"),
            ("DREC101-2021-42..42", "DREC101-2021-42"),
            ("DREC101-2021-18446744073709551", "DREC101-2021-18446744073709551"),
            (digest, digest), (digest.uppercased(), digest),
        ])
    func good(text: String, canonical: String) throws {
        let identifier = try #require(Identifier(text))
        let written =
            switch identifier {
            case .account(let id): id.description
            case .device(let id): id.description
            case .project(let id): id.description
            case .drecs(let range): range.description
            case .logEntry(let index): index.description
            case .block(let height): height.description
            case .digest(let digest): digest.hex
            }
        #expect(written == canonical)
        #expect(Identifier(written) == identifier)
    }

    @Test(
        "anything else is no id",
        arguments: [
            "", " ", "A", "A0", "A01", "A-1", "A+1", "A 1", " A1", "A1 ", "A1\n", "A1.0", "AA1",
            "A18446744073709551616", "A99999999999999999999", "A1e3", "A٣", "Ａ1", "B1", "E5",
            "D0", "D00", "D", "P0", "P1", "P100", "P0101", "#", "#-1", "#01", "# 1", "##1", "-1",
            "+1", "00", "01", "1.", "1 000", "1,000", "18446744073709551616", "0x10", "१",
            "DREC", "DREC101", "DREC101-2021", "DREC101-2021-", "DREC101-2021-0",
            "DREC101-2021-01", "DREC100-2021-1", "DREC0101-2021-1", "DREC101-02021-1",
            "DREC101-2021-5..4", "DREC101-2021-5.6", "DREC101-2021-5...6", "DREC101-2021-5..",
            "DREC101-2021-..6", "DREC101-2021-5..6..7", "DREC101-2021-1-2", "DREC-101-2021-1",
            "DREC101-2021-1..DREC101-2021-2", "DREC101-4294967296-1", "DREC101--1",
            "DREC101-2021-18446744073709552", "DREC101-2021-18446744073709551616",
            "DREC101-2021-1..18446744073709552", "DREC 101-2021-1", "xDREC101-2021-1",
            "\(digest)0", String(digest.dropLast()), String(digest.dropLast()) + "g",
            "0x" + String(digest.dropLast(2)), digest + " ",
            // Texts whose upper case only looks like digits or letters.
            String(repeating: "\u{FB00}", count: 32),
            String(repeating: "0", count: 62) + "\u{FB00}",
        ])
    func bad(text: String) {
        #expect(Identifier(text) == nil, "\(text)")
    }

    @Test("a range is never empty, and its energy fits in 64 bits")
    func ranges() throws {
        let series = SeriesID(project: ProjectID(101), vintage: 2021)
        func range(_ first: UInt64, _ last: UInt64) -> DRECRange? {
            DRECRange(series: series, first: DRECSerial(first), last: DRECSerial(last))
        }
        let one = try #require(range(1, 1))
        #expect(one.count == 1 && one.energy == 0..<1_000)
        let some = try #require(range(42, 99))
        #expect(some.count == 58 && some.energy == 41_000..<99_000)
        let most = try #require(range(1, DRECRange.maximumSerial))
        #expect(most.energy.upperBound == 18_446_744_073_709_551_000)
        let bad: [(UInt64, UInt64)] = [
            (0, 0), (0, 1), (2, 1), (1, .max), (.max, .max), (1, DRECRange.maximumSerial + 1),
        ]
        for (first, last) in bad { #expect(range(first, last) == nil) }
    }

    @Test(
        "a decimal is digits without sign, blanks or leading zeros",
        arguments: [
            ("0", 0), ("1", 1), ("10", 10), ("18446744073709551615", UInt64.max),
            ("18446744073709551614", UInt64.max - 1),
            ("", nil), ("00", nil), ("01", nil), ("-0", nil), ("-1", nil), ("+1", nil), (" 1", nil),
            ("1 ", nil), ("1_0", nil), ("1.0", nil), ("1e1", nil), ("18446744073709551616", nil),
            ("18446744073709551625", nil), ("20000000000000000000", nil),
            ("99999999999999999999", nil), ("100000000000000000000", nil), ("٣", nil), ("a", nil),
            ("１", nil), ("1\u{0}", nil),
        ] as [(String, UInt64?)])
    func decimals(text: String, value: UInt64?) {
        #expect(UInt64(decimal: text) == value)
    }

    @Test(
        "a country is three upper-case letters",
        arguments: [
            ("ZAF", true), ("IND", true), ("AAA", true), ("ZZZ", true), ("", false), ("ZA", false),
            ("ZAFF", false), ("zaf", false), ("Zaf", false), ("Z1F", false), ("Z F", false),
            ("ÀAF", false), ("ZA\u{0}", false), ("[AA", false), ("@AA", false), ("é", false),
        ])
    func countries(text: String, isGood: Bool) {
        #expect(CountryCode(text)?.description == (isGood ? text : nil))
    }
}
