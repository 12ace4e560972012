import Foundation
import Ledger
import Primitives
import SampleNetworks
import SwiftProtobuf
import Testing
import Wire

struct GovernanceTests {
    private func set(
        _ effective: UInt64 = 0, _ change: (inout ProtoParameters) -> Void = { _ in }
    ) -> Action {
        var parameters = GenesisDocument.localParameters
        change(&parameters)
        return .setParameters(
            .with {
                $0.effective = effective
                $0.parameters = parameters
            })
    }

    private func yield(
        _ country: String, _ effective: UInt64 = 0, _ change: (inout ProtoYield) -> Void = { _ in }
    ) -> Action {
        .setYield(
            .with {
                $0.country = country
                $0.effective = effective
                $0.yield = .with {
                    $0.kwhPerKwp = 1_700
                    $0.source = "a table"
                    change(&$0)
                }
            })
    }

    private func cancel(_ country: String, _ effective: UInt64) -> Action {
        .cancelPending(
            .with {
                $0.country = country
                $0.effective = effective
            })
    }

    @Test("each parameter has two bounds, and names itself when it breaks one")
    func bounds() throws {
        typealias Path = WritableKeyPath<ProtoParameters, UInt64>
        let table: [(String, Path, ClosedRange<UInt64>)] = [
            ("minimum_delay_seconds", \.minimumDelaySeconds, 0...31_536_000),
            ("history_limit_seconds", \.historyLimitSeconds, 0...3_153_600_000),
            ("window_factor_ppm", \.windowFactorPpm, 1...10_000_000),
            ("day_factor_ppm", \.dayFactorPpm, 1...10_000_000),
            ("month_factor_ppm", \.monthFactorPpm, 1...10_000_000),
            ("degradation_ppb", \.degradationPpb, 0...500_000_000),
            ("scaler_ppm", \.scalerPpm, 1...10_000_000),
            ("default_yield_kwh_per_kwp", \.defaultYieldKwhPerKwp, 1...10_000),
            ("block_signatures", \.blockSignatures, 64...10_000_000),
            ("block_leaves", \.blockLeaves, 64...10_000_000),
            ("block_lots", \.blockLots, 64...10_000_000),
            ("block_reads", \.blockReads, 64...10_000_000),
            ("minimum_block_interval_milliseconds", \.minimumBlockIntervalMilliseconds, 0...60_000),
            ("heartbeat_milliseconds", \.heartbeatMilliseconds, 0...86_400_000),
        ]
        var ledger = try Inhabited.network()
        var effective = ledger.now.rawValue
        for (name, path, range) in table {
            for value in [range.lowerBound, range.upperBound] {
                effective += 1
                let good = set(effective) { $0[keyPath: path] = value }
                #expect(try ledger.refusal(good, as: 1, by: ["initiative"]) == nil, "\(name)")
            }
            let low = range.lowerBound == 0 ? nil : range.lowerBound - 1
            for value in [low, range.upperBound + 1, .max].compactMap({ $0 }) {
                let bad = set { $0[keyPath: path] = value }
                let refusal = try ledger.refusal(bad, as: 1, by: ["initiative"])
                #expect(refusal?.code == .parametersInvalid)
                #expect(refusal?.field == "parameters.\(name)")
            }
        }
        let none = try ledger.refusal(.setParameters(.init()), as: 1, by: ["initiative"])
        #expect(none?.code == .parametersInvalid)
        try ledger.seal()
    }

    @Test("a yield is within bounds, with none or twelve monthly factors and a source")
    func yields() throws {
        var ledger = try Inhabited.network()
        let cases: [(RefusalCode, String, Action)] = [
            (.yieldInvalid, "yield.kwh_per_kwp", yield("IND") { $0.kwhPerKwp = 0 }),
            (.yieldInvalid, "yield.kwh_per_kwp", yield("IND") { $0.kwhPerKwp = 10_001 }),
            (.yieldInvalid, "yield.month_factors_ppm", yield("IND") { $0.monthFactorsPpm = [1] }),
            (
                .yieldInvalid, "yield.month_factors_ppm",
                yield("IND") { $0.monthFactorsPpm = Array(repeating: 1, count: 13) }
            ),
            (
                .yieldInvalid, "yield.month_factors_ppm",
                yield("IND") { $0.monthFactorsPpm = Array(repeating: 0, count: 12) }
            ),
            (
                .yieldInvalid, "yield.month_factors_ppm",
                yield("IND") { $0.monthFactorsPpm = Array(repeating: 10_000_001, count: 12) }
            ),
            (.yieldInvalid, "yield.source", yield("IND") { $0.source = "" }),
            (
                .yieldInvalid, "yield.source",
                yield("IND") { $0.source = String(repeating: "x", count: 301) }
            ),
            (.textInvalid, "yield.source", yield("IND") { $0.source = "a\nb" }),
            (.countryInvalid, "country", yield("")), (.countryInvalid, "country", yield("in")),
            (.tooSoon, "effective", yield("IND", ledger.now.rawValue - 1)),
            (.tooSoon, "effective", yield("IND", 1)), (.tooSoon, "effective", set(1)),
        ]
        for (code, field, action) in cases {
            let refusal = try ledger.refusal(action, as: 1, by: ["initiative"])
            #expect(refusal?.code == code && refusal?.field == field, "\(refusal as Any)")
        }
        let factors = yield("IND") { $0.monthFactorsPpm = Array(repeating: 1_000_000, count: 12) }
        #expect(try ledger.refusal(factors, as: 1, by: ["initiative"]) == nil)
        let now = ledger.now.rawValue
        #expect(
            try ledger.refusal(yield("IND", now), as: 1, by: ["initiative"])?.code
                == .changeExists)
        // Where no time is asked for, it is the first one that is free.
        for shift in 1...LedgerLimits.changeShiftSeconds {
            try ledger.apply(yield("IND"), as: 1, by: "initiative")
            let change = ledger.history.last?.receipt.events.first?.governanceChanged
            #expect(change?.effective == now + shift)
        }
        #expect(
            try ledger.refusal(yield("IND"), as: 1, by: ["initiative"])?.code == .changeExists)
        try ledger.seal()
    }

    @Test("changes wait for the minimum delay, can be cancelled until then, and then hold")
    func delay() throws {
        var parameters = GenesisDocument.localParameters
        parameters.minimumDelaySeconds = 3_600
        var ledger = try Inhabited.network(parameters: parameters)
        let now = ledger.now.rawValue
        let soon = try ledger.refusal(set(now + 3_599), as: 1, by: ["initiative"])
        #expect(soon?.code == .tooSoon && soon?.limit == now + 3_600)
        try ledger.apply(set { $0.defaultYieldKwhPerKwp = 1 }, as: 1, by: "initiative")
        #expect(
            ledger.history.last?.receipt.events.first?.governanceChanged.effective == now + 3_600)
        #expect(
            try ledger.refusal(set(now + 3_600), as: 1, by: ["initiative"])?.code == .changeExists)
        try ledger.apply(yield("IND", now + 9_000), as: 1, by: "initiative")
        let unknown: [(String, UInt64)] = [
            ("", 0), ("", now), ("", now + 3_601), ("IND", now + 3_600), ("ZAF", now + 9_000),
            ("", .max),
        ]
        for (country, effective) in unknown {
            #expect(
                try ledger.refusal(cancel(country, effective), as: 1, by: ["initiative"])?.code
                    == .changeUnknown)
        }
        try ledger.apply(cancel("IND", now + 9_000), as: 1, by: "initiative")
        #expect(
            try ledger.refusal(cancel("IND", now + 9_000), as: 1, by: ["initiative"])?.code
                == .changeUnknown)
        let read = [SampleNetwork.history(1, "2021-12-17", "2021-12-18", 100_000)]
        try ledger.seal(at: Timestamp(now + 3_599))
        try ledger.submit(read)
        try ledger.seal(at: Timestamp(now + 3_600))
        #expect(ledger.execution.context.parameters.defaultYieldKwhPerKwp == 1)
        #expect(
            try ledger.refusal(of: [SampleNetwork.history(1, "2021-11-17", "2021-11-18", 100_000)])?
                .code == .aboveDayLimit)
        #expect(
            try ledger.refusal(cancel("", now + 3_600), as: 1, by: ["initiative"])?.code
                == .changeUnknown)
        try ledger.seal()
    }

    @Test("nobody but the initiative governs")
    func others() throws {
        var ledger = try Inhabited.network()
        let later = ledger.now.rawValue + 100
        try ledger.apply(set(later), as: 1, by: "initiative")
        for action in [set(), yield("IND"), cancel("", later)] {
            for (account, name) in [(2, "authority"), (3, "developer"), (5, "buyer")]
                as [(UInt64, String)]
            {
                let own = try ledger.refusal(action, as: account, by: [name])
                #expect(own?.code == .accountKindNotPermitted && own?.field == "account")
                #expect(try ledger.refusal(action, as: 1, by: [name])?.code == .notAuthorised)
                #expect(
                    try ledger.refusal(action, as: account, by: ["initiative"])?.code
                        == .accountKindNotPermitted)
            }
        }
    }
}
