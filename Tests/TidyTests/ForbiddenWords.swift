/// Words and calls that sources do without.
struct ForbiddenWords {
    /// A word with the targets it is forbidden in and the reason.
    struct Rule {
        /// Stands for itself; a space stands for any space or none.
        let text: String
        let reason: String
        /// Nil for all targets.
        var only: Set<String>?
        /// Targets that may.
        var except: Set<String> = []
        /// Comments are searched too.
        var inComments = false
    }

    /// A place that a decision record allows to break a rule.
    struct Exemption {
        let path: String
        let text: String
        /// Names the decision record.
        let reason: String
    }

    /// The rules, log, agreement and what joins them: they know no clock and no random source.
    /// The simulator too: its seed and its own time are all that it has.
    static let pure: Set = [
        "Primitives", "Merkle", "Consensus", "Ledger", "Verifier", "Replica", "Simulator",
    ]

    static let rules: [Rule] = [
        Rule(text: "try!", reason: "a failure is a typed throw"),
        Rule(text: "as!", reason: "a wrong type is a refusal or a failure"),
        Rule(text: "fatalError (", reason: "a bug is a precondition"),
        Rule(text: "Task {", reason: "children belong to a task group or a Service"),
        Rule(text: "Task (", reason: "children belong to a task group or a Service"),
        Rule(text: "Task.init", reason: "children belong to a task group or a Service"),
        Rule(text: "Task.detached", reason: "children belong to a task group or a Service"),
        Rule(text: "@unchecked Sendable", reason: "needs a decision record"),
        Rule(text: "nonisolated ( unsafe )", reason: "needs a decision record"),
        Rule(text: "@preconcurrency", reason: "needs a decision record"),
        Rule(text: "TODO", reason: "finish it, or open an issue", inComments: true),
        Rule(text: "FIXME", reason: "fix it, or open an issue", inComments: true),
        Rule(
            text: "print (", reason: "only command lines print; others log",
            except: ["Commands", "simulate"]),
        Rule(text: "Date (", reason: "time is handed in", only: pure),
        Rule(text: "Date.now", reason: "time is handed in", only: pure),
        Rule(text: "Double", reason: "integers only", only: pure),
        Rule(text: "UUID (", reason: "the core has no random source", only: pure),
        Rule(text: "Locale", reason: "the core knows no locale", only: pure),
        Rule(text: ".random (", reason: "the core has no random source", only: pure),
    ]

    static let exemptions: [Exemption] = []

    var exemptions = Self.exemptions

    func violations(in files: [SourceFile]) -> [Violation] {
        files.flatMap { file -> [Violation] in
            let rules = Self.rules.filter { rule in
                (rule.only?.contains(file.target) ?? true) && !rule.except.contains(file.target)
                    && !exemptions.contains { $0.path == file.path && $0.text == rule.text }
            }
            return rules.flatMap { rule in
                let pattern = WordPattern(rule.text)
                return zip(1..., rule.inComments ? file.lines : file.code)
                    .filter { pattern.occurs(in: $0.1) }
                    .map { Violation(file.path, $0.0, "'\(rule.text)': \(rule.reason)") }
            }
        }
    }

    /// Exemptions that exempt nothing any more.
    func idleExemptions(in files: [SourceFile]) -> [Violation] {
        exemptions.filter { exemption in
            let pattern = WordPattern(exemption.text)
            return !files.contains { file in
                file.path == exemption.path && file.lines.contains { pattern.occurs(in: $0) }
            }
        }
        .map { Violation($0.path, "the exemption for '\($0.text)' is no longer needed") }
    }
}

/// A piece of code to look for, not inside of longer names.
struct WordPattern {
    private let pieces: [Substring]
    private let startsInName: Bool
    private let endsInName: Bool

    init(_ text: String) {
        pieces = text.split(separator: " ")
        startsInName = text.first?.continuesName == true
        endsInName = text.last?.continuesName == true
    }

    func occurs(in line: Substring) -> Bool {
        // Most lines have none of it: the search for a piece is quick, the rest is not.
        guard pieces.allSatisfy({ line.contains($0) }) else { return false }
        let bytes = Array(line.utf8)
        return bytes.indices.contains { start in
            if startsInName, start > 0, Self.continuesName(bytes[start - 1]) { return false }
            guard let end = match(bytes, from: start) else { return false }
            return !(endsInName && end < bytes.count && Self.continuesName(bytes[end]))
        }
    }

    private func match(_ bytes: [UInt8], from start: Int) -> Int? {
        var position = start
        for (index, piece) in pieces.enumerated() {
            if index > 0 {
                while position < bytes.count, bytes[position] == UInt8(ascii: " ") { position += 1 }
            }
            guard bytes[position...].starts(with: piece.utf8) else { return nil }
            position += piece.utf8.count
        }
        return position
    }

    private static func continuesName(_ byte: UInt8) -> Bool {
        byte >= 0x80 || Character(UnicodeScalar(byte)).continuesName
    }
}
