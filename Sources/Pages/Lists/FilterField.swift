/// A field of a list's form: a plain control with its label, and what was asked for.
struct FilterField {
    enum Control {
        /// The values with their names.
        case choice([(value: String, label: String)])
        case country
        case year
        case month
        case account
        case text
    }

    /// The parameter.
    let name: String
    let label: String
    let control: Control
    /// As it was asked for; empty where it was not.
    let text: String

    /// As the list's JSON takes it.
    var value: String {
        switch control {
        case .country, .account: text.uppercased()
        default: text
        }
    }

    /// As the list's verb takes it on the command line.
    var option: String {
        let word =
            switch control {
            case .choice: FilterField.hyphenated(text)
            case .text: "'" + text.replacing("'", with: "'\\''") + "'"
            default: value
            }
        return "--\(FilterField.hyphenated(name)) \(word)"
    }

    /// Names of JSON as the command line writes them: `offTaker` is `off-taker`.
    private static func hyphenated(_ name: String) -> String {
        name.reduce(into: "") { text, letter in
            text += letter.isUppercase ? "-" + letter.lowercased() : String(letter)
        }
    }

    var html: HTML {
        """
        <div><label for="f-\(name)">\(label)</label>\(input)</div>

        """
    }

    private var input: HTML {
        switch control {
        case .choice(let options): select(options)
        case .country:
            """
            <input id="f-\(name)" name="\(name)" value="\(text)" maxlength="3" size="5" \
            pattern="[A-Za-z]{3}" placeholder="KEN" title="A country’s three letters" \
            autocomplete="off" spellcheck="false">
            """
        case .year:
            """
            <input id="f-\(name)" name="\(name)" value="\(text)" maxlength="4" size="6" \
            pattern="[0-9]{4}" placeholder="2021" title="A year" inputmode="numeric" \
            autocomplete="off">
            """
        case .month:
            """
            <input id="f-\(name)" name="\(name)" value="\(text)" maxlength="7" size="9" \
            pattern="[0-9]{4}-[0-9]{2}" placeholder="2021-11" title="A year and a month" \
            autocomplete="off">
            """
        case .account:
            """
            <input id="f-\(name)" name="\(name)" value="\(text)" maxlength="21" size="6" \
            pattern="[Aa][0-9]+" placeholder="A17" title="An account’s id" autocomplete="off" \
            spellcheck="false">
            """
        case .text:
            """
            <input id="f-\(name)" name="\(name)" value="\(text)" maxlength="200" size="20" \
            autocomplete="off">
            """
        }
    }

    private func select(_ options: [(value: String, label: String)]) -> HTML {
        let all: HTML = "<option value=\"\">Any</option>"
        let rest = options.map { option -> HTML in
            let mark: HTML = option.value == text ? " selected" : ""
            return "<option value=\"\(option.value)\"\(mark)>\(option.label)</option>"
        }
        return "<select id=\"f-\(name)\" name=\"\(name)\">\(all)\(rest)</select>"
    }
}

/// A filter that cannot be read.
struct BadFilter: Error {
    /// Its label.
    let name: String
    let text: String
    /// What would be right, with its article.
    let wanted: String
    /// The list's path.
    let list: String
}

/// A parameter that a list does not have.
struct UnknownFilter: Error {
    let name: String
    /// The list's path.
    let list: String
}
