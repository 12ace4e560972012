import Foundation
import Ledger
import Primitives
import SampleNetworks
import SwiftProtobuf
import Testing
import Wire

/// A network with the accounts and devices that most tests need.
enum Inhabited {
    // A1 and A2 are the genesis document's.
    static let initiative: UInt64 = 1
    static let authority: UInt64 = 2
    static let developer: UInt64 = 3
    static let aggregator: UInt64 = 4
    static let buyer: UInt64 = 5
    /// A developer whom the aggregator registered and acts for in devices and metering.
    static let client: UInt64 = 6

    /// D1, the developer's: 100 kW, ZAF, commissioned 2019-01-01; D2, the client's: 50 kW, IND.
    static func network(
        now: Timestamp = time("2023-06-15T12:00:00Z"),
        parameters: ProtoParameters = GenesisDocument.localParameters,
        yields: [GenesisDocument.CountryYield] = []
    ) throws -> LedgerHarness {
        var ledger = try LedgerHarness(now: now, parameters: parameters, yields: yields)
        try ledger.apply(
            SampleNetwork.registration("developer", .developer), as: initiative, by: "initiative",
            "developer")
        try ledger.apply(
            SampleNetwork.registration("aggregator", .aggregator), as: initiative, by: "initiative",
            "aggregator")
        try ledger.apply(
            SampleNetwork.registration("buyer", .buyer), as: initiative, by: "initiative", "buyer")
        try ledger.apply(
            SampleNetwork.registration("client", .developer) {
                $0.delegate = aggregator
                $0.delegateRoles = KeyRoles([.devices, .metering]).rawValue
                $0.takeoverKey = publicKey("client takeover")
            }, as: aggregator, by: "aggregator", "client")
        try ledger.apply(
            SampleNetwork.devices([SampleNetwork.device("one")]), as: developer, by: "developer")
        try ledger.apply(
            SampleNetwork.devices([
                SampleNetwork.device("two") {
                    $0.country = "IND"
                    $0.capacityWatts = 50_000
                }
            ]), as: client, by: "aggregator")
        try ledger.seal()
        return ledger
    }
}
