import Ledger
import Primitives
import Wire

extension HTML {
    /// What a page of history says on a node that does not hold all of it; nothing on others.
    static func history(after base: FinalHeader?) -> HTML {
        guard let base else { return .empty }
        return """
            <p class="note">History before block \(grouped: base.header.height &+ 1), \
            \(time(base.time)), is not held by this node. It began with the state after the block \
            before, proved by the votes of the network’s authorities.</p>

            """
    }
}
