import ArgumentParser
import Foundation
import Ledger
import Primitives
import Wire

extension AccountCommand {
    struct Keys: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List, add and remove an account's keys.",
            subcommands: [KeyList.self, Add.self, Remove.self])
    }

    struct KeyList: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "List the keys in force, with their roles.",
            discussion: "Example: drec account keys list A3")
        @OptionGroup var node: NodeOptions
        @Argument(help: "The account.") var id: AccountID

        func run() async throws {
            try await Output.run {
                let account = try await node.client.json("/v1/accounts/\(id)")
                var keys: [CanonicalJSON] = []
                for key in account["keys"]?.array ?? [] {
                    keys.append(try await node.client.json("/v1/keys/\(key.plainText)"))
                }
                if node.json {
                    let list: CanonicalJSON = ["items": .array(keys)]
                    return Output.json(list)
                }
                for key in keys {
                    Output.line("\(key.text("publicKey"))  \(key.text("roles"))")
                }
            }
        }
    }

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add keys with roles, and in the same step remove others.",
            discussion: """
                The account's own admin key signs, and so does each new key.

                Example: drec account keys add trader.key --roles trading --account A3 \
                --key admin.key
                """)
        @OptionGroup var signing: SigningOptions
        @Argument(help: "Key files to add; made where they are missing.") var files: [String]
        @Option(help: "Roles of the added keys: admin,devices,metering,trading,attesting or all.")
        var roles: String
        @Option(help: "Public key, or its key file, to remove at once; may be repeated.")
        var remove: [PublicKeyArgument] = []

        func run() async throws {
            try await Output.run {
                let roles = try KeyRoles(naming: roles, "--roles")
                var action = ProtoChangeKeys()
                action.remove = try remove.map { Data(try $0.key("--remove").bytes) }
                _ = (try signing.account(), try signing.signingKey())
                let keys = try files.map { try KeyFile.loadOrCreate($0, option: "FILE") }
                action.add = keys.map { ProtoKeyGrant($0.publicKey, roles) }
                let receipt = try await signing.submit(.changeKeys(action), extraKeys: keys)
                signing.report(receipt, "\(files.count) added, \(remove.count) removed")
            }
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove keys for good.",
            discussion: """
                The account's own admin key signs; one admin key must be left.

                Example: drec account keys remove trader.key --account A3 --key admin.key
                """)
        @OptionGroup var signing: SigningOptions
        @Argument(help: "Public keys, 64 hexadecimal digits each, or their key files.")
        var keys: [PublicKeyArgument]

        func run() async throws {
            try await Output.run {
                var action = ProtoChangeKeys()
                action.remove = try keys.map { Data(try $0.key("KEY").bytes) }
                let receipt = try await signing.submit(.changeKeys(action))
                signing.report(receipt, "\(keys.count) removed")
            }
        }
    }

    struct TakeOver: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take an account over with its takeover key.",
            discussion: """
                Ends every delegation, removes every key and puts one new key in their place. \
                The takeover key is --key; it is spent, so name the next one.

                Example: drec account take-over --new-key fresh.key --next-takeover-key \
                vault2.key --key vault.key --account A4
                """)
        @OptionGroup var signing: SigningOptions
        @Option(help: "Key file of the account from now on; made where it is missing.")
        var newKey: String
        @Option(help: "Public key, or its key file, for another time; without it there is none.")
        var nextTakeoverKey: PublicKeyArgument?

        func run() async throws {
            try await Output.run {
                var action = ProtoTakeOver()
                if let nextTakeoverKey {
                    action.takeoverKey =
                        Data(try nextTakeoverKey.key("--next-takeover-key").bytes)
                }
                let id = try signing.account()
                _ = try signing.signingKey()
                let key = try KeyFile.loadOrCreate(newKey, option: "--new-key")
                action.keys = [ProtoKeyGrant(key.publicKey, .all)]
                let receipt = try await signing.submit(.takeOver(action), extraKeys: [key])
                signing.report(receipt, "\(id) has one key, \(key.publicKey), and no delegate")
            }
        }
    }
}

extension ProtoKeyGrant {
    init(_ key: PublicKey, _ roles: KeyRoles) {
        self.init()
        publicKey = Data(key.bytes)
        self.roles = roles.rawValue
    }
}

extension KeyRoles {
    /// Roles by their names, separated by commas.
    ///
    /// - Throws: a usage error that names the option.
    init(naming text: String, _ option: String) throws {
        var roles: KeyRoles = []
        for name in text.split(separator: ",") {
            switch name.trimmingCharacters(in: .whitespaces).lowercased() {
            case "admin": roles.insert(.admin)
            case "devices": roles.insert(.devices)
            case "metering": roles.insert(.metering)
            case "trading": roles.insert(.trading)
            case "attesting": roles.insert(.attesting)
            case "all": roles.formUnion(.all)
            default:
                throw ValidationError(
                    "\(option): \(name) is none of \(KeyRoles.all.names.joined(separator: ", "))"
                        + ", all")
            }
        }
        guard !roles.isEmpty else { throw ValidationError("\(option) names no role") }
        self = roles
    }
}
