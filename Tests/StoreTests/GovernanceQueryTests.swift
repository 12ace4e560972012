import Foundation
import Ledger
import Primitives
import Replica
import SampleNetworks
import Store
import SwiftProtobuf
import Testing
import Wire

@Suite("Queries about governance, delegation and deferral")
struct GovernanceQueryTests {
    private static let now = Timestamp(SampleNetwork.beginning / 1_000)
    private static let later = Timestamp(now.rawValue + 86_400)

    /// Parameters and yields of the beginning, of now and of tomorrow; a delegation that ended; two
    /// deferred submissions, the first one minted; a device with two revisions to come.
    private func chain(_ directory: Directory) throws -> StoredChain {
        var network = SampleNetwork()
        var chain = try StoredChain(path: directory.file(), genesis: network.genesis)
        try chain.make(network.settling())
        let first = [SampleNetwork.history(1, "2021-03-01", 400)]
        try chain.make([
            parameters(&network, day: 1_400_000, effective: 0),
            parameters(&network, day: 1_300_000, effective: Self.later.rawValue),
            yield(&network, "IND", 1_000, effective: 0),
            yield(&network, "IND", 1_100, effective: Self.later.rawValue),
            yield(&network, "ZAF", 1_700, effective: Self.later.rawValue),
            delegation(&network, roles: 6),
            network.reads(first, deferred: true),
            network.reads([SampleNetwork.history(2, "2021-03-01", 500)], deferred: true),
            update(&network, watts: 110_000, effective: Self.later.rawValue),
        ])
        try chain.make([
            delegation(&network, roles: 0),
            network.signed(
                .mint(.with { $0.evidence = 9 }), as: SampleNetwork.developer, by: "developer",
                reads: first),
        ])
        return chain
    }

    private func parameters(
        _ network: inout SampleNetwork, day: UInt64, effective: UInt64
    ) -> Data {
        var parameters = GenesisDocument.localParameters
        parameters.dayFactorPpm = day
        return network.signed(
            .setParameters(
                .with {
                    $0.effective = effective
                    $0.parameters = parameters
                }), as: 1, by: "initiative")
    }

    private func yield(
        _ network: inout SampleNetwork, _ country: String, _ value: UInt64, effective: UInt64
    ) -> Data {
        network.signed(
            .setYield(
                .with {
                    $0.country = country
                    $0.effective = effective
                    $0.yield.kwhPerKwp = value
                    $0.yield.source = "A test"
                }), as: 1, by: "initiative")
    }

    private func delegation(_ network: inout SampleNetwork, roles: UInt32) -> Data {
        network.signed(
            .changeDelegation(
                .with {
                    $0.delegate = SampleNetwork.initiative
                    $0.roles = roles
                }), as: SampleNetwork.developer, by: "developer")
    }

    private func update(
        _ network: inout SampleNetwork, watts: UInt64, effective: UInt64
    ) -> Data {
        var details = SampleNetwork.details(profile: nil)
        details.capacityWatts = watts
        return network.signed(
            .updateDevice(
                .with {
                    $0.device = 2
                    $0.effective = effective
                    $0.details = details
                }), as: SampleNetwork.developer, by: "developer")
    }

    @Test("Parameters are past, in force or pending, and the clock alone moves them on")
    func parameters() throws {
        let directory = try Directory()
        let chain = try chain(directory)
        try chain.store.readNow { access in
            func statuses(_ time: Timestamp) throws -> [GovernanceStatus] {
                try access.parametersHistory(before: nil, limit: 9, at: time).map(\.status)
            }
            #expect(try statuses(Self.now) == [.pending, .inForce, .past])
            #expect(try statuses(Self.later) == [.inForce, .past, .past])
            #expect(try statuses(Timestamp(5)) == [.pending, .pending, .inForce])
            let all = try access.parametersHistory(before: nil, limit: 9, at: Self.now)
            #expect(all.map(\.value.dayFactorPpm) == [1_300_000, 1_400_000, 1_500_000])
            #expect(all.map(\.effective) == [Self.later, Self.now, Timestamp(0)])
            let rest = try access.parametersHistory(before: Self.later, limit: 1, at: Self.now)
            #expect(rest.map(\.effective) == [Self.now])
            #expect(
                try access.parametersHistory(before: Timestamp(0), limit: 9, at: Self.now)
                    .isEmpty)
            #expect(
                try access.parametersHistory(before: Timestamp(.max), limit: 9, at: Self.now)
                    .count == 3)
        }
        try chain.store.close()
    }

    @Test("Yields come by country and time, each country with its own status")
    func yields() throws {
        let directory = try Directory()
        let chain = try chain(directory)
        let india = try #require(CountryCode("IND"))
        let kenya = try #require(CountryCode("KEN"))
        let last = try #require(CountryCode("ZZZ"))
        try chain.store.readNow { access in
            func yields(
                _ country: CountryCode?, after: YieldRecord.Position? = nil, limit: Int = 9
            ) throws -> [YieldRecord] {
                try access.yields(of: country, after: after, limit: limit, at: Self.now)
            }
            let all = try yields(nil)
            #expect(all.map(\.value.kwhPerKwp) == [1_000, 1_100, 1_700])
            #expect(all.map(\.status) == [.inForce, .pending, .pending])
            #expect(try yields(india).count == 2)
            #expect(try yields(kenya).isEmpty)
            for limit in 1...3 {
                var paged: [YieldRecord] = []
                while paged.count < 9 {
                    let page = try yields(nil, after: paged.last?.position, limit: limit)
                    if page.isEmpty { break }
                    paged += page
                }
                #expect(paged.map(\.position) == all.map(\.position))
            }
            func after(_ country: CountryCode, _ time: UInt64) throws -> [UInt64] {
                let position = YieldRecord.Position(
                    country: country, effective: Timestamp(time))
                return try yields(nil, after: position).map(\.value.kwhPerKwp)
            }
            #expect(try after(india, .max) == [1_700])
            #expect(try after(kenya, 0) == [1_700])
            #expect(try after(last, .max).isEmpty)
            let beyond = YieldRecord.Position(country: india, effective: Timestamp(.max))
            #expect(try yields(india, after: beyond).isEmpty)
        }
        try chain.store.close()
    }

    @Test("Delegations, deferred reads and revisions are told with what became of them")
    func others() throws {
        let directory = try Directory()
        let chain = try chain(directory)
        let developer = AccountID(SampleNetwork.developer)
        try chain.store.readNow { access in
            let delegations = try access.delegations(of: developer, after: nil, limit: 9)
            #expect(delegations.map(\.delegate.rawValue) == [SampleNetwork.initiative])
            #expect(delegations.first?.value.removedAt == 13)
            #expect(
                try access.delegations(of: AccountID(SampleNetwork.buyer), after: nil, limit: 9)
                    .isEmpty)
            for after in [UInt64(1), .max - 1, .max] {
                #expect(
                    try access.delegations(of: developer, after: AccountID(after), limit: 9)
                        .isEmpty)
            }
            let evidence = try access.evidence(before: nil, limit: 9)
            #expect(evidence.map(\.entry.rawValue) == [10, 9])
            #expect(evidence.map(\.value.mintedAt) == [0, 14])
            #expect(try access.evidence(before: LogIndex(10), limit: 9).count == 1)
            #expect(try access.evidence(before: LogIndex(0), limit: 9).isEmpty)
            #expect(try access.evidence(LogIndex(10))?.value.count == 1)
            #expect(try access.evidence(LogIndex(11))?.entry == nil)
            #expect(try access.evidence(LogIndex(.max))?.entry == nil)
            let revisions = try access.revisions(
                of: DeviceID(2), before: nil, limit: 9, at: Self.now)
            #expect(revisions.map(\.value.details.capacityWatts) == [110_000, 100_000])
            #expect(revisions.map(\.energy.rawValue) == [500, 500])
            let first = try access.revisions(
                of: DeviceID(2), before: Self.later, limit: 9, at: Self.now)
            #expect(first.map(\.effective) == [time("2019-01-01")])
            for device in [DeviceID(3), DeviceID(.max)] {
                #expect(
                    try access.revisions(of: device, before: nil, limit: 9, at: Self.now)
                        .isEmpty)
            }
        }
        try chain.store.close()
    }
}
