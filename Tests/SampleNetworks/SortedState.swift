package import Foundation
package import Ledger
package import Primitives

/// A finalised state in memory: a dictionary and its keys in order.
package struct SortedState: StateReader {
    package private(set) var values: [StateKey: Data] = [:]
    private var keys: [StateKey] = []
    private var windows: [DeviceID: [Timestamp: RecordedWindow]] = [:]

    package init() {}

    /// Writes what a block changed.
    package mutating func write(_ changes: [(key: StateKey, value: Data?)]) {
        for (key, value) in changes { values[key] = value }
        keys = values.keys.sorted()
    }

    /// Notes an accepted read, as a store's read model does.
    package mutating func record(_ window: ReadWindow, entry: LogIndex) {
        windows[window.device, default: [:]][window.start] = RecordedWindow(
            end: window.end, energy: window.energy, entry: entry)
    }

    package func value(for key: StateKey) throws -> Data? { values[key] }

    package func last(atOrBefore key: StateKey, downTo lowest: StateKey) throws -> StateLeaf? {
        let position = firstIndex { $0 > key }
        guard position > 0, keys[position - 1] >= lowest else { return nil }
        return leaf(keys[position - 1])
    }

    package func first(atOrAfter key: StateKey, upTo highest: StateKey) throws -> StateLeaf? {
        let position = firstIndex { $0 >= key }
        guard position < keys.count, keys[position] <= highest else { return nil }
        return leaf(keys[position])
    }

    package func recordedWindow(of device: DeviceID, from start: Timestamp) throws
        -> RecordedWindow?
    {
        windows[device]?[start]
    }

    private func leaf(_ key: StateKey) -> StateLeaf? {
        values[key].map { StateLeaf(key: key, value: $0) }
    }

    private func firstIndex(where isBeyond: (StateKey) -> Bool) -> Int {
        var low = 0
        var high = keys.count
        while low < high {
            let middle = (low + high) / 2
            if isBeyond(keys[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
