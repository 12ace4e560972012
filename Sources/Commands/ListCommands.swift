import ArgumentParser
import Foundation
import Ledger
import Primitives
import Wire

struct LotCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lot", abstract: "List runs of D-RECs with one owner and one status.",
        subcommands: [List.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List lots in the order of their serials.",
            discussion: """
                Example: drec lot list --owner A3 --status active --vintage 2021 --country KEN \
                --device-kind rooftop --off-taker school
                """)
        @OptionGroup var options: ListOptions
        @Option(help: "Only this account's, such as A3.") var owner: AccountID?
        @Option(help: "active, listed, registry-locked, redeemed or retired.")
        var status: String?
        @Option(help: "A project and a year, such as 101-2021.") var series: SeriesArgument?
        @Option(help: "The year of generation, 1970 to 9999.") var vintage: YearArgument?
        @Option(help: "Of the project, ISO 3166-1 alpha-3, such as KEN.") var country: CountryCode?
        @Option(help: "With energy of such a device: rooftop, mini-grid, …")
        var deviceKind: String?
        @Option(help: "With energy of a device with such an off-taker: school, residential, …")
        var offTaker: String?

        func run() async throws {
            try await Output.run {
                if let series, let vintage, series.vintage != vintage.value {
                    throw ValidationError("--vintage: \(vintage) is not the year of \(series)")
                }
                var address = ListAddress("/v1/lots")
                address.add("owner", owner)
                try address.add("status", status, of: ProtoLotStatus.self)
                address.add("series", series)
                address.add("vintage", vintage)
                address.add("country", country)
                try address.add("deviceKind", deviceKind, of: ProtoDeviceKind.self)
                try address.add("offTaker", offTaker, of: ProtoOffTaker.self)
                try await Listing.show(address.text, options) { item in
                    "\(item.text("range"))  \(item.text("kilowattHours")) kWh  "
                        + "\(item.text("owner"))  \(item.text("status"))  "
                        + "(entry #\(item.text("entry")))"
                }
            }
        }
    }
}

struct ProjectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "project", abstract: "Show and list projects with their series.",
        subcommands: [Show.self, List.self])

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show a project.", discussion: "Example: drec project show P101")
        @OptionGroup var node: NodeOptions
        @Argument(help: "The project.") var id: ProjectID

        func run() async throws {
            try await Output.run { try await ShowCommand.show("\(id)", node) }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List projects: what each year issued, and the Wh still open.",
            discussion: "Example: drec project list --owner A4 --country KEN --vintage 2021")
        @OptionGroup var options: ListOptions
        @Option(help: "Only this account's, such as A4.") var owner: AccountID?
        @Option(help: "ISO 3166-1 alpha-3, such as KEN.") var country: CountryCode?
        @Option(help: "default, reservation or attested.") var kind: String?
        @Option(help: "A year of which it has D-RECs, 1970 to 9999.") var vintage: YearArgument?

        func run() async throws {
            try await Output.run {
                var address = ListAddress("/v1/projects")
                address.add("owner", owner)
                address.add("country", country)
                try address.add("kind", kind, of: ProtoProjectKind.self)
                address.add("vintage", vintage)
                try await Listing.show(address.text, options) { item in
                    let series = (item["series"]?.array ?? []).map { series in
                        let issued = series.number("issuedWattHours") ?? 0
                        return "\(series.text("vintage")): \(issued / WattHours.perDREC) D-RECs, "
                            + "\(series.text("openWattHours")) Wh open"
                    }
                    return "\(item.text("id"))  \(item.text("owner"))  \(item.text("country"))  "
                        + series.joined(separator: "; ")
                }
            }
        }
    }
}

struct TransactionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "transaction", abstract: "List final transactions.",
        subcommands: [List.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List transactions, newest first.",
            discussion: """
                Example: drec transaction list --account A3 --action trade --limit 20
                """)
        @OptionGroup var options: ListOptions
        @Option(help: "Only those that this account made or that changed what it has.")
        var account: AccountID?
        @Option(help: "Only those that do this: trade, redeem, submit-reads, …")
        var action: String?

        func run() async throws {
            try await Output.run {
                let action = try action.map {
                    try Choice.named($0, "--action", among: ActionName.allCases)
                }
                var address = ListAddress(
                    account.map { "/v1/accounts/\($0)/transactions" } ?? "/v1/transactions")
                address.add("action", action.map { "\($0)" })
                try await Listing.show(address.text, options) { item in
                    "#\(item.text("entry"))  \(item.text("time"))  \(item.text("account"))  "
                        + "\(item["action"]?.text("name") ?? "")  \(item.text("id"))"
                }
            }
        }
    }
}

struct BlockCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "block", abstract: "List final blocks.", subcommands: [List.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List blocks, newest first.",
            discussion: "Example: drec block list --limit 20")
        @OptionGroup var options: ListOptions

        func run() async throws {
            try await Output.run {
                try await Listing.show("/v1/blocks", options) { item in
                    "\(item.text("height"))  \(item.text("time"))  "
                        + "\(item.text("transactionCount")) transactions  \(item.text("hash"))"
                }
            }
        }
    }
}
