import Foundation
import Ledger
import Primitives
import SampleNetworks
import Store
import SwiftProtobuf
import Wire

/// A chain with accounts, devices and D-RECs of several kinds, countries and years.
///
/// A2 has rooftops D1 and D2 (ZAF, industrial, 2019), a home system D3 (ZAF, residential, 2020), a
/// lantern D4 and a mini-grid D5 (KEN, school and community, 2020); A5 has an irrigation pump D6
/// (KEN, agriculture, 2018). A3 and A4 are buyers of two countries, A6 is an auditor that is
/// suspended. D3 becomes a micro-grid later, D5 is closed, D4's life begins a year earlier after
/// all.
enum VariedChain {
    static let now = time("2023-06-15T12:00:00Z")

    static func make(_ directory: Directory) throws -> StoredChain {
        var network = SampleNetwork()
        var chain = try StoredChain(path: directory.file(), genesis: network.genesis)
        for batch in batches(&network) {
            let block = try chain.make(batch)
            // A block leaves out what the rules refuse.
            guard block?.transactions.count == batch.count else {
                throw StoreError.damaged("block \(String(describing: block?.header.height))")
            }
        }
        return chain
    }

    static func batches(_ network: inout SampleNetwork) -> [[Data]] {
        [network.settling()] + [settling(&network), minting(&network)]
            + [using(&network), changing(&network)]
    }

    private static func settling(_ network: inout SampleNetwork) -> [Data] {
        func account(_ name: String, _ kind: ProtoAccountKind, _ country: String) -> Data {
            network.signed(
                SampleNetwork.registration(name, kind) { $0.country = country }, as: 1,
                by: "initiative", name)
        }
        return [
            account("second buyer", .buyer, "DEU"), account("pumps", .developer, "KEN"),
            account("auditor", .auditor, "DEU"),
            network.signed(
                SampleNetwork.devices([
                    device("three", .solarHomeSystem, .residential, "ZAF", "2020-01-01"),
                    device("four", .lantern, .school, "KEN", "2020-03-01"),
                    device("five", .miniGrid, .community, "KEN", "2020-02-01"),
                ]), as: SampleNetwork.developer, by: "developer"),
            network.signed(
                SampleNetwork.devices([
                    device("six", .irrigationPump, .agriculture, "KEN", "2018-01-01")
                ]), as: 5, by: "pumps"),
        ]
    }

    private static func device(
        _ name: String, _ kind: ProtoDeviceKind, _ offTaker: ProtoOffTaker, _ country: String,
        _ commissioned: String
    ) -> ProtoDeviceRegistration {
        SampleNetwork.device(name) {
            $0.kind = kind
            $0.offTaker = offTaker
            $0.country = country
            $0.commissioned = time(commissioned).rawValue
            $0.latitudeE2 = -2_600
            $0.longitudeE2 = 2_800
        }
    }

    private static func minting(_ network: inout SampleNetwork) -> [Data] {
        [
            network.reads([
                // P101-2021: rooftops with a home system in between, none at a whole kWh.
                SampleNetwork.history(1, "2021-03-01", "2021-03-21", 300_400),
                SampleNetwork.history(3, "2021-03-01", 700),
                SampleNetwork.history(2, "2021-03-02", 250),
                SampleNetwork.history(3, "2021-03-02", 1_500),
                SampleNetwork.history(1, "2021-04-01", "2021-04-20", 600_150),
                SampleNetwork.history(3, "2021-03-03", 2_000),
                // P102, of 2020 and 2021.
                SampleNetwork.history(5, "2020-05-01", "2020-05-10", 40_000),
                SampleNetwork.history(5, "2021-05-01", "2021-05-10", 30_000),
            ]),
            network.reads([SampleNetwork.history(2, "2020-06-01", "2020-06-20", 20_000)]),
            network.signed(
                .submitReads(.init()), as: 5, by: "pumps",
                reads: [SampleNetwork.history(6, "2021-07-01", "2021-07-09", 9_999)]),
        ]
    }

    private static func using(_ network: inout SampleNetwork) -> [Data] {
        let (developer, buyer) = (SampleNetwork.developer, SampleNetwork.buyer)
        func range(_ first: UInt64, _ last: UInt64, _ project: UInt64 = 101) -> ProtoRange {
            SampleNetwork.range(first, last, project: project)
        }
        return [
            network.trade(
                [range(10, 20), range(301, 301), range(302, 310), range(512, 600)],
                from: "developer", developer, to: buyer),
            network.trade([range(1, 4, 102)], from: "developer", developer, to: 4),
            network.trade(
                [
                    SampleNetwork.range(7, 7, vintage: 2020),
                    SampleNetwork.range(2, 3, project: 102, vintage: 2020),
                ], from: "developer", developer, to: 4),
            network.signed(
                SampleNetwork.redeem([range(11, 12), range(303, 304)]), as: buyer, by: "buyer"),
            network.signed(
                SampleNetwork.redeem([
                    SampleNetwork.range(7, 7, vintage: 2020), range(1, 1, 102),
                ]) {
                    $0.beneficiary = "=A \"hospital\""
                    $0.location = "KEN"
                }, as: 4, by: "second buyer"),
            network.signed(
                SampleNetwork.redeem([range(2, 2, 102)]) {
                    $0.beneficiary = "=A \"hospital\""
                    $0.location = "KEN"
                }, as: 4, by: "second buyer"),
            network.signed(
                SampleNetwork.retire([range(700, 702)], .correction), as: developer,
                by: "developer"),
            network.signed(
                SampleNetwork.retire([range(5, 5, 103)]), as: 5, by: "pumps"),
        ]
    }

    private static func changing(_ network: inout SampleNetwork) -> [Data] {
        func update(_ device: UInt64, _ change: (inout ProtoDeviceDetails) -> Void) -> Action {
            .updateDevice(
                .with {
                    $0.device = device
                    $0.details = SampleNetwork.details(change)
                })
        }
        let developer = SampleNetwork.developer
        return [
            network.signed(
                update(3) {
                    $0.kind = .microGrid
                    $0.offTaker = .commercial
                    $0.commissioned = time("2020-01-01").rawValue
                }, as: developer, by: "developer"),
            network.signed(
                update(4) {
                    $0.kind = .lantern
                    $0.offTaker = .education
                    $0.country = "KEN"
                    $0.commissioned = time("2019-03-01").rawValue
                }, as: developer, by: "developer"),
            network.signed(
                .closeDevice(.with { $0.device = 5 }), as: developer, by: "developer"),
            network.signed(
                .suspendAccount(.with { $0.account = 6 }), as: 1, by: "initiative"),
        ]
    }
}
