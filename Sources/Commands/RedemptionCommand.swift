import ArgumentParser
import Ledger
import Primitives

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
            discussion: """
                Example: drec redemption list --account A3 --beneficiary "Acme GmbH" \
                --location DEU --vintage 2021 --year 2022
                """)
        @OptionGroup var options: ListOptions
        @Option(help: "Only this account's, such as A3.") var account: AccountID?
        @Option(help: "On whose behalf, letter by letter, at most 200 bytes.")
        var beneficiary: String?
        @Option(help: "Where the energy was claimed, ISO 3166-1 alpha-3, such as DEU.")
        var location: CountryCode?
        @Option(help: "The year of generation, 1970 to 9999.") var vintage: YearArgument?
        @Option(help: "The year of the redemption (UTC), 1970 to 9999.") var year: YearArgument?

        func run() async throws {
            try await Output.run {
                if let beneficiary,
                    !(1...LedgerLimits.nameBytes).contains(beneficiary.utf8.count)
                {
                    throw ValidationError(
                        "--beneficiary takes a name of 1 to \(LedgerLimits.nameBytes) bytes")
                }
                var address = ListAddress("/v1/redemptions")
                address.add("account", account)
                address.add("beneficiary", beneficiary)
                address.add("location", location)
                address.add("vintage", vintage)
                address.add("year", year)
                try await Listing.show(address.text, options) { item in
                    "#\(item.text("entry"))  \(item.text("time"))  \(item.text("account"))  "
                        + "\(item.text("kilowattHours")) kWh  \(item.text("ranges"))  "
                        + "for \(item.text("beneficiary"))"
                }
            }
        }
    }
}
