import ArgumentParser
import Foundation
import Ledger
import Primitives
import SwiftProtobuf
import Wire

extension AuthorityCommand {
    struct Evidence: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Authorities that signed twice: list them, and put them on record.",
            subcommands: [List.self, Submit.self])

        struct List: AsyncParsableCommand {
            static let configuration = CommandConfiguration(
                abstract: "List double votes: on record, and seen by the node at --member.",
                discussion: "Example: drec authority evidence list")
            @OptionGroup var member: MemberOptions

            func run() async throws {
                try await Output.run {
                    let recorded = try await Listing.all("/v1/double-votes", member.client)
                    let seen = try await Evidence.seen(member.client)
                    if member.node.json {
                        let answer: CanonicalJSON = [
                            "recorded": .array(recorded), "seen": .array(seen ?? []),
                        ]
                        return Output.json(answer)
                    }
                    for item in recorded { Output.line(Evidence.line(recorded: item)) }
                    for item in seen ?? [] { Output.line(Evidence.line(seen: item)) }
                    if recorded.isEmpty, seen?.isEmpty == true { Output.note("none") }
                    if seen == nil {
                        Output.note(
                            "what the node has seen itself is told at its member port alone; see "
                                + "--member")
                    }
                }
            }
        }

        struct Submit: AsyncParsableCommand {
            static let configuration = CommandConfiguration(
                abstract: "Put a double vote on record, as the initiative or an authority.",
                discussion: """
                    The votes are those that the node at --member has seen; the network holds \
                    them against the keys of their epoch. One record for each authority and epoch.

                    Example: drec authority evidence submit south --key keys/account.key \
                    --account A2
                    """)
            @OptionGroup var signing: SigningOptions
            @Argument(help: "Name of the authority that signed twice.") var authority: String
            @Option(help: "Of this epoch; the latest one where it is not given.") var epoch: UInt64?

            func run() async throws {
                try await Output.run {
                    guard let seen = try await Evidence.seen(signing.client) else {
                        throw CommandFailure.failed(
                            "no node tells at \(signing.client.memberURL) what it has seen; see "
                                + "--member (DREC_MEMBER)")
                    }
                    let report = try find(in: seen)
                    let receipt = try await signing.submit(.reportDoubleVote(report))
                    let event = receipt.event("doubleVoteReported")
                    signing.report(
                        receipt,
                        "on record: \(event?.text("authority") ?? authority) signed twice in "
                            + "epoch \(event?.text("epoch") ?? ""), view "
                            + "\(event?.text("view") ?? "")")
                }
            }

            private func find(in seen: [CanonicalJSON]) throws -> ProtoReportDoubleVote {
                let found = seen.filter { item in
                    item.text("authority") == authority
                        && (epoch.map { item.number("epoch") == $0 } ?? true)
                }
                let latest = found.max { ($0.number("epoch") ?? 0) < ($1.number("epoch") ?? 0) }
                guard let latest else {
                    throw CommandFailure.failed(
                        "the node has seen no double vote of \(authority); see "
                            + "drec authority evidence list")
                }
                guard let bytes = [UInt8](hex: latest.text("votes")),
                    let report = try? ProtoReportDoubleVote(serializedBytes: bytes)
                else { throw CommandFailure.failed("the node's answer has no votes") }
                return report
            }
        }

        /// What the node at the member port has seen itself; nil where none answers there.
        private static func seen(_ client: NodeClient) async throws -> [CanonicalJSON]? {
            try await client.operation().map { $0["evidence"]?.array ?? [] }
        }

        private static func line(recorded item: CanonicalJSON) -> String {
            let name = item["authority"]?.text("name") ?? ""
            return "\(name)  \(item.text("fault"))  \(place(item))  on record: "
                + "#\(item.text("entry")) by \(item.text("account")), \(item.text("time"))"
        }

        private static func line(seen item: CanonicalJSON) -> String {
            let entry = item.text("reportedByEntry")
            return "\(item.text("authority"))  \(item.text("fault"))  \(place(item))  seen "
                + item.text("time") + (entry.isEmpty ? "  not on record" : "  on record: #\(entry)")
        }

        private static func place(_ item: CanonicalJSON) -> String {
            "epoch \(item.text("epoch")), view \(item.text("view"))"
        }
    }
}
