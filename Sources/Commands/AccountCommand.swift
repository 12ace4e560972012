import ArgumentParser
import Foundation
import Ledger
import Primitives
import Wire

struct AccountCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "account",
        abstract: "Register and show accounts; change their keys, delegates and profiles.",
        subcommands: [
            Register.self, Show.self, List.self, Keys.self, Delegation.self, TakeOver.self,
            ProfileCommand.self, Approve.self, Suspend.self,
        ])

    struct Register: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Register an account; the sponsor signs, and so does the new key.",
            discussion: """
                The sponsor's key and account are --key and --account.

                Example: drec account register --kind developer --name "Solar Ltd" --country KEN \
                --new-key solar.key --delegate A2 --delegate-roles devices,metering \
                --takeover-key vault.key --key aggregator.key --account A2
                """)
        @OptionGroup var signing: SigningOptions
        @Option(help: "developer, aggregator, buyer, intermediary, on-site-generator, auditor, …")
        var kind: String
        @Option(help: "Legal name of the organisation; none for an individual.") var name = ""
        @Option(help: "ISO 3166-1 alpha-3.") var country: String
        @Option(help: "Key file of the account; made where it is missing.") var newKey: String
        @Option(help: "Account that may act for the new one.") var delegate: AccountID?
        @Option(help: "Roles of the delegate: devices,metering,trading,attesting,admin.")
        var delegateRoles = ""
        @Option(
            help: "Public key, or its key file, that can end every delegation and key later.")
        var takeoverKey: PublicKeyArgument?
        @Option(help: "Off-chain profile field, name=value; may be repeated.")
        var profile: [String] = []

        func run() async throws {
            try await Output.run {
                var action = ProtoRegisterAccount()
                action.kind = try Choice.named(kind, "--kind", leavingOut: ["initiative"])
                action.legalName = name
                action.country = country
                if let delegate {
                    action.delegate = delegate.rawValue
                    action.delegateRoles =
                        try KeyRoles(naming: delegateRoles, "--delegate-roles").rawValue
                }
                if let takeoverKey {
                    action.takeoverKey = Data(try takeoverKey.key("--takeover-key").bytes)
                }
                let document = try Profile(arguments: profile, "--profile")
                if let document { action.profileRoot = Data(document.root.bytes) }
                // Made last: wrong usage leaves no file behind.
                _ = try signing.account()
                try await ProfileVerbs.deliverEarlier(signing)
                let key = try KeyFile.loadOrCreate(newKey, option: "--new-key")
                action.keys = [ProtoKeyGrant(key.publicKey, .all)]
                try await ProfileVerbs.keeping([document].compactMap { $0 }, signing) { kept in
                    let receipt = try await signing.submit(
                        .registerAccount(action), extraKeys: [key])
                    if let document {
                        try await ProfileVerbs.upload(document, kept?.path, signing.client)
                    }
                    tell(receipt)
                }
            }
        }

        private func tell(_ receipt: FinalReceipt) {
            let event = receipt.event("accountRegistered")
            let waits = event?.text("status") == "pending" ? "  waits for the initiative" : ""
            signing.report(
                receipt,
                "\(event?.text("account") ?? "")  \(name.isEmpty ? "(individual)" : name)\(waits)")
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show an account.", discussion: "Example: drec account show A2")
        @OptionGroup var node: NodeOptions
        @Argument(help: "The account.") var id: AccountID

        func run() async throws {
            try await Output.run { try await ShowCommand.show("\(id)", node) }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List accounts.",
            discussion: """
                Example: drec account list --kind aggregator --country KEN --status pending
                """)
        @OptionGroup var options: ListOptions
        @Option(help: "developer, aggregator, buyer, …") var kind: String?
        @Option(help: "ISO 3166-1 alpha-3, such as KEN.") var country: CountryCode?
        @Option(help: "pending, active or suspended.") var status: String?

        func run() async throws {
            try await Output.run {
                var address = ListAddress("/v1/accounts")
                try address.add("kind", kind, of: ProtoAccountKind.self)
                address.add("country", country)
                try address.add("status", status, of: ProtoAccountStatus.self)
                try await Listing.show(address.text, options) { item in
                    "\(item.text("id"))  \(item.text("status"))  \(item.text("kind"))  "
                        + "\(item.text("country"))  \(item.text("legalName"))"
                }
            }
        }
    }

    struct Approve: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Approve or reinstate an account, as the initiative.",
            discussion: "Example: drec account approve A7 --key initiative.key --account A1")
        @OptionGroup var signing: SigningOptions
        @Argument(help: "The account.") var id: AccountID

        func run() async throws {
            try await Output.run {
                var action = ProtoApproveAccount()
                action.account = id.rawValue
                signing.report(try await signing.submit(.approveAccount(action)), "\(id) active")
            }
        }
    }

    struct Suspend: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Suspend an account at once, as the initiative.",
            discussion: "Example: drec account suspend A7 --key initiative.key --account A1")
        @OptionGroup var signing: SigningOptions
        @Argument(help: "The account.") var id: AccountID

        func run() async throws {
            try await Output.run {
                var action = ProtoSuspendAccount()
                action.account = id.rawValue
                signing.report(
                    try await signing.submit(.suspendAccount(action)), "\(id) suspended")
            }
        }
    }
}
