import Foundation
import Ledger
import Primitives
import SampleNetworks
import SwiftProtobuf
import Wire

extension RefusalExamples {
    /// A trade of the developer's to the buyer.
    private static func trade(_ ranges: ProtoRange..., to account: UInt64 = 5) -> Example {
        { try $0.apply(SampleNetwork.trade(ranges, to: account), as: 3, by: "developer") }
    }

    private static let one = SampleNetwork.range(1, 1)
    private static let evidence = [SampleNetwork.history(1, "2021-12-20", "2021-12-21", 5_000)]

    private static func mint(_ entry: UInt64) -> Action { .mint(.with { $0.evidence = entry }) }

    static let certificates: [RefusalCode: Example] = [
        .rangeInvalid: trade(SampleNetwork.range(2, 1)),
        .rangesNotAscending: trade(SampleNetwork.range(5, 6), SampleNetwork.range(6, 7)),
        .seriesUnknown: trade(SampleNetwork.range(1, 1, project: 999)),
        .beyondMinted: trade(SampleNetwork.range(100, 101)),
        // A redemption of somebody else's D-REC.
        .notOwner: { try $0.apply(SampleNetwork.redeem([one]), as: 5, by: "buyer") },
        .spent: {
            try $0.apply(SampleNetwork.redeem([one]), as: 3, by: "developer")
            try $0.apply(SampleNetwork.retire([one]), as: 3, by: "developer")
        },
        .tooManyLots: { ledger in
            ledger.isAudited = false
            for hour in 0..<1_025 as Range<UInt64> {
                let start = time("2021-03-01").rawValue + hour * 3_600
                try ledger.submit([
                    ReadRow(
                        device: DeviceID(1), start: Timestamp(start),
                        end: Timestamp(start + 3_600), energy: WattHours(1_000), kind: .history)
                ])
            }
            try ledger.apply(
                SampleNetwork.trade([SampleNetwork.range(101, 1_125)], to: 5), as: 3,
                by: "developer")
        },
        .recipientInvalid: trade(one, to: 99),
        .periodInvalid: {
            try $0.apply(
                SampleNetwork.redeem([one]) { $0.periodEnd = $0.periodStart }, as: 3,
                by: "developer")
        },
        .reasonInvalid: {
            try $0.apply(SampleNetwork.retire([one], .unspecified), as: 3, by: "developer")
        },
        .evidenceUnknown: {
            try $0.apply(mint(.max), as: 3, by: "developer", reads: evidence)
        },
        .evidenceMinted: {
            let entry = try $0.submit(evidence, deferred: true).index.rawValue
            for _ in 0..<2 {
                try $0.apply(mint(entry), as: 3, by: "developer", reads: evidence)
            }
        },
    ]
}
