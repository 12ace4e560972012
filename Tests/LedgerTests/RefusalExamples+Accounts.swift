import Foundation
import Ledger
import Primitives
import SampleNetworks
import SwiftProtobuf
import Wire

extension RefusalExamples {
    /// A registration by the authority that is good but for a change.
    private static func registration(
        _ change: @escaping @Sendable (inout ProtoRegisterAccount) -> Void
    ) -> Example {
        {
            try $0.apply(
                SampleNetwork.registration("new", .developer, change), as: 2, by: "authority",
                "new")
        }
    }

    private static func suspend(_ account: UInt64) -> Action {
        .suspendAccount(.with { $0.account = account })
    }

    static let accounts: [RefusalCode: Example] = [
        .accountUnknown: { try $0.apply(profile(), as: 99, by: "developer") },
        .accountNotActive: {
            try $0.apply(suspend(3), as: 1, by: "initiative")
            try $0.apply(profile(), as: 3, by: "developer")
        },
        .notAuthorised: { try $0.apply(profile(), as: 3, by: "buyer") },
        .sponsorNotPermitted: {
            try $0.apply(
                SampleNetwork.registration("new", .buyer), as: 3, by: "developer", "new")
        },
        .accountKindInvalid: registration { $0.kind = .initiative },
        .countryInvalid: registration { $0.country = "zaf" },
        .commitmentInvalid: registration { $0.profileRoot = Data([1]) },
        .alreadySo: {
            try $0.apply(.approveAccount(.with { $0.account = 5 }), as: 1, by: "initiative")
        },
        .accountKindNotPermitted: { try $0.apply(suspend(1), as: 1, by: "initiative") },
        .delegateInvalid: registration {
            $0.delegate = 99
            $0.delegateRoles = 4
        },
        .takeoverKeyMissing: {
            try $0.apply(
                .takeOver(.with { $0.keys = [SampleNetwork.grant("new")] }), as: 6, by: "client",
                "new")
        },
    ]

    static let keys: [RefusalCode: Example] = [
        .keyInvalid: registration { $0.keys[0].publicKey = Data([1]) },
        .keyInUse: registration { $0.keys = [SampleNetwork.grant("authority")] },
        .newKeyMustSign: registration { $0.keys.append(SampleNetwork.grant("silent")) },
        .rolesInvalid: registration { $0.keys[0].roles = 33 },
        .adminKeyMissing: registration { $0.keys[0].roles = 30 },
        .tooManyKeys: {
            let names = (0..<32).map { "many \($0)" }
            let change = ProtoChangeKeys.with { $0.add = names.map { SampleNetwork.grant($0) } }
            try $0.apply(
                bytes: $0.signed(
                    $0.body(.changeKeys(change), as: 3), by: ["developer"] + names))
        },
    ]

    // MARK: Governance

    private static func parameters(
        _ effective: UInt64, _ change: (inout ProtoParameters) -> Void = { _ in }
    ) -> Action {
        .setParameters(
            .with {
                $0.effective = effective
                $0.parameters = GenesisDocument.localParameters
                change(&$0.parameters)
            })
    }

    static let governance: [RefusalCode: Example] = [
        .parametersInvalid: {
            try $0.apply(parameters(0) { $0.scalerPpm = 0 }, as: 1, by: "initiative")
        },
        .yieldInvalid: {
            try $0.apply(.setYield(.with { $0.country = "IND" }), as: 1, by: "initiative")
        },
        .tooSoon: { try $0.apply(parameters(1), as: 1, by: "initiative") },
        .changeExists: {
            let later = $0.now.rawValue + 100
            for _ in 0..<2 { try $0.apply(parameters(later), as: 1, by: "initiative") }
        },
        .changeUnknown: {
            try $0.apply(
                .cancelPending(.with { $0.effective = .max }), as: 1, by: "initiative")
        },
    ]
}
