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
            discussion: "Example: drec lot list --owner A3 --status active --series 101-2021")
        @OptionGroup var options: ListOptions
        @Option(help: "Only this account's.") var owner: AccountID?
        @Option(help: "active, listed, registry-locked, redeemed or retired.")
        var status: String?
        @Option(help: "A project and a year, such as 101-2021.") var series: String?

        func run() async throws {
            try await Output.run {
                let status: ProtoLotStatus? = try status.map { try Choice.named($0, "--status") }
                if let series, DRECRange("DREC\(series)-1") == nil {
                    throw ValidationError("--series: \(series) is none, such as 101-2021")
                }
                let query = [
                    owner.map { "owner=\($0)" }, status.map { "status=\($0)" },
                    series.map { "series=\($0)" },
                ].compactMap { $0 }.joined(separator: "&")
                let path = "/v1/lots" + (query.isEmpty ? "" : "?\(query)")
                try await Listing.show(path, options) { item in
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
            discussion: "Example: drec project list --owner A4")
        @OptionGroup var options: ListOptions
        @Option(help: "Only this account's.") var owner: AccountID?
        @Option(help: "ISO 3166-1 alpha-3.") var country: CountryCode?

        func run() async throws {
            try await Output.run {
                try await Listing.show("/v1/projects", options) { item in
                    (owner.map { item.text("owner") == "\($0)" } ?? true)
                        && (country.map { item.text("country") == "\($0)" } ?? true)
                } line: { item in
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

struct RedemptionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "redemption", abstract: "Show and list public statements of use.",
        subcommands: [Show.self, List.self])

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show the statement of a redemption.",
            discussion: "Example: drec redemption show '#1234'")
        @OptionGroup var node: NodeOptions
        @Argument(help: "Its log entry, #1234 or 1234.") var entry: LogIndex

        func run() async throws {
            try await Output.run {
                let path = "/v1/redemptions/\(entry.rawValue)"
                ShowCommand.display(try await node.client.json(path), node)
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List redemptions, newest first.",
            discussion: "Example: drec redemption list --account A3 --limit 10")
        @OptionGroup var options: ListOptions
        @Option(help: "Only this account's.") var account: AccountID?

        func run() async throws {
            try await Output.run {
                try await Listing.show("/v1/redemptions", options) { item in
                    account.map { item.text("account") == "\($0)" } ?? true
                } line: { item in
                    "#\(item.text("entry"))  \(item.text("time"))  \(item.text("account"))  "
                        + "\(item.text("kilowattHours")) kWh  \(item.text("ranges"))  "
                        + "for \(item.text("beneficiary"))"
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
            discussion: "Example: drec transaction list --account A3 --limit 20")
        @OptionGroup var options: ListOptions
        @Option(help: "Only those that this account made or that changed what it has.")
        var account: AccountID?

        func run() async throws {
            try await Output.run {
                let path = account.map { "/v1/accounts/\($0)/transactions" } ?? "/v1/transactions"
                try await Listing.show(path, options) { item in
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
