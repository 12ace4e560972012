/// Replaces the contents of comments and string literals by spaces, keeping every line break, so
/// that what remains is code and sits where it sat. Code inside `\(…)` remains.
///
/// Knows line and nested block comments, plain, raw and multi-line strings. Does not know regular
/// expression literals, which the sources do not use.
struct CodeBlanking {
    private enum Context: Equatable {
        /// Code; inside an interpolation, `parentheses` of its own are open.
        case code(parentheses: Int)
        case string(hashes: Int, quotes: Int)
    }

    private let input: [UInt8]
    private var output: [UInt8] = []
    private var position = 0
    private var contexts: [Context] = [.code(parentheses: 0)]

    private init(_ text: String) { input = Array(text.utf8) }

    static func blank(_ text: String) -> String {
        var blanking = CodeBlanking(text)
        blanking.output.reserveCapacity(blanking.input.count)
        while blanking.position < blanking.input.count { blanking.step() }
        return String(decoding: blanking.output, as: UTF8.self)
    }

    private func byte(_ offset: Int) -> UInt8 {
        let index = position + offset
        return index < input.count ? input[index] : 0
    }

    private mutating func keep(_ count: Int) {
        output += input[position..<min(position + count, input.count)]
        position += count
    }

    private mutating func hide(_ count: Int) {
        for byte in input[position..<min(position + count, input.count)] {
            // One space for a character of several bytes.
            if byte & 0xC0 != 0x80 { output.append(byte == Ascii.newline ? byte : Ascii.space) }
        }
        position += count
    }

    private mutating func step() {
        switch contexts[contexts.count - 1] {
        case .code(let parentheses): stepInCode(parentheses)
        case .string(let hashes, let quotes): stepInString(hashes, quotes)
        }
    }

    private mutating func stepInCode(_ parentheses: Int) {
        switch byte(0) {
        case Ascii.slash where byte(1) == Ascii.slash:
            while position < input.count, byte(0) != Ascii.newline { hide(1) }
        case Ascii.slash where byte(1) == Ascii.star:
            hideBlockComment()
        case Ascii.quote:
            openString(hashes: 0)
        case Ascii.hash:
            var hashes = 1
            while byte(hashes) == Ascii.hash { hashes += 1 }
            if byte(hashes) == Ascii.quote { openString(hashes: hashes) } else { keep(hashes) }
        case Ascii.open where contexts.count > 1:
            contexts[contexts.count - 1] = .code(parentheses: parentheses + 1)
            keep(1)
        case Ascii.close where contexts.count > 1:
            if parentheses == 0 {
                contexts.removeLast()
            } else {
                contexts[contexts.count - 1] = .code(parentheses: parentheses - 1)
            }
            keep(1)
        default: keep(1)
        }
    }

    private mutating func stepInString(_ hashes: Int, _ quotes: Int) {
        if byte(0) == Ascii.quote, closes(hashes, quotes) {
            contexts.removeLast()
            keep(quotes + hashes)
        } else if byte(0) == Ascii.backslash, isEscape(hashes) {
            if byte(1 + hashes) == Ascii.open {
                hide(1 + hashes)
                contexts.append(.code(parentheses: 0))
                keep(1)
            } else {
                hide(2 + hashes)
            }
        } else if byte(0) == Ascii.newline, quotes == 1 {
            // No string of one line goes on: whatever misled us ends here.
            contexts.removeLast()
            keep(1)
        } else {
            hide(1)
        }
    }

    private mutating func openString(hashes: Int) {
        let quotes =
            byte(hashes + 1) == Ascii.quote && byte(hashes + 2) == Ascii.quote ? 3 : 1
        contexts.append(.string(hashes: hashes, quotes: quotes))
        keep(hashes + quotes)
    }

    private func closes(_ hashes: Int, _ quotes: Int) -> Bool {
        (0..<quotes).allSatisfy { byte($0) == Ascii.quote }
            && (0..<hashes).allSatisfy { byte(quotes + $0) == Ascii.hash }
    }

    private func isEscape(_ hashes: Int) -> Bool {
        (0..<hashes).allSatisfy { byte(1 + $0) == Ascii.hash }
    }

    private mutating func hideBlockComment() {
        var depth = 0
        repeat {
            if byte(0) == Ascii.slash, byte(1) == Ascii.star {
                depth += 1
                hide(2)
            } else if byte(0) == Ascii.star, byte(1) == Ascii.slash {
                depth -= 1
                hide(2)
            } else {
                hide(1)
            }
        } while depth > 0 && position < input.count
    }
}

/// The bytes that begin and end comments and strings.
private enum Ascii {
    static let newline = UInt8(ascii: "\n")
    static let space = UInt8(ascii: " ")
    static let quote = UInt8(ascii: "\"")
    static let hash = UInt8(ascii: "#")
    static let slash = UInt8(ascii: "/")
    static let star = UInt8(ascii: "*")
    static let backslash = UInt8(ascii: "\\")
    static let open = UInt8(ascii: "(")
    static let close = UInt8(ascii: ")")
}
