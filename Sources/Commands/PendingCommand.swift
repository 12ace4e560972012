import ArgumentParser
import Ledger
import Primitives
import Wire

struct PendingCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pending",
        abstract: "List what waits for its time or for the initiative, and cancel changes.",
        subcommands: [List.self, Cancel.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List changes that wait for their time, and accounts that wait for approval.",
            discussion: "Example: drec pending list")
        @OptionGroup var node: NodeOptions

        func run() async throws {
            try await Output.run {
                func waiting(_ path: String) async throws -> [CanonicalJSON] {
                    try await Listing.all(path, node.client).filter {
                        $0.text("status") == "pending"
                    }
                }
                let parameters = try await waiting("/v1/parameters")
                let yields = try await waiting("/v1/yields")
                let accounts = try await waiting("/v1/accounts")
                let authorities = try await Listing.all("/v1/authority-changes", node.client)
                    .filter { AuthorityCommand.isOpen($0) }
                if node.json {
                    let answer: CanonicalJSON = [
                        "parameters": .array(parameters), "yields": .array(yields),
                        "accounts": .array(accounts), "authorities": .array(authorities),
                    ]
                    return Output.json(answer)
                }
                for item in parameters { Output.line("parameters  from \(item.text("effective"))") }
                for item in yields { Output.line("yield  \(YieldCommand.line(item))") }
                for item in accounts {
                    Output.line(
                        "account  \(item.text("id"))  \(item.text("kind"))  "
                            + item.text("legalName"))
                }
                for item in authorities {
                    Output.line("authorities  \(AuthorityCommand.line(change: item))")
                }
                if parameters.isEmpty, yields.isEmpty, accounts.isEmpty, authorities.isEmpty {
                    Output.note("none")
                }
            }
        }
    }

    struct Cancel: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Cancel a change that waits, as the initiative.",
            discussion: """
                Example: drec pending cancel IND --effective 2027-01-01 --key initiative.key \
                --account A1
                """)
        @OptionGroup var signing: SigningOptions
        @Argument(help: "parameters, or the country whose yield it is.") var what: String
        @Option(help: "When the change would take effect, as it was set.") var effective: Moment

        func run() async throws {
            try await Output.run {
                var action = ProtoCancelPending()
                action.effective = effective.timestamp.rawValue
                if what != "parameters" {
                    guard let country = CountryCode(what) else {
                        throw ValidationError(
                            "\(what) is neither 'parameters' nor a country such as IND")
                    }
                    action.country = country.description
                }
                let receipt = try await signing.submit(.cancelPending(action))
                signing.report(receipt, "the change of \(what) from \(effective) is cancelled")
            }
        }
    }
}
