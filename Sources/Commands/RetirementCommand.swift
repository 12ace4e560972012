import ArgumentParser
import Primitives
import Wire

struct RetirementCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retirement", abstract: "List D-RECs that were taken out without a claim.",
        subcommands: [List.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List retirements, newest first.",
            discussion: """
                Example: drec retirement list --account A2 --reason expired --vintage 2021 \
                --year 2024
                """)
        @OptionGroup var options: ListOptions
        @Option(help: "Only this account's, such as A2.") var account: AccountID?
        @Option(help: "voluntary, expired, external-registry or correction.") var reason: String?
        @Option(help: "The year of generation, 1970 to 9999.") var vintage: YearArgument?
        @Option(help: "The year of the retirement (UTC), 1970 to 9999.") var year: YearArgument?

        func run() async throws {
            try await Output.run {
                var address = ListAddress("/v1/retirements")
                address.add("account", account)
                try address.add("reason", reason, of: ProtoRetirementReason.self)
                address.add("vintage", vintage)
                address.add("year", year)
                try await Listing.show(address.text, options) { item in
                    "#\(item.text("entry"))  \(item.text("time"))  \(item.text("account"))  "
                        + "\(item.text("kilowattHours")) kWh  \(item.text("ranges"))  "
                        + item.text("reason")
                }
            }
        }
    }
}
