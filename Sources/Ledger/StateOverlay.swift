package import Foundation
package import Primitives

/// Changes on top of a state, readable as the state after them.
///
/// Unfinalised blocks stack overlays; only finalisation writes one to a store. A transaction that
/// is refused half-way is undone by the journal, so that it leaves no trace.
package struct StateOverlay: StateReader {
    private let base: any StateReader
    private var values: [StateKey: Data?] = [:]
    private var keys = SortedKeys()
    private var journal: [(key: StateKey, previous: Data??)] = []

    package init(over base: any StateReader) {
        self.base = base
    }

    /// Number of leaves that differ from the base's or were written with the same value.
    package var changeCount: Int { values.count }

    /// Every changed leaf in ascending order of keys; nil values are deletions.
    package var changes: [(key: StateKey, value: Data?)] {
        values.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    package func value(for key: StateKey) throws -> Data? {
        if let changed = values[key] { return changed }
        return try base.value(for: key)
    }

    /// Writes a leaf; nil deletes it.
    package mutating func set(_ value: Data?, for key: StateKey) {
        let previous = values.updateValue(value, forKey: key)
        if previous == nil { keys.insert(key) }
        journal.append((key, previous))
    }

    /// A point to which ``rollBack(to:)`` returns.
    package var mark: Int { journal.count }

    /// Undoes every write since the mark.
    package mutating func rollBack(to mark: Int) {
        while journal.count > mark {
            let (key, previous) = journal.removeLast()
            if let previous {
                values[key] = previous
            } else {
                // The key stays in the sorted set, which is only a superset of the changed keys.
                values.removeValue(forKey: key)
            }
        }
    }

    /// Forgets how to undo what was written so far.
    package mutating func forgetJournal() {
        journal.removeAll(keepingCapacity: true)
    }

    package func last(atOrBefore key: StateKey, downTo lowest: StateKey) throws -> StateLeaf? {
        var inOverlay: StateLeaf?
        var probe = key
        while let candidate = keys.last(atOrBefore: probe), candidate >= lowest {
            if let changed = values[candidate], let value = changed {
                inOverlay = StateLeaf(key: candidate, value: value)
                break
            }
            guard let before = candidate.predecessor else { break }
            probe = before
        }
        probe = key
        while let leaf = try base.last(atOrBefore: probe, downTo: lowest) {
            if let inOverlay, inOverlay.key >= leaf.key { return inOverlay }
            if values[leaf.key] == nil { return leaf }
            guard let before = leaf.key.predecessor, before >= lowest else { break }
            probe = before
        }
        return inOverlay
    }

    package func first(atOrAfter key: StateKey, upTo highest: StateKey) throws -> StateLeaf? {
        var inOverlay: StateLeaf?
        var probe = key
        while let candidate = keys.first(atOrAfter: probe), candidate <= highest {
            if let changed = values[candidate], let value = changed {
                inOverlay = StateLeaf(key: candidate, value: value)
                break
            }
            guard let after = candidate.successor else { break }
            probe = after
        }
        probe = key
        while let leaf = try base.first(atOrAfter: probe, upTo: highest) {
            if let inOverlay, inOverlay.key <= leaf.key { return inOverlay }
            if values[leaf.key] == nil { return leaf }
            guard let after = leaf.key.successor, after <= highest else { break }
            probe = after
        }
        return inOverlay
    }

    package func recordedWindow(
        of device: DeviceID, from start: Timestamp
    ) throws -> RecordedWindow? {
        try base.recordedWindow(of: device, from: start)
    }
}

extension StateKey {
    /// The next smaller key of the same kind, by the last word that the kind uses; nil below zero.
    var predecessor: StateKey? { neighbour { $0.subtractingReportingOverflow(1) } }
    /// The next greater key of the same kind.
    var successor: StateKey? { neighbour { $0.addingReportingOverflow(1) } }

    private func neighbour(
        _ step: (UInt64) -> (partialValue: UInt64, overflow: Bool)
    ) -> StateKey? {
        var words = self.words
        for index in words.indices.reversed() {
            let (value, overflow) = step(words[index])
            words[index] = value
            if !overflow {
                words += [0, 0, 0, 0]
                return StateKey(kind, words[0], words[1], words[2], words[3])
            }
        }
        return nil
    }
}
