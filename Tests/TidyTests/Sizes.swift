/// How long files, functions and lines may be.
enum Sizes {
    static let fileLines = 400
    static let functionLines = 60
    static let columns = 100

    static func violations(in files: [SourceFile]) -> [Violation] {
        files.flatMap { file -> [Violation] in
            // A table of a test's cases may be as long as it has cases.
            let functions = file.path.hasPrefix("Tests/") ? [] : functions(in: file)
            return tooLong(file) + tooWide(file)
                + functions.filter { $0.lines > functionLines }.map {
                    Violation(
                        file.path, $0.line,
                        "\($0.name) has \($0.lines) lines, more than \(functionLines)")
                }
        }
    }

    private static func tooLong(_ file: SourceFile) -> [Violation] {
        guard file.lines.count > fileLines else { return [] }
        return [Violation(file.path, "\(file.lines.count) lines, more than \(fileLines)")]
    }

    private static func tooWide(_ file: SourceFile) -> [Violation] {
        zip(1..., file.lines).filter { $0.1.utf8.count > columns && $0.1.count > columns }.map {
            Violation(file.path, $0.0, "\($0.1.count) columns, more than \(columns)")
        }
    }

    /// A function, initialiser, subscript or computed property with a body.
    struct Function: Equatable {
        let name: String
        /// Where its declaration begins, from 1.
        let line: Int
        /// From its declaration to its closing brace.
        let lines: Int
    }

    /// The functions of a file, found by counting braces in its code.
    static func functions(in file: SourceFile) -> [Function] {
        file.code.indices.compactMap { start in
            guard let (name, isProperty) = declaration(file.code[start]) else { return nil }
            return end(of: file.code, from: start, isProperty: isProperty).map {
                Function(name: name, line: start + 1, lines: $0 - start + 1)
            }
        }
    }

    private static let modifiers: Set<Substring> = [
        "package", "public", "internal", "fileprivate", "private", "static", "class", "override",
        "final", "mutating", "nonmutating", "nonisolated", "convenience", "required", "isolated",
        "consuming", "borrowing", "lazy", "async", "set", "indirect", "prefix", "postfix",
    ]

    /// The name of what a line begins to declare, nil if it declares nothing with a body.
    private static func declaration(_ line: Substring) -> (name: String, isProperty: Bool)? {
        guard
            line.contains("func ") || line.contains("init") || line.contains("subscript")
                || line.contains("var ") || line.contains("deinit")
        else { return nil }
        var rest = line.trimmed
        while rest.first == "@" {
            let attribute = rest.dropFirst().prefix { $0.continuesName }
            rest = rest.dropFirst(1 + attribute.count)
            if rest.first == "(" {
                rest = rest.drop { $0 != ")" }.dropFirst()
            }
            rest = rest.trimmed
        }
        var words = rest.words[...]
        while let word = words.first, modifiers.contains(word) { words.removeFirst() }
        switch words.first {
        case "func": return (words.dropFirst().first.map(String.init) ?? "operator", false)
        case "init", "deinit", "subscript":
            // A call of an initialiser begins with a dot or `self`, never with the word.
            return words.first.map { (String($0), false) }
        case "var": return words.dropFirst().first.map { (String($0), true) }
        default: return nil
        }
    }

    private static let nextDeclaration: Set<Substring> = [
        "func", "init", "deinit", "subscript", "var", "let", "case", "struct", "enum", "class",
        "actor", "protocol", "extension", "typealias", "associatedtype", "static", "package",
        "public", "private", "fileprivate", "internal", "mutating",
    ]

    /// The index of the line with the closing brace, nil for a requirement without a body.
    private static func end(of code: [Substring], from start: Int, isProperty: Bool) -> Int? {
        var parentheses = 0
        var braces = 0
        for index in start..<code.count {
            if index > start, braces == 0, parentheses == 0 {
                if isProperty { return nil }
                if let word = code[index].words.first, nextDeclaration.contains(word) { return nil }
            }
            for byte in code[index].utf8 {
                switch byte {
                case UInt8(ascii: "("), UInt8(ascii: "["): parentheses += 1
                case UInt8(ascii: ")"), UInt8(ascii: "]"): parentheses -= 1
                case UInt8(ascii: "{") where parentheses == 0 || braces > 0: braces += 1
                case UInt8(ascii: "}") where braces > 0:
                    braces -= 1
                    if braces == 0 { return index }
                case UInt8(ascii: "}") where parentheses == 0: return nil
                default: break
                }
            }
        }
        return nil
    }
}
