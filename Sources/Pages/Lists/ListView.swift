import Foundation
import Ledger
import Primitives
import SwiftProtobuf
import Wire

/// A page of a list while it is put together: its filters as they are read, then its parts.
///
/// A filter that is read is also a field of the form, so that none can be left out of either.
struct ListView {
    private let asked: PageRequest
    private let path: String
    private let title: String
    private let nouns: (one: String, many: String)
    var heading: HTML
    /// What has to be known to read the list.
    var note = HTML.empty
    /// What is said behind the last page.
    var end = HTML.empty
    /// The verb that tells the same, with the same filters.
    var verb = ""
    private var fields: [FilterField] = []
    private var positions: Set<String> = []
    /// Whether this is not the first page.
    private(set) var isLater = false

    init(_ asked: PageRequest, _ path: String, _ title: String, one: String, many: String) {
        self.asked = asked
        self.path = path
        self.title = title
        nouns = (one, many)
        heading = HTML(title)
    }

    // MARK: Filters

    /// Reads a filter, nil where it is not set.
    private mutating func field<Value>(
        _ name: String, _ label: String, _ control: FilterField.Control, wanted: String,
        _ read: (String) -> Value?
    ) throws -> Value? {
        let text = asked.parameter(name)
        fields.append(FilterField(name: name, label: label, control: control, text: text ?? ""))
        guard let text else { return nil }
        guard let value = read(text) else {
            throw BadFilter(name: label, text: text, wanted: wanted, list: path)
        }
        return value
    }

    mutating func choice<Value>(
        _ name: String, _ label: String, _ values: [(text: String, value: Value)],
        _ word: (Value) -> String
    ) throws -> Value? {
        let options = values.map { (value: $0.text, label: word($0.value)) }
        return try field(name, label, .choice(options), wanted: "one of its values") { text in
            values.first { $0.text == text }?.value
        }
    }

    /// A case of an enumeration, by the name that it has in JSON too.
    mutating func choice<Value: SwiftProtobuf.Enum & CaseIterable>(
        _ name: String, _ label: String, _ type: Value.Type, _ word: (Value) -> String
    ) throws -> Value? {
        let values = type.allCases.filter { $0.rawValue != 0 }.map { ("\($0)", $0) }
        return try choice(name, label, values, word)
    }

    mutating func country(_ name: String, _ label: String) throws -> CountryCode? {
        try field(name, label, .country, wanted: "a country’s three letters, such as KEN") {
            CountryCode($0.uppercased())
        }
    }

    mutating func year(_ name: String, _ label: String) throws -> UInt32? {
        try field(name, label, .year, wanted: "a year from 1970 on") { text in
            UInt64(decimal: text).flatMap { (1_970...9_999).contains($0) ? UInt32($0) : nil }
        }
    }

    mutating func month(_ name: String, _ label: String) throws -> CivilMonth? {
        try field(name, label, .month, wanted: "a month, such as 2021-11") { text in
            let parts = text.split(separator: "-", omittingEmptySubsequences: false)
            guard parts.count == 2, parts[0].count == 4, parts[1].count == 2,
                let day = Int(parts[0]).flatMap({ year in
                    Int(parts[1]).flatMap { CivilDay(year: year, month: $0, day: 1) }
                })
            else { return nil }
            return CivilMonth(day.start)
        }
    }

    mutating func account(_ name: String, _ label: String) throws -> AccountID? {
        try field(name, label, .account, wanted: "an account’s id, such as A1") { text in
            if case .account(let id) = Identifier(text) { id } else { nil }
        }
    }

    mutating func text(_ name: String, _ label: String) throws -> String? {
        try field(name, label, .text, wanted: "a text of at most 200 bytes") { text in
            text.utf8.count <= LedgerLimits.nameBytes ? text : nil
        }
    }

    // MARK: Where the page is

    mutating func number(_ name: String) throws -> UInt64? {
        try position(name, "a number") { UInt64(decimal: $0) }
    }

    mutating func position<Position>(
        _ name: String, _ wanted: String, _ read: (String) -> Position?
    ) throws -> Position? {
        positions.insert(name)
        try asked.refuseOthers(than: positions.union(fields.map(\.name)), of: path)
        guard let text = asked.parameter(name) else { return nil }
        guard let position = read(text) else {
            throw BadFilter(name: name, text: text, wanted: wanted, list: path)
        }
        isLater = true
        return position
    }

    // MARK: The page

    /// - Parameters:
    ///   - count: nil where nothing was counted.
    ///   - next: the parameter of the next page's place, and its text.
    func page<Item, Position, Text: CustomStringConvertible>(
        _ table: HTML, _ found: ListPage<Item, Position>, count: ListCount?,
        next: (name: String, text: (Position) -> Text)
    ) -> Page {
        let isEmpty = found.items.isEmpty && found.next == nil
        let rest = found.next.map { more($0, next, isEmpty: found.items.isEmpty) } ?? end
        return Page(
            title: title, heading: heading,
            body: """
                \(note.isEmpty ? .empty : "<p>\(note)</p>\n")\(form)\
                \(count.map { counted($0) } ?? .empty)\
                \(isEmpty ? nothing : table)\(rest)\(isEmpty ? .empty : download)
                """,
            json: address("/v1" + path, filters), path: address(path, filters + place),
            commands: [command])
    }

    /// The verb with the filters that are set.
    private var command: String {
        let set = fields.filter { !$0.text.isEmpty }
        return ([verb] + set.map(\.option)).joined(separator: " ")
    }

    /// Where in the list the page is.
    private var place: [(name: String, value: String)] {
        positions.sorted().compactMap { name in asked.parameter(name).map { (name, $0) } }
    }

    /// The filters that are set, as JSON has them.
    private var filters: [(name: String, value: String)] {
        fields.filter { !$0.text.isEmpty }.map { ($0.name, $0.value) }
    }

    private var form: HTML {
        guard !fields.isEmpty else { return .empty }
        let clear: HTML =
            filters.isEmpty ? .empty : " <a href=\"\(path)\">Show all</a>"
        return """
            <form class="filter screen" action="\(path)" method="get" aria-label="Filter">
            \(fields.map(\.html))<div><button type="submit">Filter</button>\(clear)</div>
            </form>

            """
    }

    private func counted(_ count: ListCount) -> HTML {
        let noun = count.number == 1 ? nouns.one : nouns.many
        let number = Words.grouped(count.number)
        let limit = UInt64(ListPages.countLimit)
        let text =
            count.isExact
            ? "\(number) \(noun)"
            : count.number >= limit ? "More than \(number) \(noun)" : "At least \(number) \(noun)"
        return "<p class=\"count\">\(text)\(filters.isEmpty ? "" : " with these filters").</p>\n"
    }

    private var nothing: HTML {
        let isFiltered = !filters.isEmpty
        let text: HTML =
            isLater
            ? "The list ends here. <a href=\"\(address(path, filters))\">Back to its beginning</a>"
            : isFiltered
                ? "No \(nouns.many) are like that. <a href=\"\(path)\">Show all</a>"
                : "There are no \(nouns.many) yet."
        return "<p class=\"empty\">\(text)</p>\n"
    }

    private func more<Position, Text: CustomStringConvertible>(
        _ position: Position, _ next: (name: String, text: (Position) -> Text), isEmpty: Bool
    ) -> HTML {
        let target = address(
            path, filters + [(next.name, next.text(position).description)])
        let hint: HTML =
            isEmpty ? "<p>Nothing so far: what is wanted is rare. The list goes on.</p>\n" : .empty
        return """
            \(hint)<p class="next screen"><a rel="next" href="\(target)">Next page</a></p>

            """
    }

    private var download: HTML {
        let csv = address("/v1" + path, filters + [("format", "csv")])
        return """
            <p class="screen"><a href="\(csv)" download>All of this list as CSV</a></p>

            """
    }

    private func address(_ path: String, _ pairs: [(name: String, value: String)]) -> String {
        guard !pairs.isEmpty else { return path }
        return path + "?"
            + pairs.map { name, value in
                let text = value.addingPercentEncoding(withAllowedCharacters: .alphanumerics)
                return "\(name)=\(text ?? "")"
            }.joined(separator: "&")
    }
}
