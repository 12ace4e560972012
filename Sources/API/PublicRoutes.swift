import Gateway
import Hummingbird
import Primitives

/// The routes that anyone may read: everything that is on the chain under `/v1`, the log for tools
/// under `/log`.
///
/// Nothing here can write: routes are added with `GET` only.
struct PublicRoutes: Sendable {
    let gateway: any LedgerGateway
    let events: EventFeed

    func add(to table: inout RouteTable) {
        addChain(to: &table)
        addStatistics(to: &table)
        addAccounts(to: &table)
        addDevices(to: &table)
        addDRECs(to: &table)
        addProofs(to: &table)
        addGovernance(to: &table)
        addAuthorities(to: &table)
        addLog(to: &table)
        addEvents(to: &table)
    }

    /// Adds a read route whose answer bears an entity tag and a lifetime.
    ///
    /// - Parameter names: the query parameters that it takes.
    func read(
        _ path: String, taking names: Set<String> = [], in table: inout RouteTable,
        _ make: @escaping @Sendable (AskedAddress) async throws -> Answer
    ) {
        table.take(names, at: path)
        table.get(path) { request, context in
            let asked = try AskedAddress(request, context, taking: names)
            return try await make(asked).response(to: request)
        }
    }
}
