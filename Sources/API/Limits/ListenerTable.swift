import Synchronization

/// How many answers without an end each client of a port takes at once, so that one client cannot
/// take the places of all.
final class ListenerTable: Sendable {
    private let limit: Int
    private let counts = Mutex<[ClientAddress: Int]>([:])

    init(limit: Int) { self.limit = limit }

    /// One of a client's places, for as long as it is held.
    final class Place: Sendable {
        private let table: ListenerTable
        private let client: ClientAddress

        fileprivate init(_ table: ListenerTable, _ client: ClientAddress) {
            self.table = table
            self.client = client
        }

        deinit {
            table.counts.withLock { counts in
                let held = counts[client] ?? 0
                counts[client] = held > 1 ? held - 1 : nil
            }
        }
    }

    /// Nil where the client has as many as it may.
    func place(for client: ClientAddress) -> Place? {
        let isFree = counts.withLock { counts in
            let held = counts[client] ?? 0
            guard held < limit else { return false }
            counts[client] = held + 1
            return true
        }
        return isFree ? Place(self, client) : nil
    }
}
