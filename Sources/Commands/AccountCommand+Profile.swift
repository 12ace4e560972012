import ArgumentParser
import Ledger
import Primitives

extension AccountCommand {
    struct ProfileCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "profile",
            abstract: "Commit to, upload, show and erase an account's off-chain profile.",
            subcommands: [
                CommitProfile.self, UploadProfile.self, ShowProfile.self, EraseProfile.self,
                WithdrawProfile.self,
            ])
    }

    struct CommitProfile: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "commit",
            abstract: "Put a profile's root on the chain and the profile into the registry.",
            discussion: """
                It replaces the profile before as a whole.

                Example: drec account profile commit contact=mail@example.org \
                --save profile.json --key developer.key --account A4
                """)
        @OptionGroup var signing: SigningOptions
        @Argument(help: "Fields, name=value.") var fields: [String]
        @Option(help: "New private file that keeps the profile with its salts.")
        var save: String?

        func run() async throws {
            try await Output.run {
                try await ProfileVerbs.commit(
                    try Profile(arguments: fields, "FIELDS"), of: .account(try signing.account()),
                    keeping: save, signing)
            }
        }
    }

    struct UploadProfile: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "upload",
            abstract: "Give a node a profile whose root is on the chain.",
            discussion: "Example: drec account profile upload profile.json")
        @OptionGroup var member: MemberOptions
        @Argument(help: "A file that --save wrote.") var file: String

        func run() async throws {
            try await Output.run { try await ProfileVerbs.upload(file: file, member) }
        }
    }

    struct ShowProfile: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "Show the profile, checked against the chain's root.",
            discussion: """
                Profiles are not public: the key must be the owner's, a delegate's or the \
                initiative's.

                Example: drec account profile show A4 --key developer.key
                """)
        @OptionGroup var signing: SigningOptions
        @Argument(help: "The account.") var id: AccountID

        func run() async throws {
            try await Output.run { try await ProfileVerbs.show(.account(id), signing) }
        }
    }

    struct EraseProfile: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "erase",
            abstract: "Erase the profile's values and salts; the chain stays valid.",
            discussion: """
                An admin or devices key of the account signs. It cannot be undone.

                Example: drec account profile erase --key developer.key --account A4
                """)
        @OptionGroup var signing: SigningOptions
        @Option(help: "Root of an older profile; the present one where it is not given.")
        var root: Digest?

        func run() async throws {
            try await Output.run {
                try await ProfileVerbs.erase(.account(try signing.account()), root: root, signing)
            }
        }
    }

    struct WithdrawProfile: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "withdraw", abstract: "Take the profile's root off the chain's state.",
            discussion: """
                Example: drec account profile withdraw --key developer.key --account A4
                """)
        @OptionGroup var signing: SigningOptions

        func run() async throws {
            try await Output.run {
                try await ProfileVerbs.commit(
                    nil, of: .account(try signing.account()), keeping: nil, signing)
            }
        }
    }
}
