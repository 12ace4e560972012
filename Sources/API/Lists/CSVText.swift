import Primitives

/// Records of the interface as lines of CSV (RFC 4180): the same values as in JSON.
enum CSVText {
    /// Columns that come first, where a record has them; the others follow by name.
    private static let leading = [
        "id", "range", "entry", "height", "change", "epoch", "seat", "month", "device", "delegate",
        "start", "end", "effective", "time", "account", "owner", "kind", "legalName", "country",
        "status", "kilowattHours", "wattHours", "beneficiary", "location", "purpose",
        "periodStart", "periodEnd",
    ]

    /// The members of a record, which are the columns.
    static func columns(of schema: String) -> [String] {
        guard case .object(let members, _)? = OpenAPI.schemas[schema] else { return [] }
        let first = leading.filter { members[$0] != nil }
        return first + members.keys.filter { !first.contains($0) }.sorted()
    }

    static func line(_ cells: [String]) -> String {
        cells.map { quoted($0) }.joined(separator: ",")
    }

    static func line(_ record: CanonicalJSON, _ columns: [String]) -> String {
        let members = record.object ?? [:]
        return line(columns.map { cell(members[$0] ?? .null) })
    }

    /// A value as its cell: null is empty, a list of plain values has blanks in between, and what
    /// has members of its own is JSON.
    static func cell(_ value: CanonicalJSON) -> String {
        switch value {
        case .null: return ""
        case .boolean(let flag): return flag ? "true" : "false"
        case .integer(let number): return String(number)
        case .string(let text): return guarded(text)
        case .array(let items):
            let isPlain = items.allSatisfy { $0.object == nil && $0.array == nil }
            return isPlain ? items.map { cell($0) }.joined(separator: " ") : value.canonicalText
        case .object: return value.canonicalText
        }
    }

    /// What makes a spreadsheet take a text for a formula when a cell begins with it, also in full
    /// width; and the mark itself, so that it can be taken off again.
    private static let dangerous: Set<Unicode.Scalar> = [
        "=", "+", "-", "@", "\t", "\r", "\n", "'", "\u{FF1D}", "\u{FF0B}", "\u{FF0D}", "\u{FF20}",
    ]

    /// A text with an apostrophe before it where a spreadsheet might run it.
    private static func guarded(_ text: String) -> String {
        guard let first = text.unicodeScalars.first, dangerous.contains(first) else { return text }
        return "'" + text
    }

    /// In quotes where the cell has a comma, a quote or a line break.
    private static func quoted(_ cell: String) -> String {
        let needsQuotes = cell.utf8.contains { byte in
            [UInt8(ascii: ","), UInt8(ascii: "\""), 0x0D, 0x0A].contains(byte)
        }
        guard needsQuotes else { return cell }
        return "\"" + cell.replacing("\"", with: "\"\"") + "\""
    }
}
