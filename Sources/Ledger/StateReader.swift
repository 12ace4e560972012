package import Foundation
package import Primitives

/// What the rules need of a state: a synchronous view of ordered leaves.
package protocol StateReader {
    /// The canonical value of a leaf, or nil.
    func value(for key: StateKey) throws -> Data?
    /// The greatest leaf in `lowest...key`, both of one kind.
    func last(atOrBefore key: StateKey, downTo lowest: StateKey) throws -> StateLeaf?
    /// The smallest leaf in `key...highest`, both of one kind.
    func first(atOrAfter key: StateKey, upTo highest: StateKey) throws -> StateLeaf?
    /// A read that begins at `start` and was accepted for the device, where the reader keeps such
    /// an index; it only turns the refusal "overlaps" into "already recorded".
    func recordedWindow(of device: DeviceID, from start: Timestamp) throws -> RecordedWindow?
}

extension StateReader {
    package func recordedWindow(
        of device: DeviceID, from start: Timestamp
    ) throws -> RecordedWindow? { nil }
}

/// A leaf of the state.
package struct StateLeaf: Equatable, Sendable {
    package let key: StateKey
    package let value: Data

    package init(key: StateKey, value: Data) {
        self.key = key
        self.value = value
    }
}

/// The end and energy of an accepted read.
package struct RecordedWindow: Equatable, Sendable {
    package let end: Timestamp
    package let energy: WattHours
    package let entry: LogIndex

    package init(end: Timestamp, energy: WattHours, entry: LogIndex) {
        self.end = end
        self.energy = energy
        self.entry = entry
    }
}

/// A state without leaves, the one before genesis.
package struct EmptyState: StateReader {
    package init() {}
    package func value(for key: StateKey) throws -> Data? { nil }
    package func last(atOrBefore key: StateKey, downTo lowest: StateKey) throws -> StateLeaf? {
        nil
    }
    package func first(atOrAfter key: StateKey, upTo highest: StateKey) throws -> StateLeaf? {
        nil
    }
}
