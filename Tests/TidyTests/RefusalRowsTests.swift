import Testing

@Suite struct RefusalRowsTests {
    private let rows = [
        RefusalPage.Row(code: 100, name: "malformed", sentence: "The bytes are nothing."),
        RefusalPage.Row(code: 101, name: "expired", sentence: "Too late."),
    ]
    private let head = "# Refusals\n\n| code | name | meaning |\n|---|---|---|\n"
    private let first = "| 100 | malformed | The bytes are nothing. |\n"
    private let second = "| 101 | expired | Too late. |\n"

    @Test("a page with exactly the rows passes")
    func passesExactPage() {
        #expect(RefusalPage.violations(page: head + first + second, rows: rows).isEmpty)
    }

    @Test("a missing row is found")
    func findsMissing() {
        #expect(RefusalPage.violations(page: head + first, rows: rows).count == 1)
    }

    @Test("a row too many is found")
    func findsExtra() {
        let page = head + first + second + "| 102 | gone | No more. |\n"
        #expect(RefusalPage.violations(page: page, rows: rows).map(\.line) == [7])
    }

    @Test("a row that occurs twice is found")
    func findsRepeated() {
        let page = head + first + second + first
        #expect(RefusalPage.violations(page: page, rows: rows).map(\.line) == [7])
    }

    @Test(
        "a row that differs is found, as wrong and as missing",
        arguments: [
            "| 110 | expired | Too late. |\n", "| 101 | Expired | Too late. |\n",
            "| 101 | expired | Too soon. |\n", "|101 | expired | Too late. |\n",
            "  | 101 | expired | Too late. |\n",
        ])
    func findsDifferent(row: String) {
        #expect(RefusalPage.violations(page: head + first + row, rows: rows).count == 2)
    }

    @Test("a code or a name that is used twice is found")
    func findsSharedCode() {
        let twice = [rows[0], RefusalPage.Row(code: 100, name: "malformed", sentence: "Other.")]
        let page = head + first + "| 100 | malformed | Other. |\n"
        #expect(RefusalPage.violations(page: page, rows: twice).count == 2)
    }
}
