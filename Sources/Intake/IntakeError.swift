/// Why a whole file is not taken.
package enum IntakeError: Error, Hashable, Sendable {
    /// The file cannot be opened or read; the text is the system's.
    case unreadable(path: String, reason: String)
    /// The file is of another kind, such as a compressed one; the clause says of which.
    case unsuitable(path: String, reason: String)
    /// Columns are separated by something other than a comma.
    case wrongSeparator(String)
    /// There is no line that could be a header.
    case empty
    /// The header line itself is not CSV.
    case brokenHeader(RowProblem)
    /// The header has none of the known layouts; the names found.
    case unknownLayout(found: [String])
    /// Mandatory columns that the header lacks.
    case missingColumns([String], layout: String)
    /// A column that is needed stands twice.
    case duplicateColumn(String)
    /// The file has no device column and the options name no device.
    case noDevice
    /// An option that cannot be: its name and why.
    case invalidOption(String, reason: String)

    /// What the caller can do about it.
    package enum Disposition: String, Sendable {
        /// The file may be readable later.
        case retry
        /// The submitter must mend the file or the options.
        case refuse
    }

    package var disposition: Disposition {
        if case .unreadable = self { .retry } else { .refuse }
    }

    /// The frozen name in logs and answers.
    package var code: String {
        switch self {
        case .unreadable: "intake.unreadable"
        case .unsuitable: "intake.unsuitable"
        case .wrongSeparator: "intake.wrong-separator"
        case .empty: "intake.empty"
        case .brokenHeader: "intake.broken-header"
        case .unknownLayout: "intake.unknown-layout"
        case .missingColumns: "intake.missing-columns"
        case .duplicateColumn: "intake.duplicate-column"
        case .noDevice: "intake.no-device"
        case .invalidOption: "intake.invalid-option"
        }
    }
}

extension IntakeError: CustomStringConvertible {
    /// One sentence for people.
    package var description: String {
        switch self {
        case .unreadable(let path, let reason):
            "\(path) cannot be read: \(reason)" + (reason.hasSuffix(".") ? "" : ".")
        case .unsuitable(let path, let reason): "\(path) \(reason)."
        case .wrongSeparator(let separator):
            "The header has \(separator) between its columns, not commas."
        case .empty: "The file has no header line."
        case .brokenHeader(let problem): "The header is not CSV: \(problem)."
        case .unknownLayout(let found):
            "The header \(ValueProblem.shown(found.joined(separator: ","))) is none of the "
                + "layouts: \(ReadLayout.Shape.allCases.map(\.header).joined(separator: "; "))."
        case .missingColumns(let names, let layout):
            "The header lacks \(names.joined(separator: ", ")) of the layout \(layout)."
        case .duplicateColumn(let name): "The column \(name) stands twice in the header."
        case .noDevice:
            "The file has no device column: say which device the reads are of."
        case .invalidOption(let name, let reason): "\(name): \(reason)."
        }
    }
}
