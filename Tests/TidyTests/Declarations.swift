/// The types and free functions that a file declares.
struct Declaration: Equatable {
    let kind: String
    let name: String
    /// From 1.
    let line: Int
    /// `package` or `public`.
    let isShared: Bool
    /// Not inside another declaration.
    let isTopLevel: Bool

    var isType: Bool { Self.types.contains(kind[...]) }

    private static let types: Set<Substring> = ["struct", "enum", "protocol", "class", "actor"]
    private static let kinds = types.union(["func", "typealias"])
    private static let modifiers: Set<Substring> = [
        "package", "public", "internal", "fileprivate", "private", "final", "indirect", "open",
        "nonisolated", "distributed", "static", "mutating",
    ]

    static func all(in file: SourceFile) -> [Declaration] {
        var depth = 0
        var found: [Declaration] = []
        for (number, line) in zip(1..., file.code) {
            if var declaration = Declaration(line: line, number: number, depth: depth) {
                // `class` may be a modifier or a constraint; only a capital names a type.
                if declaration.kind == "class", declaration.name.first?.isUppercase != true {
                    declaration = Declaration(declaration, kind: "func")
                }
                found.append(declaration)
            }
            for byte in line.utf8 {
                if byte == UInt8(ascii: "{") { depth += 1 }
                if byte == UInt8(ascii: "}") { depth -= 1 }
            }
        }
        return found
    }

    private init(_ other: Declaration, kind: String) {
        self.kind = kind
        name = other.name
        line = other.line
        isShared = other.isShared
        isTopLevel = other.isTopLevel
    }

    private init?(line: Substring, number: Int, depth: Int) {
        var rest = line.trimmed
        while rest.first == "@" {
            rest = rest.dropFirst().drop { $0.continuesName }
            if rest.first == "(" { rest = rest.drop { $0 != ")" }.dropFirst() }
            rest = rest.trimmed
        }
        var words = rest.words[...]
        var shared = false
        while let word = words.first, Self.modifiers.contains(word) {
            shared = shared || word == "package" || word == "public"
            words.removeFirst()
        }
        guard let kind = words.first, Self.kinds.contains(kind), let name = words.dropFirst().first
        else { return nil }
        self.kind = String(kind)
        self.name = String(name)
        self.line = number
        isShared = shared
        isTopLevel = depth == 0
    }
}

/// What declarations must have and must not be called.
enum DeclarationRules {
    static let vagueEndings = [
        "Manager", "Managers", "Helper", "Helpers", "Util", "Utils", "Common", "Base", "Impl",
    ]

    /// Types with a name that says nothing, or with their module's.
    static func nameViolations(in files: [SourceFile]) -> [Violation] {
        files.flatMap { file in
            Declaration.all(in: file).filter { $0.isType || $0.kind == "typealias" }
                .compactMap { declaration -> Violation? in
                    let name = declaration.name
                    if name == file.target {
                        return Violation(
                            file.path, declaration.line, "\(name) bears its module's name")
                    }
                    guard let ending = vagueEndings.first(where: { name.hasSuffix($0) }) else {
                        return nil
                    }
                    return Violation(
                        file.path, declaration.line, "\(name): '\(ending)' says nothing")
                }
        }
    }

    /// Shared types and shared free functions without a `///` above them.
    static func documentationViolations(in files: [SourceFile]) -> [Violation] {
        files.flatMap { file in
            Declaration.all(in: file).filter {
                $0.isShared && ($0.isType || ($0.kind == "func" && $0.isTopLevel))
                    && !isDocumented(file, $0.line)
            }
            .map { Violation(file.path, $0.line, "\($0.kind) \($0.name) has no doc comment") }
        }
    }

    /// True when a `///` stands above a line; attributes may stand between.
    private static func isDocumented(_ file: SourceFile, _ line: Int) -> Bool {
        var index = line - 2
        while index >= 0, file.lines[index].trimmed.hasPrefix("@") { index -= 1 }
        return index >= 0 && file.lines[index].trimmed.hasPrefix("///")
    }
}
