package import Primitives
package import Wire

/// Whether a change by governance holds.
package enum GovernanceStatus: String, CaseIterable, Sendable {
    /// A later one took its place.
    case past
    case inForce
    case pending

    /// - Parameter current: when the one in force took effect, nil where there is none.
    package init(effective: UInt64, current: UInt64?) {
        guard let current else {
            self = .pending
            return
        }
        self = effective == current ? .inForce : effective < current ? .past : .pending
    }
}

/// The network's parameters from a moment on.
package struct ParametersRecord: Sendable {
    package let effective: Timestamp
    package let status: GovernanceStatus
    package let value: ProtoParameters

    package init(effective: Timestamp, status: GovernanceStatus, value: ProtoParameters) {
        self.effective = effective
        self.status = status
        self.value = value
    }
}

/// A country's yield from a moment on.
package struct YieldRecord: Sendable {
    /// Where a yield stands in the list of all of them: by country, then by time.
    package struct Position: Hashable, Sendable {
        package let country: CountryCode
        package let effective: Timestamp

        package init(country: CountryCode, effective: Timestamp) {
            self.country = country
            self.effective = effective
        }
    }

    package let position: Position
    package let status: GovernanceStatus
    package let value: ProtoYield

    package init(position: Position, status: GovernanceStatus, value: ProtoYield) {
        self.position = position
        self.status = status
        self.value = value
    }
}

/// Who may act for an account, or might until the delegation ended.
package struct DelegationRecord: Sendable {
    package let delegate: AccountID
    package let value: ProtoDelegationValue

    package init(delegate: AccountID, value: ProtoDelegationValue) {
        self.delegate = delegate
        self.value = value
    }
}

/// Reads whose mint was deferred.
package struct EvidenceRecord: Sendable {
    /// The entry that recorded them.
    package let entry: LogIndex
    package let value: ProtoEvidenceValue

    package init(entry: LogIndex, value: ProtoEvidenceValue) {
        self.entry = entry
        self.value = value
    }
}

extension CountryCode {
    /// The country of a state key's word; nil for what ``word`` never gives.
    package init?(word: UInt64) {
        guard word < 1 << 24 else { return nil }
        let bytes = [16, 8, 0].map { UInt8(truncatingIfNeeded: word >> UInt64($0)) }
        guard let code = CountryCode(String(decoding: bytes, as: UTF8.self)) else { return nil }
        self = code
    }
}
