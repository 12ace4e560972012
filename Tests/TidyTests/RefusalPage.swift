/// The table of refusals in the ledger's documentation.
enum RefusalPage {
    static let path = "Sources/Ledger/Ledger.docc/Refusals.md"

    /// The row that a code must have.
    struct Row: Hashable {
        let code: Int
        let name: String
        let sentence: String

        var text: String { "| \(code) | \(name) | \(sentence) |" }
    }

    /// Where a page and the codes differ, and codes that occur twice.
    static func violations(page: String, rows: [Row]) -> [Violation] {
        var found: [Violation] = []
        var expected: [String: Row] = [:]
        var codes: Set<Int> = []
        var names: Set<String> = []
        for row in rows {
            if !codes.insert(row.code).inserted {
                found.append(Violation(path, "code \(row.code) is used twice"))
            }
            if !names.insert(row.name).inserted {
                found.append(Violation(path, "name \(row.name) is used twice"))
            }
            expected[row.text] = row
        }
        var seen: Set<String> = []
        let lines = page.split(separator: "\n", omittingEmptySubsequences: false)
        for (number, line) in zip(1..., lines) where isRow(line) {
            let text = String(line)
            if expected[text] == nil {
                found.append(Violation(path, number, "no refusal has this row: \(text)"))
            } else if !seen.insert(text).inserted {
                found.append(Violation(path, number, "this row occurs twice: \(text)"))
            }
        }
        for row in rows where !seen.contains(row.text) {
            found.append(Violation(path, "the row is missing: \(row.text)"))
        }
        return found
    }

    /// True for a table's line that begins with a number.
    private static func isRow(_ line: Substring) -> Bool {
        guard line.trimmed.first == "|" else { return false }
        return line.trimmed.dropFirst().trimmed.first?.isNumber == true
    }
}
