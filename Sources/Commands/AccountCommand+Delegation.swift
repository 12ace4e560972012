import ArgumentParser
import Ledger
import Primitives
import Wire

extension AccountCommand {
    struct Delegation: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say who may act for an account, and in which roles.",
            subcommands: [Grant.self, End.self, DelegationList.self])
    }

    struct Grant: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "set",
            abstract: "Let an account act for this one; its roles before are replaced.",
            discussion: """
                The account's own admin key signs.

                Example: drec account delegation set A2 --roles devices,metering --account A4 \
                --key developer.key
                """)
        @OptionGroup var signing: SigningOptions
        @Argument(help: "The account that may act.") var delegate: AccountID
        @Option(help: "admin,devices,metering,trading,attesting or all.") var roles: String

        func run() async throws {
            try await Output.run {
                let roles = try KeyRoles(naming: roles, "--roles")
                try await AccountCommand.delegate(to: delegate, roles, signing)
            }
        }
    }

    struct End: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "End a delegation at once.",
            discussion: """
                Example: drec account delegation end A2 --account A4 --key developer.key
                """)
        @OptionGroup var signing: SigningOptions
        @Argument(help: "The account that may act no more.") var delegate: AccountID

        func run() async throws {
            try await Output.run { try await AccountCommand.delegate(to: delegate, [], signing) }
        }
    }

    struct DelegationList: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "List an account's delegations, those that ended too.",
            discussion: "Example: drec account delegation list A4")
        @OptionGroup var options: ListOptions
        @Argument(help: "The account.") var id: AccountID

        func run() async throws {
            try await Output.run {
                try await Listing.show("/v1/accounts/\(id)/delegations", options) { item in
                    let end = item.text("validUntilEntry")
                    return "\(item.text("delegate"))  \(item.text("roles"))"
                        + (end.isEmpty ? "" : "  ended before entry #\(end)")
                }
            }
        }
    }

    private static func delegate(
        to delegate: AccountID, _ roles: KeyRoles, _ signing: SigningOptions
    ) async throws {
        var action = ProtoChangeDelegation()
        action.delegate = delegate.rawValue
        action.roles = roles.rawValue
        let id = try signing.account()
        let receipt = try await signing.submit(.changeDelegation(action))
        let names = roles.names.joined(separator: ", ")
        signing.report(
            receipt,
            roles.isEmpty
                ? "\(delegate) acts for \(id) no more" : "\(delegate) acts for \(id) in \(names)")
    }
}
