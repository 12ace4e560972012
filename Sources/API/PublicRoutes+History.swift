import Gateway
import Hummingbird
import Ledger
import Primitives
import Wire

/// Where something would be in the history, if it is there.
enum PlaceInHistory: Sendable {
    case block(Height)
    case entry(LogIndex)
    /// An address that does not tell, such as a hash.
    case anywhere
    /// In the state, of which every node holds all.
    case nowhere

    init(_ identifier: Identifier) {
        self =
            switch identifier {
            case .block(let height): .block(height)
            case .logEntry(let index): .entry(index)
            case .digest: .anywhere
            default: .nowhere
            }
    }
}

extension PublicRoutes {
    /// The block after which the node's own history begins, if it does not hold all of it.
    var base: FinalHeader? {
        get async { (try? await gateway.status())?.base }
    }

    /// Why something is not found: there is no such thing, or it lies before the history that this
    /// node holds, or nobody can tell which.
    func missing(_ thing: String, _ id: String, at place: PlaceInHistory) async -> Problem {
        let unknown = Problem.unknown(thing, id)
        guard let base = await base else { return unknown }
        switch place {
        case .block(let height):
            guard height > Height(0), height <= base.height else { return unknown }
        case .entry(let index):
            guard index.rawValue < base.header.logSize else { return unknown }
        case .anywhere: return .unknownHere(thing, id, base)
        case .nowhere: return unknown
        }
        return .notHeld(thing, id, base)
    }
}

extension Problem {
    /// History from before the node's own.
    static func notHeld(_ thing: String, _ id: String, _ base: FinalHeader) -> Problem {
        Problem(
            status: .notFound, code: "notHeld", title: "This node does not hold it.",
            detail: "The \(thing) \(id) lies before the history of this node. "
                + history(base), members: ["history": .history(after: base)])
    }

    /// What is not among the history that the node holds.
    static func unknownHere(_ thing: String, _ id: String, _ base: FinalHeader) -> Problem {
        Problem(
            status: .notFound, code: "unknown", title: "This node does not know it.",
            detail: "This node holds no \(thing) \(id). " + history(base),
            members: ["history": .history(after: base)])
    }

    private static func history(_ base: FinalHeader) -> String {
        "History up to block \(base.height), which ends before entry "
            + "\(LogIndex(base.header.logSize)), is not held by this node."
    }
}
