import Ledger
import Primitives

/// What the nodes of a lineage are called, in pictures and in tables.
struct LineageWords {
    /// Legal names of the accounts, where they have one.
    let names: [AccountID: String]
    /// Names that more than one account has.
    private let shared: Set<String>

    init(names: [AccountID: String]) {
        self.names = names
        shared = Set(Dictionary(grouping: names.values) { $0 }.filter { $1.count > 1 }.keys)
    }

    /// What a column is about.
    func heading(_ column: Int, of graph: LineageGraph) -> String {
        switch column {
        case 0: "Devices"
        case 1: "Minted by"
        case graph.columnCount - 1: "Now"
        default: column == 2 ? "Traded to" : "Then to"
        }
    }

    func label(_ node: LineageGraph.Node) -> String {
        switch node.stop {
        case .device(let id): id.description
        case .untoldDevice: "Not told here"
        case .mint(let entry, let owner): "\(entry) for \(name(owner))"
        case .untoldMint: "Not told here"
        case .trade(let entry, let owner): "\(name(owner)), \(entry)"
        case .furtherTrades: further(node)
        case .now(let status, let owner, _): "\(word(status)): \(name(owner))"
        case nil: further(node)
        }
    }

    /// With the energy; where a line has too few letters the name is cut, and the energy never.
    func label(_ node: LineageGraph.Node, energyIn letters: Int) -> String {
        let name = label(node)
        let energy = Words.energy(node.energy)
        let room = letters - energy.count - 3
        guard room > 4 || TextWidth.of(name) <= room * TextWidth.letter else { return energy }
        return "\(TextWidth.cut(name, toLetters: room)) · \(energy)"
    }

    /// With links, for tables.
    func name(_ node: LineageGraph.Node) -> HTML {
        switch node.stop {
        case .device(let id): "Device \(HTML.link(id))"
        case .untoldDevice: "Devices that are not told here"
        case .mint(let entry, let owner): "Mint \(HTML.link(entry: entry)) for \(link(owner))"
        case .untoldMint: "Mints that are not told here"
        case .trade(let entry, let owner): "Trade \(HTML.link(entry: entry)) to \(link(owner))"
        case .furtherTrades, nil: HTML(further(node))
        case .now(.held, let owner, _): "Held by \(link(owner))"
        case .now(.redeemed, let owner, let entry):
            "Redeemed by \(link(owner))\(spent(entry, isStatement: true))"
        case .now(.retired, let owner, let entry):
            "Retired by \(link(owner))\(spent(entry, isStatement: false))"
        }
    }

    private func spent(_ entry: LogIndex?, isStatement: Bool) -> HTML {
        guard let entry else { return .empty }
        let path = isStatement ? "/redemptions/\(entry.rawValue)" : "/entries/\(entry.rawValue)"
        return ", \(HTML.link(path, HTML(entry.description)))"
    }

    private func further(_ node: LineageGraph.Node) -> String {
        let count = UInt64(node.count)
        return switch node.column {
        case 0: "and \(Words.count(count, "more device", "more devices"))"
        case 1: "and \(Words.count(count, "more mint", "more mints"))"
        default:
            node.stop == .furtherTrades
                ? Words.count(count, "trade between", "trades between")
                : "and \(Words.grouped(count)) more"
        }
    }

    private func word(_ status: LineageStop.LotStatus) -> String {
        switch status {
        case .held: "Held"
        case .redeemed: "Redeemed"
        case .retired: "Retired"
        }
    }

    /// With the id where another account of the lineage has the same name.
    private func name(_ account: AccountID) -> String {
        guard let name = names[account], !name.isEmpty else { return account.description }
        return shared.contains(name) ? "\(account) \(name)" : name
    }

    private func link(_ account: AccountID) -> HTML {
        guard let name = names[account], !name.isEmpty else {
            return HTML.link("/accounts/\(account)", HTML(account.description))
        }
        return
            "<a href=\"/accounts/\(account.description)\">\(user: name)</a> \(account.description)"
    }
}
