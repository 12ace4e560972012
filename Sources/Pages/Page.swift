import HTTPTypes
import Primitives

/// One page before it is written out.
struct Page: Sendable {
    /// Plain text for the window's title.
    let title: String
    /// The one first-level heading.
    let heading: HTML
    /// Everything below the heading.
    let body: HTML
    /// The path of the same facts as JSON, or nil.
    var json: String?
    /// Its own path, where other members have the same page.
    var path: String?
    /// Commands that tell the same, without the option of the node to ask. Those of operators take
    /// their node from the environment, as they do elsewhere.
    var commands: [String] = []
    var status: HTTPResponse.Status = .ok
    /// How long the page may be kept.
    var lifetime = Lifetime.live

    /// How long a page's facts hold.
    enum Lifetime: String, Sendable {
        /// Named by a hash: kept for a day. Its facts never change, but the way they are shown may,
        /// with the node's next version.
        case final = "public, max-age=86400, immutable"
        /// Named by a number: final too, but another network may be founded at the same address.
        case numbered = "public, no-cache"
        case live = "public, max-age=2"
    }

    /// The whole document.
    ///
    /// It says nothing about the node's state or the moment: a final page is the same bytes every
    /// time.
    ///
    /// - Parameters:
    ///   - site: where other members' pages are.
    ///   - own: where this node's pages are, as far as it is known.
    func document(network: String, site: PublicSite, own: WebAddress?) -> HTML {
        let alternate: HTML =
            json.map {
                "<link rel=\"alternate\" type=\"application/json\" href=\"\($0)\">\n"
            } ?? .empty
        let data: HTML = json.map { "<p><a href=\"\($0)\">This page as JSON</a></p>\n" } ?? .empty
        return """
            <!DOCTYPE html>
            <html lang="en" dir="ltr">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>\(title) – D-REC explorer</title>
            <link rel="stylesheet" href="\(Stylesheet.path)">
            <link rel="icon" href="data:,">
            \(alternate)</head>
            <body>
            <a class="skip" href="#main">Skip to the content</a>
            <header>
            <p class="brand"><a href="/">D-REC explorer</a> <span>\(user: network)</span></p>
            <form action="/search" method="get" role="search">
            <label for="q">Any id</label>
            <input id="q" name="q" type="search" maxlength="200" autocomplete="off"
            placeholder="DREC101-2021-42" spellcheck="false">
            <button type="submit">Find</button>
            </form>
            <nav aria-label="Lists"><ul>\(Page.navigation)</ul></nav>
            </header>
            <main id="main" tabindex="-1">
            <h1>\(heading)</h1>
            \(body)</main>
            <footer>
            \(data)\(equals(own))\(elsewhere(site, own))\
            <p>A D-REC is 1 kWh of solar energy. Times are UTC. What a page says is what this node
            knows.</p>
            </footer>
            \(PageScript.element)</body>
            </html>

            """
    }

    /// The commands that tell the same.
    private func equals(_ own: WebAddress?) -> HTML {
        guard !commands.isEmpty else { return .empty }
        let node = own.map { " --public \($0.text)" } ?? ""
        let shown = commands.map { command -> HTML in
            let asksNobody = command.hasPrefix("drec verify") || command.hasPrefix("drec node")
            return HTML.code(asksNobody ? command : command + node)
        }
        return """
            <p class="screen">The same on a command line: \(shown.joined(by: ", then "))</p>

            """
    }

    /// The same page at other members.
    private func elsewhere(_ site: PublicSite, _ own: WebAddress?) -> HTML {
        let others = site.others(than: own)
        guard let path, !others.isEmpty else { return .empty }
        let links = others.map { other -> HTML in
            "<a href=\"\(other.address.text)\(path)\">\(user: other.name)</a>"
        }
        return """
            <p class="screen">Check at another member: \(links.joined(by: ", "))</p>

            """
    }

    private static let navigation: [HTML] = [
        "<li><a href=\"/projects\">Projects</a></li>",
        "<li><a href=\"/devices\">Devices</a></li>",
        "<li><a href=\"/accounts\">Accounts</a></li>",
        "<li><a href=\"/lots\">D-RECs</a></li>",
        "<li><a href=\"/redemptions\">Redemptions</a></li>",
        "<li><a href=\"/retirements\">Retirements</a></li>",
        "<li><a href=\"/transactions\">Transactions</a></li>",
        "<li><a href=\"/blocks\">Blocks</a></li>",
        "<li><a href=\"/network\">Network</a></li>",
        "<li><a href=\"/verify\">Verify</a></li>",
    ]
}
