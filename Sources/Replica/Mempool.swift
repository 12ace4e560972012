import Ledger
import Primitives

/// Transactions that wait for a block, in the order of their arrival; bounded by count and bytes.
struct Mempool: Sendable {
    struct Entry {
        let transaction: CheckedTransaction
        /// A client of this node waits for the answer; the others are sent it too.
        var isOwn: Bool
    }

    let countLimit: Int
    let byteLimit: Int
    private(set) var byteCount = 0
    /// By arrival; nil where one has left.
    private var queue: [Entry?] = []
    /// Nothing is left in the queue before this place.
    private var start = 0
    private var places: [Digest: Int] = [:]
    private(set) var ownCount = 0

    init(countLimit: Int, byteLimit: Int) {
        self.countLimit = countLimit
        self.byteLimit = byteLimit
    }

    var count: Int { places.count }
    var isEmpty: Bool { places.isEmpty }
    func contains(_ id: Digest) -> Bool { places[id] != nil }

    /// In the order of arrival.
    var entries: some Sequence<Entry> { queue[start...].lazy.compactMap(\.self) }

    subscript(id: Digest) -> Entry? { places[id].flatMap { queue[$0] } }

    var first: Entry? { entries.first { _ in true } }

    /// Whether there was room.
    mutating func insert(_ transaction: CheckedTransaction, isOwn: Bool) -> Bool {
        let size = transaction.transaction.bytes.count
        guard places[transaction.id] == nil, count < countLimit, byteCount + size <= byteLimit
        else { return false }
        places[transaction.id] = queue.count
        queue.append(Entry(transaction: transaction, isOwn: isOwn))
        byteCount += size
        if isOwn { ownCount += 1 }
        return true
    }

    /// A client of this node waits for it, too.
    mutating func markOwn(_ id: Digest) {
        guard let place = places[id], queue[place]?.isOwn == false else { return }
        queue[place]?.isOwn = true
        ownCount += 1
    }

    @discardableResult
    mutating func remove(_ id: Digest) -> Entry? {
        guard let place = places.removeValue(forKey: id), let entry = queue[place] else {
            return nil
        }
        queue[place] = nil
        byteCount -= entry.transaction.transaction.bytes.count
        if entry.isOwn { ownCount -= 1 }
        while start < queue.count, queue[start] == nil { start += 1 }
        if queue.count > 2 * places.count + 64 { compact() }
        return entry
    }

    private mutating func compact() {
        queue.removeAll { $0 == nil }
        start = 0
        for (place, entry) in queue.enumerated() {
            if let entry { places[entry.transaction.id] = place }
        }
    }
}
