import Foundation
import Ledger
import Primitives

/// A final state in memory: leaves in the order of their keys.
struct MemoryState: StateReader {
    private(set) var keys: [StateKey] = []
    private var values: [StateKey: Data] = [:]
    private var windows: [DeviceID: [Timestamp: RecordedWindow]] = [:]

    var leaves: [StateLeaf] {
        keys.compactMap { key in values[key].map { StateLeaf(key: key, value: $0) } }
    }

    /// Writes what a block changed.
    mutating func write(_ changes: [(key: StateKey, value: Data?)]) {
        for (key, value) in changes {
            let isKnown = values[key] != nil
            values[key] = value
            if value != nil, !isKnown {
                keys.insert(key, at: firstIndex { $0 >= key })
            } else if value == nil, isKnown {
                keys.remove(at: firstIndex { $0 >= key })
            }
        }
    }

    /// Notes an accepted read, as a store's read model does.
    mutating func record(_ window: ReadWindow, entry: LogIndex) {
        windows[window.device, default: [:]][window.start] = RecordedWindow(
            end: window.end, energy: window.energy, entry: entry)
    }

    func value(for key: StateKey) throws -> Data? { values[key] }

    func last(atOrBefore key: StateKey, downTo lowest: StateKey) throws -> StateLeaf? {
        let position = firstIndex { $0 > key }
        guard position > 0, keys[position - 1] >= lowest else { return nil }
        return leaf(keys[position - 1])
    }

    func first(atOrAfter key: StateKey, upTo highest: StateKey) throws -> StateLeaf? {
        let position = firstIndex { $0 >= key }
        guard position < keys.count, keys[position] <= highest else { return nil }
        return leaf(keys[position])
    }

    func recordedWindow(of device: DeviceID, from start: Timestamp) throws -> RecordedWindow? {
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
