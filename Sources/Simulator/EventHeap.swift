import Consensus
import Foundation

/// What may happen to a node, or to the whole network.
enum Happening {
    case message(Data, from: Int)
    /// A transaction that a peer passes on.
    case forwarded(Data)
    case timer(Int)
    case restart
    /// A link came up.
    case connected(Int)
    case disconnected(Int)
    /// Clients hand something in.
    case clientTurn
    /// Those who change the authorities look at what is final.
    case governorTurn
    /// Something breaks.
    case hazard
    /// A hazard's end.
    case relief(Relief)
}

/// What ends when a hazard ends.
enum Relief {
    case cut(from: Int, to: Int)
    /// The next turn of a link that comes and goes, and how many are left.
    case flap(Int, Int, left: Int)
    case clock(Int)
    case disk(Int)
    case crash(Int, left: Int)
}

/// Happenings in the order of their time, and of their making where that is the same.
struct EventHeap {
    struct Entry {
        var time: UInt64
        let order: UInt64
        let node: Int
        /// The node's life that it is meant for; later ones do not see it. Nil for any.
        let life: Int?
        let happening: Happening
    }

    private var entries: [Entry] = []

    var count: Int { entries.count }

    mutating func insert(_ entry: Entry) {
        entries.append(entry)
        var place = entries.count - 1
        while place > 0 {
            let parent = (place - 1) / 2
            guard precedes(place, parent) else { return }
            entries.swapAt(place, parent)
            place = parent
        }
    }

    /// The next one, if it happens no later than a moment.
    mutating func popFirst(through end: UInt64) -> Entry? {
        guard let first = entries.first, first.time <= end else { return nil }
        let last = entries.removeLast()
        guard !entries.isEmpty else { return first }
        entries[0] = last
        var place = 0
        while true {
            var least = place
            for child in [2 * place + 1, 2 * place + 2]
            where child < entries.count && precedes(child, least) {
                least = child
            }
            guard least != place else { return first }
            entries.swapAt(place, least)
            place = least
        }
    }

    private func precedes(_ left: Int, _ right: Int) -> Bool {
        (entries[left].time, entries[left].order) < (entries[right].time, entries[right].order)
    }
}
