import ArgumentParser
import Foundation
import Ledger
import Primitives
import SwiftProtobuf
import Wire

extension AuthorityCommand {
    struct Propose: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Propose a change of the authorities, as the initiative.",
            discussion: """
                Who comes must have shown its keys before; a name that several accounts have \
                shown is written with the account: A5/south. Options may be repeated, as far as \
                so many seats may change at once.

                Example: drec authority propose --add south --key initiative.key --account A1
                """)
        @OptionGroup var signing: SigningOptions
        @Option(help: "A newcomer gets a seat.") var add: [String] = []
        @Option(help: "An authority loses its seat.") var remove: [String] = []
        @Option(help: "OLD=NEW: a newcomer gets an authority's seat.") var replace: [String] = []
        @Option(help: "An authority gets the keys that it has shown.") var rotate: [String] = []
        @Option(
            help: """
                Not before this day or moment in UTC, 2027-01-01 or 2027-01-01T12:00:00Z; as soon \
                as the network permits where it is not given.
                """)
        var effective: Moment?

        func run() async throws {
            try await Output.run {
                guard !(add + remove + replace + rotate).isEmpty else {
                    throw ValidationError(
                        "name what changes: --add, --remove, --replace or --rotate")
                }
                let pairs = try replace.map { text -> (String, String) in
                    let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
                    guard parts.count == 2 else {
                        throw ValidationError("--replace: \(text) is not OLD=NEW")
                    }
                    return (parts[0], parts[1])
                }
                let shown = try await ShownSeats(signing.client)
                var action = ProtoProposeAuthorityChange()
                action.effective = effective?.timestamp.rawValue ?? 0
                for name in remove { action.changes.append(.with { $0.seat = name }) }
                for (old, new) in pairs + rotate.map({ (Self.bare($0), $0) }) {
                    let seat = try shown.seat(new)
                    action.changes.append(
                        .with {
                            $0.seat = old
                            $0.to = seat
                        })
                }
                for name in add {
                    let seat = try shown.seat(name)
                    action.changes.append(.with { $0.to = seat })
                }
                let receipt = try await signing.submit(.proposeAuthorityChange(action))
                AuthorityCommand.report(receipt, signing)
            }
        }

        /// A name without the account before it.
        private static func bare(_ text: String) -> String { ShownSeats.parts(text).name }
    }

    struct Approve: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Approve a change of the authorities, as one of them.",
            discussion: """
                First the newcomers' claims are held against the node at --public, which should \
                be your own: the block that each named must be the one that this node has.

                Example: drec authority approve '#12' --key keys/account.key --account A3
                """)
        @OptionGroup var signing: SigningOptions
        @Argument(help: "The change, as authority list tells it.") var change: LogIndex

        func run() async throws {
            try await Output.run {
                let client = signing.client
                let found = try await client.json("/v1/authority-changes/\(change.rawValue)")
                guard AuthorityCommand.isOpen(found) else {
                    throw CommandFailure.refused(
                        "the change \(change) is \(found.text("status")): it waits for nobody")
                }
                let shown = try await ShownSeats(client)
                for seat in (found["changes"]?.array ?? []).compactMap({ $0["to"] })
                where seat.object != nil {
                    try await check(seat, shown, client)
                }
                let receipt = try await signing.submit(
                    .approveAuthorityChange(.with { $0.change = change.rawValue }))
                AuthorityCommand.report(receipt, signing)
            }
        }

        private func check(
            _ seat: CanonicalJSON, _ shown: ShownSeats, _ client: NodeClient
        ) async throws {
            let name = seat.text("name")
            guard let join = shown.join(of: seat) else {
                throw CommandFailure.failed(
                    "\(name) does not show these keys any more; it has joined anew since")
            }
            let height = join.text("height")
            let hash =
                join.number("height") == 0
                ? try await client.network().hex
                : try await client.json("/v1/blocks/\(height)").text("hash")
            guard hash == join.text("blockHash") else {
                throw CommandFailure.failed(
                    "\(name) has not caught up: block \(height) that it names is not the one of "
                        + "\(client.publicURL)")
            }
        }
    }

    struct Withdraw: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Withdraw a change of the authorities, as the initiative.",
            discussion: """
                Until the block that ends the epoch is fixed.

                Example: drec authority withdraw '#12' --key initiative.key --account A1
                """)
        @OptionGroup var signing: SigningOptions
        @Argument(help: "The change, as authority list tells it.") var change: LogIndex

        func run() async throws {
            try await Output.run {
                let receipt = try await signing.submit(
                    .withdrawAuthorityChange(.with { $0.change = change.rawValue }))
                AuthorityCommand.report(receipt, signing)
            }
        }
    }

    private static func report(_ receipt: FinalReceipt, _ signing: SigningOptions) {
        let event = receipt.event("authorityChangeMoved")
        let status = event?.text("status") ?? ""
        let count = "\(event?.text("approvals") ?? "") of \(event?.text("quorum") ?? "")"
        let progress =
            status == "withdrawn"
            ? "" : "  \(count) approvals, not before \(event?.text("effective") ?? "")"
        signing.report(receipt, "change #\(event?.text("change") ?? "")  \(status)\(progress)")
    }
}

/// The keys that accounts have shown for seats, as a node tells them.
struct ShownSeats {
    private let joins: [CanonicalJSON]

    init(_ client: NodeClient) async throws {
        let accounts = try await Listing.all("/v1/authority-joins", client)
        joins = accounts.flatMap { $0["joins"]?.array ?? [] }
    }

    /// `A5/south` or `south`.
    static func parts(_ text: String) -> (account: AccountID?, name: String) {
        let parts = text.split(separator: "/", maxSplits: 1).map(String.init)
        guard parts.count == 2, let account = AccountID(argument: parts[0]) else {
            return (nil, text)
        }
        return (account, parts[1])
    }

    /// - Throws: ``CommandFailure/failed(_:)`` unless exactly one account has shown it.
    func seat(_ text: String) throws -> ProtoAuthorityValue {
        let (account, name) = ShownSeats.parts(text)
        let found = joins.compactMap { $0["seat"] }.filter { seat in
            seat.text("name") == name
                && (account.map { seat.text("account") == $0.description } ?? true)
        }
        guard let seat = found.first else {
            throw CommandFailure.failed(
                "nobody has shown keys for \(text); see drec authority join and joins")
        }
        guard found.count == 1 else {
            let accounts = found.map { "\($0.text("account"))/\(name)" }.joined(separator: ", ")
            throw CommandFailure.failed("several have shown keys for \(name): \(accounts)")
        }
        guard let value = ProtoAuthorityValue(seat) else {
            throw CommandFailure.failed("the node's answer about \(text) is not of this program")
        }
        return value
    }

    /// What an account named when it showed exactly these keys.
    func join(of seat: CanonicalJSON) -> CanonicalJSON? { joins.first { $0["seat"] == seat } }
}

extension ProtoAuthorityValue {
    /// A seat as the public endpoint tells it; nil where a part is missing.
    init?(_ json: CanonicalJSON) {
        self.init()
        guard let account = AccountID(argument: json.text("account")),
            let vote = PublicKey(hex: json.text("voteKey")),
            let tls = PublicKey(hex: json.text("tlsKey")),
            let log = PublicKey(hex: json.text("logKey"))
        else { return nil }
        self.account = account.rawValue
        name = json.text("name")
        voteKey = Data(vote.bytes)
        tlsKey = Data(tls.bytes)
        logKey = Data(log.bytes)
    }
}
