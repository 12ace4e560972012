import ArgumentParser
import Ledger
import Primitives

extension DeviceCommand {
    struct ProfileCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "profile",
            abstract: "Commit to, upload, show and erase a device's off-chain profile.",
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

                Example: drec device profile commit D5 contact=mail@example.org \
                --save profile.json --key developer.key --account A4
                """)
        @OptionGroup var signing: SigningOptions
        @Argument(help: "The device.") var id: DeviceID
        @Argument(help: "Fields, name=value.") var fields: [String]
        @Option(help: "New private file that keeps the profile with its salts.")
        var save: String?

        func run() async throws {
            try await Output.run {
                try await ProfileVerbs.commit(
                    try Profile(arguments: fields, "FIELDS"), of: .device(id),
                    keeping: save, signing)
            }
        }
    }

    struct UploadProfile: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "upload",
            abstract: "Give a node a profile whose root is on the chain.",
            discussion: "Example: drec device profile upload profile.json")
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

                Example: drec device profile show D5 --key developer.key
                """)
        @OptionGroup var signing: SigningOptions
        @Argument(help: "The device.") var id: DeviceID

        func run() async throws {
            try await Output.run { try await ProfileVerbs.show(.device(id), signing) }
        }
    }

    struct EraseProfile: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "erase",
            abstract: "Erase the profile's values and salts; the chain stays valid.",
            discussion: """
                An admin or devices key of the account signs. It cannot be undone.

                Example: drec device profile erase D5 --key developer.key --account A4
                """)
        @OptionGroup var signing: SigningOptions
        @Argument(help: "The device.") var id: DeviceID
        @Option(help: "Root of an older profile; the present one where it is not given.")
        var root: Digest?

        func run() async throws {
            try await Output.run {
                try await ProfileVerbs.erase(.device(id), root: root, signing)
            }
        }
    }

    struct WithdrawProfile: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "withdraw", abstract: "Take the profile's root off the chain's state.",
            discussion: """
                Example: drec device profile withdraw D5 --key developer.key --account A4
                """)
        @OptionGroup var signing: SigningOptions
        @Argument(help: "The device.") var id: DeviceID

        func run() async throws {
            try await Output.run {
                try await ProfileVerbs.commit(nil, of: .device(id), keeping: nil, signing)
            }
        }
    }
}
