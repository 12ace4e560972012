import ArgumentParser
import Foundation
import Ledger
import Primitives
import SwiftProtobuf
import Wire

/// Where the node is.
struct NodeOptions: ParsableArguments {
    @Option(
        name: .customLong("public"),
        help: "The node's public port, or environment DREC_PUBLIC.")
    var publicURL = ProcessInfo.processInfo.environment["DREC_PUBLIC"] ?? "http://127.0.0.1:8080"
    @Flag(help: "Answer in JSON.") var json = false

    var client: NodeClient { NodeClient(publicURL: publicURL, memberURL: "") }
}

/// Where a member's node is.
struct MemberOptions: ParsableArguments {
    @OptionGroup var node: NodeOptions
    @Option(
        name: .customLong("member"),
        help: "The node's member port, or environment DREC_MEMBER.")
    var memberURL = ProcessInfo.processInfo.environment["DREC_MEMBER"] ?? "http://127.0.0.1:8081"

    var client: NodeClient { NodeClient(publicURL: node.publicURL, memberURL: memberURL) }
}

/// Where the node is, who signs and for whom.
struct SigningOptions: ParsableArguments {
    @OptionGroup var member: MemberOptions
    @Option(help: "Key file that signs, or environment DREC_KEY.")
    var key: String = ProcessInfo.processInfo.environment["DREC_KEY"] ?? ""
    @Option(name: .customLong("account"), help: "Account to act for, or environment DREC_ACCOUNT.")
    var accountText: String = ProcessInfo.processInfo.environment["DREC_ACCOUNT"] ?? ""
    @Option(help: "Key file that signs too; may be repeated.") var cosign: [String] = []

    /// How often a transaction is signed anew because its nonce was used by another one.
    private static let tries = 12

    var node: NodeOptions { member.node }
    var client: NodeClient { member.client }

    func account() throws -> AccountID {
        guard !accountText.isEmpty else {
            throw ValidationError("--account is missing: the account to act for, such as A2")
        }
        guard let id = AccountID(argument: accountText) else {
            throw ValidationError("--account: \(accountText) is no account, such as A2")
        }
        return id
    }

    func signingKey() throws -> SigningKey {
        guard !key.isEmpty else { throw ValidationError("--key is missing: a key file") }
        return try KeyFile.load(key, option: "--key")
    }

    /// Builds, signs and submits one action, and waits until it is final.
    ///
    /// - Parameter sending: told of a transaction's bytes before they are sent. Where there are
    ///   several, only the last one can become final.
    func submit(
        _ action: ProtoTransactionBody.OneOf_Action, reads: [ReadRow] = [],
        channel: ProtoChannel = .cli, extraKeys: [SigningKey] = [],
        sending: (Data) throws -> Void = { _ in }
    ) async throws -> FinalReceipt {
        var signers = [try signingKey()]
        for key in try extraKeys + cosign.map({ try KeyFile.load($0, option: "--cosign") })
        where !signers.contains(where: { $0.publicKey == key.publicKey }) {
            signers.append(key)
        }
        var body = ProtoTransactionBody()
        body.account = try account().rawValue
        body.network = Data(try await client.network().bytes)
        body.notAfter = SystemClock.milliseconds() / 1_000 + 3_600
        body.channel = channel
        body.action = action
        var gap: UInt64 = 0
        var tries = 0
        while true {
            var keys: [(key: SigningKey, nonce: Nonce)] = []
            for key in signers {
                keys.append((key, try await client.nextNonce(of: key.publicKey, leavingOut: gap)))
            }
            do {
                let bytes = Transaction.sign(body, reads: reads, keys: keys)
                try sending(bytes)
                return try await client.submit(bytes)
            } catch let taken as NonceTaken {
                tries += 1
                guard tries < SigningOptions.tries else { throw taken.failure }
                // Verbs that use the key at the same moment drift apart, far within the window of
                // nonces that may still come.
                gap = UInt64.random(in: 0..<(8 << UInt64(min(tries, 5))))
            }
        }
    }

    /// Says what became final: in JSON whole, else a sentence.
    func report(_ receipt: FinalReceipt, _ sentence: String) {
        if node.json {
            Output.raw(receipt.bytes)
        } else {
            let place = "entry \(receipt.entry), transaction \(receipt.id.prefix(12))…"
            Output.line("\(sentence)  (\(place))")
        }
    }
}

/// Ranges of D-RECs as an argument, in the order in which the ledger wants them.
enum RangeArguments {
    static func parse(_ texts: [String]) throws -> [ProtoRange] {
        let ranges = try texts.map { text in
            guard let range = DRECRange(text) else {
                throw ValidationError(
                    "\(text) is no D-REC and no range, such as DREC101-2021-1..250")
            }
            return range
        }
        return ranges.sorted().map { ProtoRange($0) }
    }

    static func count(_ ranges: [ProtoRange]) -> UInt64 {
        ranges.reduce(0) { $0 + ($1.last - $1.first + 1) }
    }
}
