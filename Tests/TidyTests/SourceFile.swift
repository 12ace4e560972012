/// A Swift file as the checks read it: line by line, as written and as bare code.
struct SourceFile {
    /// Relative to the repository, `Sources/Ledger/Refusal.swift`.
    let path: String
    /// As written.
    let lines: [Substring]
    /// The same lines with the contents of comments and string literals replaced by spaces.
    let code: [Substring]

    init(path: String, text: String) {
        self.path = path
        lines = SourceFile.split(text)
        code = SourceFile.split(CodeBlanking.blank(text))
    }

    /// The target that a path below `Sources` belongs to.
    var target: String {
        let parts = path.split(separator: "/")
        return parts.count > 2 ? String(parts[1]) : ""
    }

    private static func split(_ text: String) -> [Substring] {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        return lines
    }
}

extension Character {
    /// True for what can stand inside a Swift name.
    var continuesName: Bool { isLetter || isNumber || self == "_" }
}

extension StringProtocol {
    /// The names and keywords in a line of code, in order.
    var words: [SubSequence] { split { !$0.continuesName } }

    /// The text without the spaces around it.
    var trimmed: SubSequence {
        var rest = self[...]
        while rest.first?.isWhitespace == true { rest.removeFirst() }
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return rest
    }
}
