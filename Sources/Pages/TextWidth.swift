/// How wide a text is shown, in a font that nobody knows: more or less, and rather too wide.
enum TextWidth {
    /// Of an average small letter, in ``of(_:)``'s unit.
    static let letter = 10

    private static let wide = 18
    private static let capital = 13
    private static let foreign = 15
    private static let square = 20
    /// `[U+202E]`, which stands for what is hidden.
    private static let code = 80

    /// In tenths of an average letter's width.
    static func of(_ text: String) -> Int { text.reduce(0) { $0 + of($1) } }

    /// A text in so many letters' width, and of one that is wider as much as has room with its `…`.
    static func cut(_ text: String, toLetters letters: Int) -> String {
        let room = letters * letter
        var width = 0
        var fitting = text.startIndex
        for index in text.indices {
            width += of(text[index])
            if width > room { return text[..<fitting] + "…" }
            if width <= room - letter { fitting = text.index(after: index) }
        }
        return text
    }

    private static func of(_ character: Character) -> Int {
        var width = 0
        var marks = 0
        for scalar in character.unicodeScalars {
            marks = Escaping.isMark(scalar) ? marks + 1 : 0
            if Escaping.isHidden(scalar) || marks > Escaping.maximumMarks {
                width += code
            } else if marks == 0 {
                width += of(scalar)
            }
        }
        return width
    }

    private static func of(_ scalar: Unicode.Scalar) -> Int {
        switch scalar {
        case "W", "M", "m", "w", "@", "%": wide
        case "A"..."Z": capital
        case " "..."~": letter
        case "\u{1100}"..."\u{115F}", "\u{2E80}"..."\u{A4CF}", "\u{A960}"..."\u{A97F}",
            "\u{AC00}"..."\u{D7A3}", "\u{F900}"..."\u{FAFF}", "\u{FE30}"..."\u{FE6F}",
            "\u{FF00}"..."\u{FFE6}", "\u{1F000}"..."\u{1FAFF}", "\u{20000}"..."\u{3FFFD}":
            square
        case "\u{200C}", "\u{200D}", "\u{FE00}"..."\u{FE0F}": 0
        default: foreign
        }
    }
}
