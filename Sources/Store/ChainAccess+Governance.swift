import Foundation
package import Ledger
package import Primitives
import Wire

/// Queries about what governance, delegation and deferral left in the state.
extension ChainAccess {
    /// Parameters by when they take effect, the latest first.
    package func parametersHistory(
        before: Timestamp?, limit: Int, at time: Timestamp
    ) throws -> [ParametersRecord] {
        if before?.rawValue == 0 { return [] }
        let current = try last(
            atOrBefore: .parameters(effective: time.rawValue), downTo: .parameters(effective: 0)
        )?.key.word0
        return try leaves(
            from: .parameters(effective: 0),
            upTo: .parameters(effective: before.map { $0.rawValue - 1 } ?? .max), limit: limit,
            descending: true
        ).map { leaf in
            ParametersRecord(
                effective: Timestamp(leaf.key.word0),
                status: GovernanceStatus(effective: leaf.key.word0, current: current),
                value: try decode(ProtoParameters.self, leaf.value, leaf.key))
        }
    }

    /// Yields by country, then by when they take effect.
    package func yields(
        of country: CountryCode?, after: YieldRecord.Position?, limit: Int, at time: Timestamp
    ) throws -> [YieldRecord] {
        var low = country.map { StateKey.yield($0, effective: 0) } ?? StateKey(.yield)
        let high =
            country.map { StateKey.yield($0, effective: .max) } ?? StateKey(.yield, .max, .max)
        if let after {
            let (next, overflow) = after.effective.rawValue.addingReportingOverflow(1)
            low = max(
                low,
                StateKey(.yield, after.country.word + (overflow ? 1 : 0), overflow ? 0 : next))
        }
        guard low <= high else { return [] }
        var current: [CountryCode: UInt64] = [:]
        return try leaves(from: low, upTo: high, limit: limit).compactMap { leaf in
            guard let country = CountryCode(word: leaf.key.word0) else { return nil }
            if current[country] == nil {
                current[country] = try last(
                    atOrBefore: .yield(country, effective: time.rawValue),
                    downTo: .yield(country, effective: 0)
                )?.key.word1
            }
            return YieldRecord(
                position: YieldRecord.Position(
                    country: country, effective: Timestamp(leaf.key.word1)),
                status: GovernanceStatus(
                    effective: leaf.key.word1, current: current[country]),
                value: try decode(ProtoYield.self, leaf.value, leaf.key))
        }
    }

    /// Delegations of an account by delegate, those that ended too.
    package func delegations(
        of account: AccountID, after: AccountID?, limit: Int
    ) throws -> [DelegationRecord] {
        guard after?.rawValue != .max else { return [] }
        return try leaves(
            from: .delegation(from: account, to: AccountID(after.map { $0.rawValue + 1 } ?? 0)),
            upTo: .delegation(from: account, to: AccountID(.max)), limit: limit
        ).map { leaf in
            DelegationRecord(
                delegate: AccountID(leaf.key.word1),
                value: try decode(ProtoDelegationValue.self, leaf.value, leaf.key))
        }
    }

    package func evidence(_ entry: LogIndex) throws -> EvidenceRecord? {
        try message(ProtoEvidenceValue.self, for: .evidence(entry))
            .map { EvidenceRecord(entry: entry, value: $0) }
    }

    /// Deferred reads, the newest first.
    package func evidence(before: LogIndex?, limit: Int) throws -> [EvidenceRecord] {
        if before?.rawValue == 0 { return [] }
        return try leaves(
            from: .evidence(LogIndex(0)),
            upTo: .evidence(LogIndex(before.map { $0.rawValue - 1 } ?? .max)), limit: limit,
            descending: true
        ).map { leaf in
            EvidenceRecord(
                entry: LogIndex(leaf.key.word0),
                value: try decode(ProtoEvidenceValue.self, leaf.value, leaf.key))
        }
    }

    /// A device's revisions, the latest first, each with the energy and reads of the whole device.
    package func revisions(
        of device: DeviceID, before: Timestamp?, limit: Int, at time: Timestamp
    ) throws -> [DeviceRecord] {
        if before?.rawValue == 0 { return [] }
        guard let now = try deviceRecord(device, at: time) else { return [] }
        return try leaves(
            from: .device(device, effective: 0),
            upTo: .device(device, effective: before.map { $0.rawValue - 1 } ?? .max),
            limit: limit, descending: true
        ).map { leaf in
            DeviceRecord(
                id: device, effective: Timestamp(leaf.key.word1),
                value: try decode(ProtoDeviceValue.self, leaf.value, leaf.key),
                energy: now.energy, readCount: now.readCount)
        }
    }
}
