import Ledger
import Primitives
import Wire

extension HTML {
    /// `<time>` with the moment in RFC 3339 for machines and nearly so for people.
    static func time(_ time: Timestamp) -> HTML {
        let text = time.description
        let shown = text.prefix(10) + " " + text.dropFirst(11).prefix(8) + " UTC"
        return "<time datetime=\"\(text)\">\(String(shown))</time>"
    }

    static func time(seconds: UInt64) -> HTML { time(Timestamp(seconds)) }

    /// The day of a moment.
    static func day(_ time: Timestamp) -> HTML {
        let text = String(time.description.prefix(10))
        return "<time datetime=\"\(text)\">\(text)</time>"
    }

    /// Both ends of a half-open window.
    static func window(_ start: Timestamp, _ end: Timestamp) -> HTML {
        "\(time(start)) to \(time(end))"
    }

    static func code(_ text: String) -> HTML { "<code>\(text)</code>" }

    static func link(_ path: String, _ text: HTML) -> HTML { "<a href=\"\(path)\">\(text)</a>" }

    static func link(_ id: DeviceID) -> HTML { link("/devices/\(id)", HTML(id.description)) }
    static func link(_ id: ProjectID) -> HTML { link("/projects/\(id)", HTML(id.description)) }
    static func link(_ range: DRECRange) -> HTML {
        link("/drecs/\(range)", HTML(range.description))
    }
    static func link(entry: LogIndex) -> HTML {
        link("/entries/\(entry.rawValue)", HTML(entry.description))
    }
    static func link(height: Height) -> HTML {
        link("/blocks/\(height)", HTML(Words.grouped(height.rawValue)))
    }
    static func link(transaction id: Digest) -> HTML {
        "<a href=\"/transactions/\(id.hex)\"><code>\(String(id.hex.prefix(16)))…</code></a>"
    }

    /// A range of the wire; its text where it is none.
    static func link(_ range: ProtoRange) -> HTML {
        DRECRange(range).map { link($0) } ?? "–"
    }

    /// Where a thing can be checked, and the file by which it is checked elsewhere.
    static func proof(of id: String, at file: String) -> HTML {
        let asked = id.hasPrefix("#") ? "%23" + id.dropFirst() : id
        return """
            <a href="\(VerificationPage.path)?id=\(asked)">Check in this browser</a>, \
            <a href="\(file)" download="\(id).proof.json">proof file</a>
            """
    }

    /// A word in a coloured frame; the colour repeats what the word says.
    static func badge(_ word: String, _ tone: Tone) -> HTML {
        "<strong class=\"badge \(tone.rawValue)\">\(word)</strong>"
    }

    /// What a badge's colour says.
    enum Tone: String, Sendable {
        case good, spent, waiting, bad
    }

    static func section(_ heading: HTML, _ body: HTML) -> HTML {
        "<section><h2>\(heading)</h2>\n\(body)</section>\n"
    }

    /// Names and values; a pair whose value is empty is left out.
    static func facts(_ pairs: [(name: HTML, value: HTML)]) -> HTML {
        let rows = pairs.filter { !$0.value.isEmpty }.map { pair -> HTML in
            "<div><dt>\(pair.name)</dt><dd>\(pair.value)</dd></div>\n"
        }
        return "<dl class=\"facts\">\n\(rows)</dl>\n"
    }

    /// Values of one name, each on lines of its own.
    static func lines(_ items: [HTML]) -> HTML {
        guard items.count > 1 else { return items.first ?? .empty }
        return "<ul class=\"lines\">\(items.map { "<li>\($0)</li>\n" as HTML })</ul>"
    }

    /// A column of a table.
    enum Column: Sendable {
        case text(HTML)
        case number(HTML)
    }

    /// A table in a frame of its own that scrolls; the first cell of a row is its header.
    static func table(_ caption: HTML, _ columns: [Column], _ rows: [[HTML]]) -> HTML {
        var head = HTML.empty
        for column in columns {
            switch column {
            case .text(let name): head += "<th scope=\"col\">\(name)</th>"
            case .number(let name): head += "<th scope=\"col\" class=\"n\">\(name)</th>"
            }
        }
        var body = HTML.empty
        for row in rows {
            body += "<tr>"
            for (column, cell) in zip(columns, row).enumerated() {
                let isNumber = if case .number = cell.0 { true } else { false }
                let mark: HTML = isNumber ? " class=\"n\"" : ""
                body +=
                    column == 0
                    ? "<th scope=\"row\"\(mark)>\(cell.1)</th>" : "<td\(mark)>\(cell.1)</td>"
            }
            body += "</tr>\n"
        }
        if rows.isEmpty { body = "<tr><td colspan=\"\(columns.count)\">None.</td></tr>\n" }
        return """
            <div class="scroll" role="group" aria-label="Table" tabindex="0">
            <table><caption>\(caption)</caption>
            <thead><tr>\(head)</tr></thead><tbody>
            \(body)</tbody></table></div>

            """
    }
}
