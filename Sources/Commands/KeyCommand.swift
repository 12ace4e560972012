import ArgumentParser
import Primitives

struct KeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key", abstract: "Make and show Ed25519 keys.",
        subcommands: [New.self, Show.self])

    struct New: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a key in a new private file.",
            discussion: "Example: drec key new developer.key")
        @Argument(help: "The file; it must not exist.") var file: String
        @Flag(help: "Answer in JSON.") var json = false

        func run() async throws {
            try await Output.run {
                KeyCommand.show(try KeyFile.create(at: file), json: json)
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show the public key of a file.",
            discussion: "Example: drec key show developer.key")
        @Argument(help: "The file.") var file: String
        @Flag(help: "Answer in JSON.") var json = false

        func run() async throws {
            try await Output.run { KeyCommand.show(try KeyFile.load(file), json: json) }
        }
    }

    private static func show(_ key: SigningKey, json: Bool) {
        if json {
            let value: CanonicalJSON = ["publicKey": .string(key.publicKey.hex)]
            Output.json(value)
        } else {
            Output.line(key.publicKey.hex)
        }
    }
}
