import Ledger

/// How much a page of a list may cost.
package struct ListSteps: Sendable {
    /// Looks into an index or at a leaf.
    package var count: Int

    package init(_ count: Int) { self.count = count }

    /// Of a page. A look takes a few microseconds.
    package static let page = ListSteps(5_000)
    /// Of a count.
    package static let counting = ListSteps(10_000)
}

/// Numbers of items in their order, of which the next one is looked up.
struct ItemRun {
    /// The first item at or after a number, or where the list descends at or before it.
    let seek: (UInt64) throws -> UInt64?
}

/// Finds the items that are in several runs at once: each look jumps over whatever one of them does
/// not have, so that the rarest one decides what a page costs.
struct ListSearch {
    let runs: [ItemRun]
    let isDescending: Bool
    var steps: ListSteps

    private enum Step {
        case item(UInt64)
        case end
        /// There was no step left.
        case pause(UInt64)
    }

    /// A page of a list.
    ///
    /// - Parameters:
    ///   - position: behind which the list goes on; nil for its beginning.
    ///   - record: the item of a number; nil for one that is not wanted after all.
    mutating func page<Record: Sendable>(
        behind position: UInt64?, limit: Int, _ record: (UInt64) throws -> Record?
    ) throws -> ListPage<Record, UInt64> {
        var found: [(number: UInt64, record: Record)] = []
        var start = isDescending ? maximumRow : 0
        if let position {
            guard let next = number(behind: position) else { return ListPage(items: [], next: nil) }
            start = isDescending ? min(next, maximumRow) : next
        }
        let origin = start
        while true {
            switch try step(from: start, origin: origin) {
            case .end: return ListPage(items: found.map(\.record), next: nil)
            case .pause(let number):
                // The item itself was not looked at.
                let behind = isDescending ? number &+ 1 : max(number, 1) - 1
                return ListPage(items: found.map(\.record), next: behind)
            case .item(let number):
                steps.count -= 1
                if let record = try record(number) {
                    if found.count == limit {
                        return ListPage(items: found.map(\.record), next: found.last?.number)
                    }
                    found.append((number, record))
                }
                guard let next = self.number(behind: number) else {
                    return ListPage(items: found.map(\.record), next: nil)
                }
                start = next
            }
        }
    }

    private func number(behind number: UInt64) -> UInt64? {
        if isDescending { return number == 0 ? nil : number - 1 }
        return number >= maximumRow ? nil : number + 1
    }

    /// The first item at or behind a number that all runs have.
    ///
    /// - Parameter origin: where the page began.
    private mutating func step(from start: UInt64, origin: UInt64) throws -> Step {
        var candidate = start
        var agreed = 0
        var index = 0
        while true {
            // A page gets on at least by one item, or it would never end.
            guard steps.count > 0 || candidate == origin else { return .pause(candidate) }
            steps.count -= 1
            guard let item = try runs[index].seek(candidate) else { return .end }
            agreed = item == candidate ? agreed + 1 : 1
            candidate = item
            if agreed >= runs.count { return .item(item) }
            index = (index + 1) % runs.count
        }
    }
}

extension ChainAccess {
    /// The items with a value of a facet.
    func run(_ facet: Facet, _ value: Int64, descending: Bool = false) throws -> ItemRun {
        let statement = try direct(descending ? .postingBefore : .postingAfter)
        return ItemRun { number in
            statement.bind(1, facet.rawValue)
            statement.bind(2, value)
            statement.bind(3, number)
            return try statement.first { $0.number(0) }
        }
    }

    func run(_ facet: Facet, _ value: UInt64, descending: Bool = false) throws -> ItemRun {
        try run(facet, Int64(bitPattern: value), descending: descending)
    }

    func run(_ facet: Facet, case number: Int, descending: Bool = false) throws -> ItemRun {
        try run(facet, Int64(number), descending: descending)
    }

    /// All numbers from one to another, which is not there any more.
    func run(from first: UInt64, to end: UInt64) -> ItemRun {
        ItemRun { number in
            let next = max(number, first)
            return next < end ? next : nil
        }
    }

    /// The entries that are here, from the last one.
    func entryRun() throws -> ItemRun {
        let statement = try direct(.entryBefore)
        return ItemRun { number in
            statement.bind(1, number)
            return try statement.first { $0.number(0) }
        }
    }

    /// The leaves of a kind with one word of id, from the last one.
    func leafRun(_ kind: StateKind) -> ItemRun {
        ItemRun { number in
            try last(atOrBefore: StateKey(kind, number), downTo: StateKey(kind, 0))?.key.word0
        }
    }

    /// What an account has, by a statement whose first two parameters are the account and a number.
    func run(_ sql: ListSQL, of account: UInt64) throws -> ItemRun {
        let statement = try direct(sql)
        return ItemRun { number in
            statement.bind(1, account)
            statement.bind(2, number)
            return try statement.first { $0.number(0) }
        }
    }
}
