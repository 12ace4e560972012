import ArgumentParser
import Foundation
import Ledger
import Primitives
import Wire

struct AuthorityCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "authority",
        abstract: "Show who votes; add, remove and replace authorities, and change their keys.",
        discussion: """
            A newcomer shows its keys (join), the initiative proposes a change, and accounts that \
            hold enough seats approve it.
            """,
        subcommands: [
            Show.self, List.self, Joins.self, Join.self, Propose.self, Approve.self,
            Withdraw.self, Evidence.self,
        ])

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show the authorities of the present epoch.",
            discussion: "Example: drec authority show")
        @OptionGroup var node: NodeOptions

        func run() async throws {
            try await Output.run {
                let set = try await AuthorityCommand.present(node.client)
                if node.json { return Output.json(set) }
                Output.line(
                    "epoch \(set.text("epoch"))  \(set.text("quorum")) votes decide  "
                        + "hash \(set.text("hash"))")
                for seat in set["authorities"]?.array ?? [] {
                    Output.line(AuthorityCommand.line(seat: seat))
                }
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List changes of authorities, the newest first.",
            discussion: "Example: drec authority list --open")
        @OptionGroup var options: ListOptions
        @Flag(help: "Only those that wait for approvals, their time or their block.")
        var open = false

        func run() async throws {
            try await Output.run {
                let isWanted: ((CanonicalJSON) -> Bool)? =
                    open ? { AuthorityCommand.isOpen($0) } : nil
                try await Listing.show(
                    "/v1/authority-changes", options, where: isWanted,
                    line: { AuthorityCommand.line(change: $0) })
            }
        }
    }

    struct Joins: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the keys that were shown for a seat and not used yet.",
            discussion: "Example: drec authority joins")
        @OptionGroup var options: ListOptions

        func run() async throws {
            try await Output.run {
                try await Listing.show("/v1/authority-joins", options) { item in
                    (item["joins"]?.array ?? []).map { join in
                        AuthorityCommand.line(seat: join["seat"] ?? .null)
                            + "  at block \(join.text("height")), \(join.text("time"))"
                    }.joined(separator: "\n")
                }
            }
        }
    }

    struct Join: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show that you hold an authority's keys and that your node has caught up.",
            discussion: """
                For an account of the kind authority that wants a seat, and for one that wants \
                other keys for its seat. --public is your own node: its newest block is named.

                Example: drec authority join --name south --vote-key keys/vote.key \
                --tls-key keys/tls.key --log-key keys/log.key --key keys/account.key --account A5
                """)
        @OptionGroup var signing: SigningOptions
        @Option(help: "Name of the seat; for other keys, the one that it has.") var name: String
        @Option(help: "Key file that will sign votes.") var voteKey: String
        @Option(help: "Key file of the links to other members.") var tlsKey: String
        @Option(help: "Key file that will sign the log.") var logKey: String

        func run() async throws {
            try await Output.run {
                let keys = [
                    try KeyFile.load(voteKey, option: "--vote-key"),
                    try KeyFile.load(tlsKey, option: "--tls-key"),
                    try KeyFile.load(logKey, option: "--log-key"),
                ]
                let status = try await signing.client.json("/v1/status")
                guard let height = status.number("height"),
                    let hash = [UInt8](hex: status.text("headHash"))
                else { throw CommandFailure.failed("the node tells no newest block") }
                var action = ProtoJoinAuthorities()
                action.name = name
                action.voteKey = Data(keys[0].publicKey.bytes)
                action.tlsKey = Data(keys[1].publicKey.bytes)
                action.logKey = Data(keys[2].publicKey.bytes)
                action.height = height
                action.blockHash = Data(hash)
                let receipt = try await signing.submit(.joinAuthorities(action), extraKeys: keys)
                signing.report(receipt, "\(name) has shown its keys, at block \(height)")
            }
        }
    }

    // MARK: What the node tells

    static func present(_ client: NodeClient) async throws -> CanonicalJSON {
        let page = try await client.json("/v1/authorities?limit=1")
        guard let set = page["items"]?.array?.first else {
            throw CommandFailure.failed("the node tells no authorities")
        }
        return set
    }

    static func isOpen(_ change: CanonicalJSON) -> Bool {
        ["proposed", "approved", "fixed"].contains(change.text("status"))
    }

    static func line(seat: CanonicalJSON) -> String {
        "\(seat.text("name"))  \(seat.text("account"))  vote key \(seat.text("voteKey"))"
    }

    static func line(change: CanonicalJSON) -> String {
        let seats = (change["changes"]?.array ?? []).map { line(seatChange: $0) }
        var parts = [
            "#\(change.text("change"))", change.text("status"),
            seats.joined(separator: ", "), "from \(change.text("effective"))",
        ]
        let approvals = change.text("approvals")
        if !approvals.isEmpty { parts.append("approved by \(approvals)") }
        if change.number("boundary") != nil {
            parts.append("the epoch ends with block \(change.text("boundary"))")
        }
        let refusal = change.text("refusal")
        if !refusal.isEmpty { parts.append(refusal) }
        return parts.joined(separator: "  ")
    }

    private static func line(seatChange: CanonicalJSON) -> String {
        let (old, new) = (seatChange.text("seat"), seatChange["to"]?.text("name") ?? "")
        if new.isEmpty { return "remove \(old)" }
        if old.isEmpty { return "add \(new)" }
        return old == new ? "other keys for \(old)" : "\(new) for \(old)"
    }
}
