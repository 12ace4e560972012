import Primitives
import Testing

struct CanonicalJSONTests {
    private func parse(_ text: String, limit: Int = 10_000) throws(JSONSyntaxError)
        -> CanonicalJSON
    {
        try CanonicalJSON(parsing: Array(text.utf8), limit: limit)
    }

    @Test(
        "a document is read and written in its canonical form",
        arguments: [
            ("null", "null"), (" true ", "true"), ("\t[\n]\r", "[]"), ("{ }", "{}"), ("0", "0"),
            ("-1", "-1"), ("9007199254740991", "9007199254740991"),
            ("-9007199254740991", "-9007199254740991"), ("\"\"", "\"\""),
            ("[1 , 2,[ ] ,{}]", "[1,2,[],{}]"), ("{\"b\":1,\"a\":2}", "{\"a\":2,\"b\":1}"),
            ("\"\\/\"", "\"/\""), ("\"\\u0041\"", "\"A\""), ("\"\\u00e9\"", "\"é\""),
            ("\"\\ud83d\\ude00\"", "\"😀\""), ("\"\\u2028\"", "\"\u{2028}\""),
            ("\"\\u0000\\u001f\"", "\"\\u0000\\u001f\""),
            ("\"\\b\\t\\n\\f\\r\\\"\\\\\"", "\"\\b\\t\\n\\f\\r\\\"\\\\\""),
            ("\"\\u0008\\u0009\\u000A\\u000c\\u000D\"", "\"\\b\\t\\n\\f\\r\""),
            ("\"\u{7f}\"", "\"\u{7f}\""), ("{\"\":{\"\":0}}", "{\"\":{\"\":0}}"),
            // RFC 8785 §3.2.2, its strings and literals.
            (
                #"{"string":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/","#
                    + #""literals":[null,true,false]}"#,
                #"{"literals":[null,true,false],"string":"€$\u000f\nA'B\"\\\\\"/"}"#
            ),
            // RFC 8785 §3.2.3: the order of keys is that of UTF-16 code units.
            (
                #"{"\u20ac":"Euro Sign","\r":"Carriage Return","#
                    + #""\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One","#
                    + #""\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control","#
                    + #""\u00f6":"Latin Small Letter O With Diaeresis"}"#,
                "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u{80}\":\"Control\","
                    + "\"\u{f6}\":\"Latin Small Letter O With Diaeresis\","
                    + "\"\u{20ac}\":\"Euro Sign\","
                    + "\"\u{1f600}\":\"Emoji: Grinning Face\","
                    + "\"\u{fb33}\":\"Hebrew Letter Dalet With Dagesh\"}"
            ),
        ])
    func good(text: String, canonical: String) throws {
        let value = try parse(text)
        #expect(value.canonicalBytes == Array(canonical.utf8))
        #expect(try parse(canonical) == value)
    }

    @Test(
        "what is not strict JSON of integers is refused with the reason",
        arguments: [
            ("", .unexpectedEnd), (" ", .unexpectedEnd), ("nul", .unexpectedByte),
            ("nulll", .trailingData), ("True", .unexpectedByte), ("undefined", .unexpectedByte),
            ("NaN", .unexpectedByte), ("-", .badNumber), ("+1", .unexpectedByte),
            ("01", .badNumber), ("-0", .badNumber), ("-01", .badNumber), ("1.0", .badNumber),
            ("1e3", .badNumber), ("1E3", .badNumber), (".5", .unexpectedByte), ("1.", .badNumber),
            ("9007199254740992", .badNumber), ("-9007199254740992", .badNumber),
            ("18446744073709551616", .badNumber), ("0x10", .trailingData), ("1 2", .trailingData),
            ("[1,]", .unexpectedByte), ("[,1]", .unexpectedByte), ("[1 2]", .unexpectedByte),
            ("[", .unexpectedEnd), ("[1", .unexpectedEnd), ("]", .unexpectedByte),
            ("[]]", .trailingData), ("{", .unexpectedEnd), ("{}{}", .trailingData),
            ("{\"a\"}", .unexpectedByte), ("{\"a\":}", .unexpectedByte),
            ("{\"a\":1,}", .unexpectedByte), ("{a:1}", .unexpectedByte),
            ("{1:1}", .unexpectedByte), ("{'a':1}", .unexpectedByte),
            ("{\"a\":1,\"a\":1}", .duplicateKey), ("{\"a\":1,\"\\u0061\":2}", .duplicateKey),
            ("{\"a\":{\"b\":1,\"b\":2}}", .duplicateKey),
            ("\"", .unexpectedEnd), ("\"\\", .unexpectedEnd), ("\"\\x\"", .badString),
            ("\"\\u12\"", .badString), ("\"\\u12g4\"", .badString), ("\"\n\"", .badString),
            ("\"\u{1}\"", .badString), ("\"\\ud83d\"", .unexpectedByte),
            ("\"\\ud83d\\n\"", .unexpectedByte), ("\"\\ud83d\\ud83d\"", .badString),
            ("\"\\ude00\"", .badString), ("// a\n1", .unexpectedByte), ("1 /**/", .trailingData),
            ("\u{feff}1", .unexpectedByte), ("\u{a0}1", .unexpectedByte),
        ] as [(String, JSONSyntaxError.Reason)])
    func bad(text: String, reason: JSONSyntaxError.Reason) {
        do {
            let value = try parse(text)
            Issue.record("accepted \(text) as \(value)")
        } catch {
            #expect(error.reason == reason, "\(text): \(error)")
            #expect((0...text.utf8.count).contains(error.offset))
        }
    }

    @Test(
        "bytes that are not UTF-8 are refused",
        arguments: [
            [0x22, 0xff, 0x22], [0x22, 0xc3, 0x22], [0x22, 0xc0, 0x80, 0x22],
            [0x22, 0xed, 0xa0, 0x80, 0x22], [0x22, 0xf4, 0x90, 0x80, 0x80, 0x22], [0xff], [0x00],
            [0x22, 0x80, 0x22],
        ] as [[UInt8]])
    func notUTF8(bytes: [UInt8]) {
        #expect(throws: JSONSyntaxError.self) {
            try CanonicalJSON(parsing: bytes, limit: 100)
        }
    }

    @Test("depth and size have limits")
    func limits() throws {
        let deepest = String(repeating: "[", count: 32) + String(repeating: "]", count: 32)
        #expect(try parse(deepest).canonicalText == deepest)
        for text in ["[\(deepest)]", String(repeating: "[", count: 9_000), "{\"a\":\(deepest)}"] {
            do {
                _ = try parse(text)
                Issue.record("accepted")
            } catch { #expect(error.reason == .tooDeep) }
        }
        #expect(try parse("[1]", limit: 3) == [1])
        do {
            _ = try parse("[1]", limit: 2)
            Issue.record("accepted")
        } catch { #expect(error.reason == .tooLarge) }
    }

    @Test("large numbers travel as decimal strings")
    func unsigned() {
        #expect(CanonicalJSON.unsigned(5) == .integer(5))
        #expect(CanonicalJSON.unsigned(9_007_199_254_740_991) == .integer(9_007_199_254_740_991))
        #expect(CanonicalJSON.unsigned(9_007_199_254_740_992) == "9007199254740992")
        #expect(CanonicalJSON.unsigned(.max) == "18446744073709551615")
        for value in [0, 1, 9_007_199_254_740_992, UInt64.max] {
            #expect(CanonicalJSON.unsigned(value).unsigned == value)
        }
        for bad: CanonicalJSON in [-1, "-1", "", "01", "18446744073709551616", true, [], .null] {
            #expect(bad.unsigned == nil)
        }
    }

    @Test("keys that look alike are refused as one key, although their bytes differ")
    func lookAlikes() throws {
        // Stricter than RFC 8785 §3.1, which would tell a composed and a decomposed é apart.
        let text = "{\"e\u{301}\":1,\"\u{e9}\":2}"
        let error = #expect(throws: JSONSyntaxError.self) { try parse(text) }
        #expect(error?.reason == .duplicateKey)
    }
}
