/// The columns of a file by name, without regard to case, order or blanks around the names.
struct Header: Sendable {
    /// Names as the file writes them.
    let names: [String]
    private let places: [String: Int]
    private let repeated: Set<String>

    /// - Throws: ``IntakeError/wrongSeparator(_:)`` where all names are in one column.
    init(_ record: CSVRecord) throws(IntakeError) {
        names = record.fields.map { $0.trimmed }
        if names.count == 1 {
            if names[0].contains(";") { throw .wrongSeparator("semicolons") }
            if names[0].contains("\t") { throw .wrongSeparator("tabs") }
        }
        var places: [String: Int] = [:]
        var repeated: Set<String> = []
        for (place, name) in names.enumerated() where !name.isEmpty {
            if places.updateValue(place, forKey: name.lowercased()) != nil {
                repeated.insert(name.lowercased())
            }
        }
        (self.places, self.repeated) = (places, repeated)
    }

    func contains(_ name: String) -> Bool { places[name.lowercased()] != nil }

    /// Where a column stands; nil when the file lacks it.
    ///
    /// - Throws: ``IntakeError/duplicateColumn(_:)``: which of the two is meant is not guessed.
    func place(of name: String) throws(IntakeError) -> Int? {
        guard !repeated.contains(name.lowercased()) else { throw .duplicateColumn(name) }
        return places[name.lowercased()]
    }

    /// - Throws: ``IntakeError/missingColumns(_:layout:)`` with all that are missing.
    func require(_ wanted: [String], layout: String) throws(IntakeError) {
        let missing = wanted.filter { !contains($0) }
        guard missing.isEmpty else { throw .missingColumns(missing, layout: layout) }
    }

    /// - Throws: ``RowProblem`` when the record has not the header's columns: a comma too many or
    ///   too few moves every later value under another name. Blank fields beyond the header are let
    ///   pass, as spreadsheets write them.
    func check(_ record: CSVRecord) throws(RowProblem) {
        let extra = record.fields.dropFirst(names.count)
        guard record.fields.count >= names.count, extra.allSatisfy({ $0.trimmed.isEmpty }) else {
            throw RowProblem(
                line: record.line,
                message: "\(record.fields.count) columns where the header has \(names.count)")
        }
    }
}

extension String {
    /// Without blanks and tabs at both ends.
    var trimmed: String {
        func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
        guard let first = utf8.firstIndex(where: { !isBlank($0) }),
            let last = utf8.lastIndex(where: { !isBlank($0) })
        else { return "" }
        return String(self[first...last])
    }

    /// Letters and digits alone, in lower case: `Off-Grid Community` → `offgridcommunity`.
    var nameKey: String { String(lowercased().filter { $0.isLetter || $0.isNumber }) }
}
