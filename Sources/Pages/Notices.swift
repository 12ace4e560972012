import HTTPTypes
import Ledger
import Primitives

/// Pages that say in plain words why there is nothing else to show.
enum Notices {
    /// No such thing.
    ///
    /// - Parameters:
    ///   - thing: what was asked for, to begin a sentence: `Device D9`.
    ///   - hint: what may help.
    static func notFound(_ thing: String, hint: HTML = .empty) -> Page {
        Page(
            title: "Not found", heading: "Not found",
            body: """
                <p>\(thing) is not on this ledger, as far as this node knows.</p>
                \(hint)\(help)
                """, status: .notFound)
    }

    /// What happened before the node's own history.
    static func notHeld(_ thing: String, after base: FinalHeader) -> Page {
        Page(
            title: "Not held here", heading: "This node does not hold it",
            body: """
                <p>\(thing) lies before the history that this node holds.</p>
                \(HTML.history(after: base))
                """, status: .notFound)
    }

    /// What was written is no id of the kind that belongs there.
    static func notAnID(_ text: String, wanted: String) -> Page {
        Page(
            title: "Not an id", heading: "That is not an id",
            body: """
                <p>“\(user: shortened(text))” is not \(wanted).</p>
                \(help)
                """, status: .badRequest)
    }

    /// A filter that cannot be read.
    static func badFilter(_ problem: BadFilter) -> Page {
        Page(
            title: "Not a filter", heading: "That cannot be looked for",
            body: """
                <p>\(problem.name): “\(user: shortened(problem.text))” is not
                \(problem.wanted).</p>
                <p>\(HTML.link(problem.list, "Show the whole list"))</p>

                """, status: .badRequest)
    }

    /// A filter that a list does not have.
    static func unknownFilter(_ problem: UnknownFilter) -> Page {
        Page(
            title: "No such filter", heading: "The list has no such filter",
            body: """
                <p>It cannot be filtered by “\(user: shortened(problem.name))”.</p>
                <p>\(HTML.link(problem.list, "Show the whole list"))</p>

                """, status: .badRequest)
    }

    /// D-RECs that exist, in more lots than one page shows.
    static func tooWide(_ error: RangeTooWideError) -> Page {
        let project = error.range.series.project
        return Page(
            title: "Too wide", heading: "That range is too wide",
            body: """
                <p>\(error.range.description) exists and lies in more than \(error.lots) lots. Ask \
                for a smaller range, or see \(HTML.link("/lots", "the list of lots")) and \
                \(HTML.link(project)).</p>
                \(help)
                """, status: .badRequest)
    }

    /// The network has not come so far yet.
    static func notYet(_ thing: String, height: Height) -> Page {
        Page(
            title: "Not yet", heading: "Not yet",
            body: """
                <p>\(thing) does not exist yet. The newest final block is
                \(HTML.link(height: height)).</p>
                """, status: .notFound)
    }

    /// Received, not final.
    static func pending(_ id: Digest) -> Page {
        Page(
            title: "Pending transaction",
            heading: "Transaction \(HTML.badge("Pending", .waiting))",
            body: """
                <p class="lead">The network has received this transaction and has not yet made it
                final. Until then it has no effect.</p>
                \(HTML.facts([("Id", .code(id.hex))]))
                <p><a href="/transactions/\(id.hex)">Look again</a></p>

                """, json: "/v1/transactions/\(id.hex)")
    }

    /// Refused by the rules, as long as this node remembers.
    static func refused(_ id: Digest, _ refusal: Refusal) -> Page {
        Page(
            title: "Refused transaction",
            heading: "Transaction \(HTML.badge("Refused", .bad))",
            body: """
                <p class="lead">\(refusal.code.sentence) \(refusal.detail)</p>
                \(HTML.facts([
                    ("Id", .code(id.hex)),
                    ("Refusal", "\(String(refusal.code.rawValue)), \(refusal.code.name)"),
                    ("Field", refusal.field.isEmpty ? .empty : .code(refusal.field)),
                ]))
                <p>It has no effect. This node remembers the reason for a while only.</p>

                """, json: "/v1/transactions/\(id.hex)")
    }

    /// The node cannot answer now.
    static let unavailable = Page(
        title: "Busy", heading: "This node cannot answer now",
        body: "<p>It has too much to do, or is stopping. Try again in a few seconds.</p>\n",
        status: .serviceUnavailable)

    /// No such page.
    static let noSuchPage = Page(
        title: "No such page", heading: "No such page",
        body: "<p>Nothing lives at this address.</p>\n\(help)", status: .notFound)

    /// An address that is there, with a method that is not.
    static let onlyReading = Page(
        title: "Only reading", heading: "This address can only be read",
        body: "<p>Nothing is written here. Open the address in a browser to see the page.</p>\n",
        status: .methodNotAllowed)

    /// The search box, empty.
    static let search = Page(title: "Search", heading: "Search", body: help)

    private static func shortened(_ text: String) -> String {
        text.count > 100 ? String(text.prefix(100)) + "…" : text
    }

    /// How ids look.
    static let help: HTML = """
        <h2>What the search box takes</h2>
        <ul>
        <li><code>DREC101-2021-42</code> or <code>DREC101-2021-42..99</code>: D-RECs of project
        101, generated in 2021</li>
        <li><code>D5</code> a device, <code>A1</code> an account, <code>P101</code> a project</li>
        <li><code>#12</code> an entry of the log, <code>7</code> a block</li>
        <li>64 hexadecimal digits: a transaction’s id, a block’s hash, a public key, or the hash of
        the owner’s id of a device</li>
        <li><code>did:drec:…</code> a device of this network</li>
        </ul>

        """
}
