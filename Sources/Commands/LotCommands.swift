import ArgumentParser
import Foundation
import Ledger
import Primitives
import Wire

struct TradeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trade", abstract: "Pass D-RECs on to another account.",
        discussion: """
            Example: drec trade DREC101-2021-1..250 --to A3 --key developer.key --account A2
            """)
    @OptionGroup var signing: SigningOptions
    @Argument(help: "D-RECs or ranges.") var drecs: [String]
    @Option(help: "The account that receives them.") var to: AccountID

    func run() async throws {
        try await Output.run {
            var action = ProtoTrade()
            action.ranges = try RangeArguments.parse(drecs)
            action.to = to.rawValue
            let receipt = try await signing.submit(.trade(action))
            let count = RangeArguments.count(action.ranges)
            signing.report(receipt, "\(count) kWh passed to \(AccountID(action.to))")
        }
    }
}

struct RedeemCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "redeem", abstract: "Use D-RECs for good, in public.",
        discussion: """
            Example: drec redeem DREC101-2021-1..100 --beneficiary "Acme GmbH" --location DEU \
            --purpose "Scope 2 report 2021" --from 2021-01-01 --until 2022-01-01 \
            --key buyer.key --account A3
            """)
    @OptionGroup var signing: SigningOptions
    @Argument(help: "D-RECs or ranges.") var drecs: [String]
    @Option(help: "On whose behalf.") var beneficiary: String
    @Option(help: "Where the energy is claimed, ISO 3166-1 alpha-3.") var location: String
    @Option(help: "What for.") var purpose: String
    @Option(help: "First day of the period, YYYY-MM-DD, or its first moment, UTC.")
    var from: Moment
    @Option(help: "The day after the period's last one.") var until: Moment

    func run() async throws {
        try await Output.run {
            var action = ProtoRedeem()
            action.ranges = try RangeArguments.parse(drecs)
            action.beneficiary = beneficiary
            action.location = location
            action.purpose = purpose
            action.periodStart = from.timestamp.rawValue
            action.periodEnd = until.timestamp.rawValue
            let receipt = try await signing.submit(.redeem(action))
            let count = RangeArguments.count(action.ranges)
            signing.report(receipt, "\(count) kWh redeemed for \(beneficiary)")
        }
    }
}

struct RetireCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retire", abstract: "Take D-RECs out of circulation without a claim.",
        discussion: """
            Example: drec retire DREC101-2021-251..260 --reason voluntary --key developer.key \
            --account A2
            """)
    @OptionGroup var signing: SigningOptions
    @Argument(help: "D-RECs or ranges.") var drecs: [String]
    @Option(help: "voluntary, expired, external-registry or correction.") var reason: String

    func run() async throws {
        try await Output.run {
            var action = ProtoRetire()
            action.ranges = try RangeArguments.parse(drecs)
            action.reason = try Choice.named(reason, "--reason")
            let receipt = try await signing.submit(.retire(action))
            signing.report(receipt, "\(RangeArguments.count(action.ranges)) kWh retired")
        }
    }
}
