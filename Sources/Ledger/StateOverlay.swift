package import Foundation
package import Primitives
import SwiftProtobuf
package import Wire

/// Changes on top of a state, readable as the state after them.
///
/// Unfinalised blocks stack overlays; only finalisation writes one to a store. A transaction that
/// is refused half-way is undone by the journal, so that it leaves no trace.
package struct StateOverlay: StateReader {
    private let base: any StateReader
    private var values: [StateKey: Data?] = [:]
    private var keys = SortedKeys()
    private var journal: [(key: StateKey, previous: Data??)] = []
    /// What the base said about the leaves that many transactions of a block ask for.
    private let memory = OverlayMemory()

    package init(over base: any StateReader) {
        self.base = base
    }

    /// The same changes on another reader of the same base, as a later call may need it.
    package func rebased(on base: any StateReader) -> StateOverlay {
        var overlay = StateOverlay(over: base)
        overlay.values = values
        overlay.keys = keys
        return overlay
    }

    /// Number of leaves that differ from the base's or were written with the same value.
    package var changeCount: Int { values.count }

    /// Every changed leaf in ascending order of keys; nil values are deletions.
    package var changes: [(key: StateKey, value: Data?)] {
        values.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    package func value(for key: StateKey) throws -> Data? {
        if let changed = values[key] { return changed }
        switch key.kind {
        case .account, .key, .delegation, .series:
            if let known = memory.base[key] { return known }
            let value = try base.value(for: key)
            memory.base[key] = .some(value)
            return value
        default: return try base.value(for: key)
        }
    }

    /// An account, decoded once for as long as its bytes stay the same.
    package func account(_ id: AccountID) throws -> ProtoAccountValue? {
        try remembered(&memory.accounts, .account(id))
    }

    /// A key's record, decoded once for as long as its bytes stay the same.
    package func keyValue(_ key: PublicKey) throws -> ProtoKeyValue? {
        try remembered(&memory.keys, .key(key))
    }

    private func remembered<Value: SwiftProtobuf.Message>(
        _ decoded: inout [StateKey: OverlayMemory.Decoded<Value>], _ key: StateKey
    ) throws -> Value? {
        guard let bytes = try value(for: key) else { return nil }
        if let known = decoded[key], known.bytes == bytes { return known.value }
        let value = try decode(Value.self, bytes, key)
        decoded[key] = OverlayMemory.Decoded(bytes: bytes, value: value)
        return value
    }

    /// Writes a key's record, and remembers it decoded: the next transaction asks for it.
    package mutating func set(_ value: ProtoKeyValue, of key: PublicKey) {
        let bytes = value.canonicalBytes
        memory.keys[.key(key)] = OverlayMemory.Decoded(bytes: bytes, value: value)
        set(bytes, for: .key(key))
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
        // Nothing of the base at or below the overlay's leaf can be the answer.
        if inOverlay?.key == key { return inOverlay }
        let lowest = inOverlay?.key.successor ?? lowest
        probe = key
        while let leaf = try base.last(atOrBefore: probe, downTo: lowest) {
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
        if inOverlay?.key == key { return inOverlay }
        let highest = inOverlay?.key.predecessor ?? highest
        probe = key
        while let leaf = try base.first(atOrAfter: probe, upTo: highest) {
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

/// What an overlay remembers of its base, and of leaves that it decoded.
///
/// Copies of the overlay share it: the base does not change below them, and a decoded value holds
/// only for its own bytes.
private final class OverlayMemory {
    struct Decoded<Value> {
        let bytes: Data
        let value: Value
    }

    var base: [StateKey: Data?] = [:]
    var accounts: [StateKey: Decoded<ProtoAccountValue>] = [:]
    var keys: [StateKey: Decoded<ProtoKeyValue>] = [:]
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
