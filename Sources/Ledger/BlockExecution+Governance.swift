import Foundation
import Primitives
package import Wire

/// Bounds of the network's parameters: within them no product of rule L4 exceeds 128 bits and a
/// block always has room for a transaction.
package enum ParameterBounds {
    package static let delaySeconds: ClosedRange<UInt64> = 0...31_536_000
    package static let historySeconds: ClosedRange<UInt64> = 0...3_153_600_000
    package static let factorPpm: ClosedRange<UInt64> = 1...10_000_000
    package static let degradationPpb: ClosedRange<UInt64> = 0...500_000_000
    package static let yieldKwhPerKwp: ClosedRange<UInt64> = 1...10_000
    package static let work: ClosedRange<UInt64> = 64...10_000_000
    package static let intervalMilliseconds: ClosedRange<UInt64> = 0...60_000
    package static let heartbeatMilliseconds: ClosedRange<UInt64> = 0...86_400_000

    /// The name of the first parameter that is out of bounds, or nil.
    package static func violation(in value: ProtoParameters) -> String? {
        let checks: [(String, UInt64, ClosedRange<UInt64>)] = [
            ("minimum_delay_seconds", value.minimumDelaySeconds, delaySeconds),
            ("history_limit_seconds", value.historyLimitSeconds, historySeconds),
            ("window_factor_ppm", value.windowFactorPpm, factorPpm),
            ("day_factor_ppm", value.dayFactorPpm, factorPpm),
            ("month_factor_ppm", value.monthFactorPpm, factorPpm),
            ("degradation_ppb", value.degradationPpb, degradationPpb),
            ("scaler_ppm", value.scalerPpm, factorPpm),
            ("default_yield_kwh_per_kwp", value.defaultYieldKwhPerKwp, yieldKwhPerKwp),
            ("block_signatures", value.blockSignatures, work),
            ("block_leaves", value.blockLeaves, work),
            ("block_lots", value.blockLots, work),
            ("block_reads", value.blockReads, work),
            (
                "minimum_block_interval_milliseconds", value.minimumBlockIntervalMilliseconds,
                intervalMilliseconds
            ),
            ("heartbeat_milliseconds", value.heartbeatMilliseconds, heartbeatMilliseconds),
        ]
        return checks.first { !$0.2.contains($0.1) }?.0
    }

    /// What is wrong with a yield, or nil.
    package static func violation(in value: ProtoYield) -> String? {
        if !yieldKwhPerKwp.contains(value.kwhPerKwp) { return "kwh_per_kwp" }
        let factors = value.monthFactorsPpm
        if !(factors.isEmpty || factors.count == 12)
            || !factors.allSatisfy({ factorPpm.contains($0) })
        {
            return "month_factors_ppm"
        }
        if value.source.isEmpty || value.source.utf8.count > LedgerLimits.sourceBytes {
            return "source"
        }
        return nil
    }
}

extension BlockExecution {
    mutating func setParameters(_ action: ProtoSetParameters, by id: AccountID) throws {
        try requireInitiative(id)
        if let name = ParameterBounds.violation(in: action.parameters) {
            throw Refusal(.parametersInvalid, "parameters.\(name)")
        }
        let key = try freeKey(action.effective) { StateKey.parameters(effective: $0) }
        let effective = key.word0
        set(action.parameters, for: key)
        recordGovernance("", effective)
    }

    mutating func setYield(_ action: ProtoSetYield, by id: AccountID) throws {
        try requireInitiative(id)
        let country = try country(action.country, "country")
        if let name = ParameterBounds.violation(in: action.yield) {
            throw Refusal(.yieldInvalid, "yield.\(name)")
        }
        try checkText(action.yield.source, limit: LedgerLimits.sourceBytes, "yield.source")
        let key = try freeKey(action.effective) { StateKey.yield(country, effective: $0) }
        let effective = key.word1
        set(action.yield, for: key)
        recordGovernance(action.country, effective)
    }

    mutating func cancelPending(_ action: ProtoCancelPending, by id: AccountID) throws {
        try requireInitiative(id)
        let key =
            action.country.isEmpty
            ? StateKey.parameters(effective: action.effective)
            : StateKey.yield(
                try country(action.country, "country"), effective: action.effective)
        guard action.effective > context.time.rawValue, try state.value(for: key) != nil else {
            throw Refusal(.changeUnknown, "effective")
        }
        state.set(nil, for: key)
        recordGovernance(action.country, action.effective, cancelled: true)
    }

    /// The leaf of a change, which must not exist yet. Where no time was asked for, a change of the
    /// same second moves the new one on by a second.
    private func freeKey(
        _ requested: UInt64, _ key: (UInt64) -> StateKey
    ) throws -> StateKey {
        let effective = try effectiveTime(requested)
        let last = requested == 0 ? effective + LedgerLimits.changeShiftSeconds : effective
        for time in effective...last where try state.value(for: key(time)) == nil {
            return key(time)
        }
        throw Refusal(.changeExists, "effective")
    }

    /// When a change takes effect; 0 asks for the earliest time that the network permits.
    func effectiveTime(_ requested: UInt64) throws -> UInt64 {
        let earliest = try checkedSum(
            context.time.rawValue, context.parameters.minimumDelaySeconds, "effective")
        guard
            requested == 0
                || (earliest...max(earliest, Timestamp.maximum.rawValue))
                    .contains(requested)
        else {
            throw Refusal(
                .tooSoon, "effective", "Not before \(Timestamp(earliest)).", limit: earliest)
        }
        return requested == 0 ? earliest : requested
    }

    private mutating func recordGovernance(
        _ country: String, _ effective: UInt64, cancelled: Bool = false
    ) {
        var event = ProtoGovernanceChanged()
        event.country = country
        event.effective = effective
        event.cancelled = cancelled
        record(.governanceChanged(event))
    }
}
