import ArgumentParser
import Foundation
import Ledger
import Primitives
import Wire

struct AccountCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "account", abstract: "Register and show accounts, their keys and profiles.",
        subcommands: [Register.self, Show.self, List.self, Keys.self, Approve.self, Suspend.self])

    struct Register: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Register an account; the sponsor signs, and so does the new key.",
            discussion: """
                The sponsor's key and account are --key and --account.

                Example: drec account register --kind developer --name "Solar Ltd" --country KEN \
                --new-key solar.key --delegate A2 --delegate-roles devices,metering \
                --key aggregator.key --account A2
                """)
        @OptionGroup var signing: SigningOptions
        @Option(help: "developer, aggregator, buyer, intermediary, on-site-generator, auditor, …")
        var kind: String
        @Option(help: "Legal name of the organisation; none for an individual.") var name = ""
        @Option(help: "ISO 3166-1 alpha-3.") var country: String
        @Option(help: "Key file of the account; made where it is missing.") var newKey: String
        @Option(help: "Account that may act for the new one.") var delegate: String?
        @Option(help: "Roles of the delegate: devices,metering,trading,attesting,admin.")
        var delegateRoles = ""
        @Option(help: "Key file whose key can end every delegation later.") var takeoverKey: String?
        @Option(help: "Off-chain profile field, name=value; may be repeated.")
        var profile: [String] = []

        func run() async throws {
            try await Output.run {
                guard let kind = ProtoAccountKind(named: kind) else {
                    throw ValidationError("\(kind) is no kind of account")
                }
                let key =
                    FileManager.default.fileExists(atPath: newKey)
                    ? try KeyFile.load(newKey) : try KeyFile.create(at: newKey)
                var action = ProtoRegisterAccount()
                action.kind = kind
                action.legalName = name
                action.country = country
                var grant = ProtoKeyGrant()
                grant.publicKey = Data(key.publicKey.bytes)
                grant.roles = KeyRoles.all.rawValue
                action.keys = [grant]
                if let delegate {
                    guard case .account(let id) = Identifier(delegate) else {
                        throw ValidationError("\(delegate) is no account")
                    }
                    action.delegate = id.rawValue
                    action.delegateRoles = try KeyRoles(naming: delegateRoles).rawValue
                }
                if let takeoverKey {
                    action.takeoverKey = Data(try KeyFile.load(takeoverKey).publicKey.bytes)
                }
                let document = try Profile(arguments: profile)
                if let document { action.profileRoot = Data(document.root.bytes) }
                let receipt = try await signing.submit(.registerAccount(action), extraKeys: [key])
                if let document { try await signing.client.putProfile(document) }
                let id = receipt.event("accountRegistered")?.text("account") ?? ""
                signing.report(receipt, "\(id)  \(name.isEmpty ? "(individual)" : name)")
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show an account.", discussion: "Example: drec account show A2")
        @OptionGroup var node: NodeOptions
        @Argument(help: "The account.") var id: String

        func run() async throws {
            try await Output.run { try await ShowCommand.show(id, node) }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List accounts.", discussion: "Example: drec account list")
        @OptionGroup var node: NodeOptions

        func run() async throws {
            try await Output.run { try await ShowCommand.list("/v1/accounts", node) }
        }
    }

    struct Keys: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add and remove an account's keys.",
            discussion: """
                Example: drec account keys --add trader.key --roles trading --account A3 \
                --key admin.key
                """)
        @OptionGroup var signing: SigningOptions
        @Option(help: "Key file to add; made where it is missing.") var add: [String] = []
        @Option(help: "Roles of the added keys.") var roles = "admin"
        @Option(help: "Public key to remove, 64 hexadecimal digits.") var remove: [String] = []

        func run() async throws {
            try await Output.run {
                var action = ProtoChangeKeys()
                var keys: [SigningKey] = []
                for file in add {
                    let key =
                        FileManager.default.fileExists(atPath: file)
                        ? try KeyFile.load(file) : try KeyFile.create(at: file)
                    var grant = ProtoKeyGrant()
                    grant.publicKey = Data(key.publicKey.bytes)
                    grant.roles = try KeyRoles(naming: roles).rawValue
                    action.add.append(grant)
                    keys.append(key)
                }
                action.remove = try remove.map { text in
                    guard let key = PublicKey(hex: text) else {
                        throw ValidationError("\(text) is no public key")
                    }
                    return Data(key.bytes)
                }
                let receipt = try await signing.submit(.changeKeys(action), extraKeys: keys)
                signing.report(receipt, "\(add.count) added, \(remove.count) removed")
            }
        }
    }

    struct Approve: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Approve or reinstate an account, as the initiative.",
            discussion: "Example: drec account approve A7 --key initiative.key --account A1")
        @OptionGroup var signing: SigningOptions
        @Argument(help: "The account.") var id: String

        func run() async throws {
            try await Output.run {
                var action = ProtoApproveAccount()
                action.account = try AccountCommand.account(id)
                signing.report(try await signing.submit(.approveAccount(action)), "\(id) active")
            }
        }
    }

    struct Suspend: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Suspend an account at once, as the initiative.",
            discussion: "Example: drec account suspend A7 --key initiative.key --account A1")
        @OptionGroup var signing: SigningOptions
        @Argument(help: "The account.") var id: String

        func run() async throws {
            try await Output.run {
                var action = ProtoSuspendAccount()
                action.account = try AccountCommand.account(id)
                signing.report(
                    try await signing.submit(.suspendAccount(action)), "\(id) suspended")
            }
        }
    }

    static func account(_ text: String) throws -> UInt64 {
        guard case .account(let id) = Identifier(text) else {
            throw ValidationError("\(text) is no account")
        }
        return id.rawValue
    }
}

extension ProtoAccountKind {
    /// The kind by its name in words: `on-site-generator`.
    init?(named name: String) {
        switch name.lowercased() {
        case "authority": self = .authority
        case "developer": self = .developer
        case "aggregator": self = .aggregator
        case "buyer": self = .buyer
        case "intermediary": self = .intermediary
        case "on-site-generator": self = .onSiteGenerator
        case "auditor": self = .auditor
        case "metering-operator": self = .meteringOperator
        case "grid-operator": self = .gridOperator
        case "registry": self = .registry
        default: return nil
        }
    }
}

extension KeyRoles {
    /// Roles by their names, separated by commas.
    init(naming text: String) throws {
        var roles: KeyRoles = []
        for name in text.split(separator: ",") {
            switch name.trimmingCharacters(in: .whitespaces).lowercased() {
            case "admin": roles.insert(.admin)
            case "devices": roles.insert(.devices)
            case "metering": roles.insert(.metering)
            case "trading": roles.insert(.trading)
            case "attesting": roles.insert(.attesting)
            case "all": roles.formUnion(.all)
            default: throw ValidationError("\(name) is no role")
            }
        }
        self = roles
    }
}

extension Profile {
    /// A profile of `name=value` arguments, each with a new salt; nil for none.
    init?(arguments: [String]) throws {
        guard !arguments.isEmpty else { return nil }
        let fields = try arguments.map { argument in
            let parts = argument.split(separator: "=", maxSplits: 1)
            guard parts.count == 2 else { throw ValidationError("\(argument) is not name=value") }
            return Field(name: String(parts[0]), value: String(parts[1]), salt: UInt8.salt())
        }
        self.init(fields: fields)
    }
}
