import API
import ArgumentParser
import Foundation
import Primitives
import Webhooks

extension NodeCommand {
    struct Webhook: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Whom a node tells of events: add, list, resume and remove.",
            discussion: """
                Messages are those of Standard Webhooks with an Ed25519 signature (v1a). A running \
                node sees changes within seconds.

                Example: drec node webhook add https://example.org/drec --kind mint,redemption \
                --config node-0/node.json
                """,
            subcommands: [Add.self, List.self, Resume.self, Remove.self])
    }
}

extension NodeCommand.Webhook {
    struct Files: ParsableArguments {
        @Option(help: "The node's configuration file, JSON.") var config: String
        @Flag(help: "Answer in JSON.") var json = false

        /// - Throws: ``CommandFailure``.
        func open() throws -> WebhookFiles {
            WebhookFiles(data: try NodeConfiguration.load(file: config, flags: [:]).data)
        }

        /// Runs what reads or writes the files; their faults are failures like others.
        func run(_ body: (WebhookFiles) async throws -> Void) async throws {
            try await Output.run {
                do {
                    try await body(try open())
                } catch let error as WebhookFiles.DamagedFile {
                    throw CommandFailure.failed(error.description)
                }
            }
        }

        /// Changes the list of targets, which one process at a time does; then tells what came of
        /// it, if anything is to be told.
        func change(
            _ body: (WebhookFiles, inout [WebhookTarget]) throws -> String?
        ) async throws {
            try await run { files in
                let lock = try await FileLock(
                    waitingFor: files.targets + ".lock", of: "change of webhooks")
                var targets = try files.loadTargets()
                let text = try body(files, &targets)
                try files.write(targets)
                withExtendedLifetime(lock) {}
                if let text { Output.line(text) }
            }
        }

        /// Changes one target, or takes it off where the change gives nil.
        func change(
            _ id: String, _ body: (WebhookFiles, WebhookTarget) throws -> WebhookTarget?
        ) async throws {
            try await change { files, targets in
                guard let index = targets.firstIndex(where: { $0.id == id }) else {
                    throw CommandFailure.failed("there is no webhook \(SettingReader.shown(id))")
                }
                let changed = try body(files, targets[index])
                targets.replaceSubrange(index...index, with: [changed].compactMap { $0 })
                return nil
            }
        }
    }

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Tell an address of events.",
            discussion: """
                The address must be public: what is on the node's machine or in a private network \
                is refused when it is to be sent to, whatever its name stands for then.

                Example: drec node webhook add https://example.org/drec --account A17 \
                --after B1000 --config node-0/node.json
                """)
        @Argument(help: "Where to send, http or https.") var url: String
        @Option(help: "Kinds of events with commas between, such as mint,trade; all if not given.")
        var kind: String?
        @Option(help: "Only what concerns this account.") var account: String?
        @Option(help: "Only what concerns this device.") var device: String?
        @Option(help: "Begin after this place, such as B0 for all; else with what comes next.")
        var after: String?
        @Flag(help: "Let it be on this machine or in a private network; for tests.")
        var allowPrivate = false
        @OptionGroup var files: Files

        func run() async throws {
            guard let url = WebhookURL(url) else {
                throw ValidationError("'\(SettingReader.shown(url))' is no http or https address")
            }
            let filter = try filter()
            let place = try after.map { text in
                guard let place = EventPlace(text) else {
                    throw ValidationError("--after: must be a place such as B12 or E345.1")
                }
                return place
            }
            let isJSON = files.json
            let allowsPrivate = allowPrivate
            try await files.change { files, targets in
                guard targets.count < WebhookFiles.targetLimit else {
                    throw CommandFailure.failed("there are \(targets.count) webhooks already")
                }
                let key = try KeyFile.loadOrCreate(files.key, option: "webhook.key")
                let id = [UInt8](try KeyFile.random().seed.prefix(8)).hex
                let target = WebhookTarget(
                    id: id, url: url, filter: filter, after: place, allowsPrivate: allowsPrivate)
                targets.append(target)
                let publicKey = WebhookPost.text(key.publicKey)
                let answer: CanonicalJSON = [
                    "webhook": target.json, "publicKey": .string(publicKey),
                ]
                return isJSON
                    ? answer.canonicalText : "\(id)\nmessages are signed by \(publicKey)"
            }
        }

        private func filter() throws -> EventFilter {
            var filter = EventFilter()
            if let kind {
                guard let kinds = EventFilter.kinds(kind) else {
                    let names = EventKind.allCases.map(\.rawValue).joined(separator: ", ")
                    throw ValidationError("--kind: must be some of \(names), with commas between")
                }
                filter.kinds = kinds
            }
            if let account {
                guard case .account(let id)? = Identifier(account) else {
                    throw ValidationError("--account: must be an account's id, such as A17")
                }
                filter.account = id
            }
            if let device {
                guard case .device(let id)? = Identifier(device) else {
                    throw ValidationError("--device: must be a device's id, such as D5")
                }
                filter.device = id
            }
            return filter
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show who is told, how far, and what fails.",
            discussion: "Example: drec node webhook list --config node-0/node.json")
        @OptionGroup var files: Files

        func run() async throws {
            let isJSON = files.json
            try await files.run { files in
                for target in try files.loadTargets() {
                    let state = try files.loadState(target.id) ?? WebhookState()
                    if isJSON {
                        let line: CanonicalJSON = ["webhook": target.json, "state": state.json]
                        Output.json(line)
                        continue
                    }
                    let place = state.place?.text ?? "not begun"
                    let fault = state.givenUpBecause.map { "  given up: \($0)" }
                    let failing = state.lastFailure.map { "  \(state.failures) failures: \($0)" }
                    Output.line(
                        "\(target.id)  \(target.url.text)  \(place)\(fault ?? failing ?? "")")
                }
            }
        }
    }

    struct Resume: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let a webhook go on that was given up, where it was.",
            discussion: """
                Example: drec node webhook resume 0011223344556677 --config node-0/node.json
                """)
        @Argument(help: "The webhook's id.") var id: String
        @OptionGroup var files: Files

        func run() async throws {
            try await files.change(id) { files, target in
                var target = target
                let last = try files.loadState(id)?.resumed ?? 0
                target.resumed = max(target.resumed, last) + 1
                return target
            }
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Tell an address no longer.",
            discussion: """
                Example: drec node webhook remove 0011223344556677 --config node-0/node.json
                """)
        @Argument(help: "The webhook's id.") var id: String
        @OptionGroup var files: Files

        func run() async throws {
            try await files.change(id) { _, _ in nil }
            try await files.run { $0.removeState(id) }
        }
    }
}
