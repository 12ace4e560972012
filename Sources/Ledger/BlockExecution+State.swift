package import Foundation
package import Primitives
package import SwiftProtobuf
package import Wire

/// A leaf that the rules cannot read: the store is damaged, or written by another version.
package struct CorruptStateError: Error, Sendable {
    package let key: StateKey
}

extension StateReader {
    /// The decoded value of a leaf, or nil.
    package func message<Value: SwiftProtobuf.Message>(
        _ type: Value.Type, for key: StateKey
    ) throws -> Value? {
        guard let bytes = try value(for: key) else { return nil }
        return try decode(type, bytes, key)
    }

    package func decode<Value: SwiftProtobuf.Message>(
        _ type: Value.Type, _ bytes: Data, _ key: StateKey
    ) throws -> Value {
        do {
            return try Value(serializedBytes: bytes)
        } catch {
            throw CorruptStateError(key: key)
        }
    }

    package func account(_ id: AccountID) throws -> ProtoAccountValue? {
        try message(ProtoAccountValue.self, for: .account(id))
    }

    /// The revision of a device that is in force at a moment, and when it began.
    package func device(
        _ id: DeviceID, at time: Timestamp
    ) throws -> (effective: UInt64, value: ProtoDeviceValue)? {
        let leaf = try last(
            atOrBefore: .device(id, effective: time.rawValue), downTo: .device(id, effective: 0))
        guard let leaf else { return nil }
        return (leaf.key.word1, try decode(ProtoDeviceValue.self, leaf.value, leaf.key))
    }

    /// The device's last revision, whenever it takes effect.
    package func lastRevision(
        of id: DeviceID
    ) throws -> (effective: UInt64, value: ProtoDeviceValue)? {
        try device(id, at: Timestamp(.max))
    }

    package func series(_ id: SeriesID) throws -> ProtoSeriesValue? {
        try message(ProtoSeriesValue.self, for: .series(id))
    }

    /// The parameters in force at a moment.
    package func parameters(at time: Timestamp) throws -> ProtoParameters? {
        let leaf = try last(
            atOrBefore: .parameters(effective: time.rawValue),
            downTo: .parameters(effective: 0))
        return try leaf.map { try decode(ProtoParameters.self, $0.value, $0.key) }
    }

    /// The country's yield in force at a moment, where it has one of its own.
    package func yield(of country: CountryCode, at time: Timestamp) throws -> ProtoYield? {
        let leaf = try last(
            atOrBefore: .yield(country, effective: time.rawValue),
            downTo: .yield(country, effective: 0))
        return try leaf.map { try decode(ProtoYield.self, $0.value, $0.key) }
    }

    /// The lot that holds a serial, wherever it begins.
    package func lot(
        holding serial: DRECSerial, of series: SeriesID
    ) throws -> (first: DRECSerial, value: ProtoLotValue)? {
        let leaf = try last(
            atOrBefore: .lot(series, first: serial), downTo: .lot(series, first: DRECSerial(0)))
        guard let leaf else { return nil }
        let value = try decode(ProtoLotValue.self, leaf.value, leaf.key)
        guard serial.rawValue <= value.last else { return nil }
        return (DRECSerial(leaf.key.word2), value)
    }
}

extension BlockExecution {
    mutating func set(_ value: some SwiftProtobuf.Message, for key: StateKey) {
        state.set(value.canonicalBytes, for: key)
    }

    func requireAccount(_ id: AccountID, _ field: String) throws -> ProtoAccountValue {
        guard let value = try state.account(id) else {
            throw Refusal(.accountUnknown, field, "There is no account \(id).")
        }
        return value
    }

    func requireActiveAccount(_ id: AccountID, _ field: String) throws -> ProtoAccountValue {
        let value = try requireAccount(id, field)
        guard value.status == .active else {
            throw Refusal(.accountNotActive, field, "\(id) is \(value.status.name).")
        }
        return value
    }

    /// The log index that follows the transaction at hand: what "from here on" means.
    var indexAfter: UInt64 { nextIndex.rawValue + 1 }

    /// Takes the next number of a counter.
    mutating func take(
        _ counter: WritableKeyPath<ProtoCountersValue, UInt64>, count: UInt64 = 1
    ) throws -> UInt64 {
        var counters = try state.message(ProtoCountersValue.self, for: .counters) ?? .init()
        let first = counters[keyPath: counter]
        counters[keyPath: counter] = try checkedSum(first, count, "")
        set(counters, for: .counters)
        return first
    }

    func checkedSum(_ left: UInt64, _ right: UInt64, _ field: String) throws -> UInt64 {
        let (sum, overflow) = left.addingReportingOverflow(right)
        guard !overflow else { throw Refusal(.overflow, field) }
        return sum
    }

    /// Text that people will read: no control characters, not of blanks alone, a length in UTF-8
    /// bytes.
    func checkText(_ text: String, limit: Int, _ field: String, mayBeEmpty: Bool = false) throws {
        guard text.utf8.count <= limit, mayBeEmpty || !text.isEmpty,
            text.isEmpty || !text.unicodeScalars.allSatisfy(\.properties.isWhitespace),
            !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
        else {
            throw Refusal(.textInvalid, field, "At most \(limit) bytes.", limit: UInt64(limit))
        }
    }

    func country(_ text: String, _ field: String) throws -> CountryCode {
        guard let code = CountryCode(text) else { throw Refusal(.countryInvalid, field) }
        return code
    }

    func checkCommitment(_ root: Data, _ field: String) throws {
        guard root.isEmpty || root.count == Digest.byteCount else {
            throw Refusal(.commitmentInvalid, field)
        }
    }
}

extension ProtoAccountStatus {
    /// The status in words.
    package var name: String {
        switch self {
        case .pending: "pending"
        case .active: "active"
        case .suspended: "suspended"
        default: "unknown"
        }
    }
}
